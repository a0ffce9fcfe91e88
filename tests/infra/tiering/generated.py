"""Policies and states of documents, as many as hypothesis likes."""

import math

from hypothesis import strategies as st

from app.terms.outputs import Cloud
from infra.tiering import FolderRule, OldVersions, TieringPolicy
from infra.tiering.life import State
from infra.tiering.manners import MANNERS

FOLDERS = ["logs/", "logs/old/", "기록/"]


def folder_rules(days_max: int) -> st.SearchStrategy[list[FolderRule]]:
    rule = st.builds(
        FolderRule, folder=st.sampled_from(FOLDERS), after_days=st.integers(1, days_max)
    )
    return st.lists(rule, max_size=3)


@st.composite
def policies(draw: st.DrawFn, days_max: int = 40, *, by_access: bool = False) -> TieringPolicy:
    """Any policy that can be configured, with ages that come about within the days looked at."""
    # Short ones coincide: that is where rules conflict.
    days_max = draw(st.sampled_from([4, 12, days_max]))
    live = sorted(draw(st.sets(st.integers(1, days_max), max_size=2)))
    kept = draw(st.integers(1, min(days_max, 365)))
    old = sorted(draw(st.sets(st.integers(1, kept - 1), max_size=2))) if kept > 2 else []
    archive = tuple(draw(folder_rules(days_max)))
    named = draw(st.booleans())
    return TieringPolicy(
        by=draw(st.sampled_from(["modification", "access"])) if by_access else "modification",
        cool_after_days=live[0] if live and named else None,
        cold_after_days=live[-1] if live and (not named or len(live) > 1) else None,
        allow_offline=bool(archive),
        archive=archive,
        expire=tuple(draw(folder_rules(days_max))),
        old_versions=OldVersions(
            cool_after_days=old[0] if old else None,
            archive_after_days=old[1] if len(old) > 1 else None,
            kept_days=kept,
        ),
    )


@st.composite
def states(draw: st.DrawFn, cloud: Cloud, days: int) -> State:
    """Any state of a document: an old or a new one, that is replaced or not, in any of the policy's tiers.

    What is written while rules run is not written at midnight sharp: which comes first then, nobody promises.
    """
    manners = MANNERS[cloud]
    day = draw(st.integers(-60, days - 1))
    written = day + draw(st.sampled_from([0.0, 0.5] if day < 0 else [0.5]))
    lasts = draw(st.one_of(st.none(), st.integers(1, 2 * days)))
    replaced = day + lasts + 0.75 if lasts and day + lasts >= 0 else math.inf
    halves = draw(st.sets(st.integers(0, 2 * days - 1), max_size=6)) if cloud == "azure" else set()
    moments = sorted(half / 2 + 0.1 for half in halves)
    reads = tuple(moment for moment in moments if written < moment < replaced)
    tiers = [manners.default]
    if written < 0:
        tiers += [manners.cool, manners.cold, manners.archive]
    return State(
        path=draw(st.sampled_from([*FOLDERS, ""])) + "note.md",
        size_bytes=draw(st.sampled_from([1000, 131_071, 131_072, 5_000_000])),
        written=written,
        replaced=replaced,
        tier=draw(st.sampled_from(tiers)),
        reads=reads,
    )
