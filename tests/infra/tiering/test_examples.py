"""The vendors' own examples, reckoned by hand: simulator and interpreter tell both what the vendor says."""

from datetime import UTC, datetime, timedelta

import pytest

from app.terms.outputs import Cloud
from infra.tiering import FolderRule, OldVersions, TieringPolicy
from infra.tiering.life import State, Stay
from tests.infra.tiering.test_agreement import interpreted, simulated

INFINITE = float("inf")
MIB = 1 << 20


def day(text: str, *, start: str) -> float:
    """Days from the midnight on which the rules start."""
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return (moment - datetime.fromisoformat(start).replace(tzinfo=UTC)) / timedelta(days=1)


def policy(**members: object) -> TieringPolicy:
    plain = {"cool_after_days": None, "cold_after_days": None}
    return TieringPolicy(**{**plain, **members})  # type: ignore[arg-type]  # a test's own members


def folder(name: str, days: int) -> tuple[FolderRule, ...]:
    return (FolderRule(folder=name, after_days=days),)


def state(
    tier: str,
    written: float,
    replaced: float = INFINITE,
    path: str = "a.md",
    reads: tuple[float, ...] = (),
) -> State:
    return State(
        path=path, size_bytes=MIB, written=written, replaced=replaced, tier=tier, reads=reads
    )


JANUARY = {"start": "2014-01-01"}

EXAMPLES: dict[str, tuple[Cloud, TieringPolicy, State, list[Stay]]] = {
    # Lifecycle elements: created 1/15/2014 10:30 UTC, 3 days in a transition: 1/19/2014 00:00 UTC.
    "s3 rounds up to the next midnight": (
        "aws",
        policy(cool_after_days=3),
        state("STANDARD", day("2014-01-15T10:30", **JANUARY)),
        [
            Stay("STANDARD", "live", day("2014-01-15T10:30", **JANUARY), 18),
            Stay("STANDARD_IA", "live", day("2014-01-19", **JANUARY), INFINITE),
        ],
    ),
    # Lifecycle elements: noncurrent since 1/15/2014 10:30 UTC, 3 noncurrent days: 1/19/2014 00:00 UTC.
    "s3 counts old versions from their replacement": (
        "aws",
        policy(old_versions=OldVersions(kept_days=3)),
        state(
            "STANDARD",
            day("2014-01-01T10:30", **JANUARY),
            day("2014-01-15T10:30", **JANUARY),
        ),
        [
            Stay("STANDARD", "live", day("2014-01-01T10:30", **JANUARY), 14.4375),
            Stay("STANDARD", "old", 14.4375, day("2014-01-19", **JANUARY)),
        ],
    ),
    # Lifecycle conflicts: of Standard-IA and Glacier Flexible Retrieval on one day, Glacier.
    "s3 chooses glacier where standard-ia is due on the same day": (
        "aws",
        policy(cool_after_days=10, allow_offline=True, archive=folder("logs/", 10)),
        state("STANDARD", 0.5, path="logs/a.md"),
        [Stay("STANDARD", "live", 0.5, 11), Stay("GLACIER", "live", 11, INFINITE)],
    ),
    # Lifecycle conflicts: transition takes precedence over creation of delete markers.
    "s3 moves a document before it marks it as deleted": (
        "aws",
        policy(
            cool_after_days=20, expire=folder("logs/", 20), old_versions=OldVersions(kept_days=5)
        ),
        state("STANDARD", 0.5, path="logs/a.md"),
        [
            Stay("STANDARD", "live", 0.5, 21),
            Stay("STANDARD_IA", "live", 21, 22),
            Stay("STANDARD_IA", "old", 22, 27),
        ],
    ),
    # Policy structure: delete is cheaper than tierToArchive, that than tierToCool; the cheapest is applied.
    "azure deletes where it could archive or cool": (
        "azure",
        policy(
            cool_after_days=10,
            allow_offline=True,
            archive=folder("logs/", 20),
            expire=folder("logs/", 30),
            old_versions=OldVersions(kept_days=4),
        ),
        state("Hot", -100.5, path="logs/a.md"),
        [
            Stay("Hot", "live", 0, 1),
            # The version is as old as its writing: it goes on the next day, and soft delete keeps it.
            Stay("Hot", "old", 1, 2),
            Stay("Hot", "deleted", 2, 6),
        ],
    ),
    # Policy structure: "greater than" days: at exactly 30 days not yet.
    "azure waits until the age is exceeded": (
        "azure",
        policy(cool_after_days=30),
        state("Hot", -20.0),
        [Stay("Hot", "live", 0, 11), Stay("Cool", "live", 11, INFINITE)],
    ),
    # Archive: nothing goes there within the 7 days after its last change of tier.
    "azure lets a document rest before it archives it": (
        "azure",
        policy(cool_after_days=10, allow_offline=True, archive=folder("logs/", 12)),
        state("Hot", 0.5, path="logs/a.md"),
        [
            Stay("Hot", "live", 0.5, 11),
            Stay("Cool", "live", 11, 19),
            Stay("Archive", "live", 19, INFINITE),
        ],
    ),
    # Policy structure: without a last access, the day on which the policy was enabled counts.
    "azure counts what nobody read from the day of the policy": (
        "azure",
        policy(by="access", cool_after_days=30),
        state("Hot", -400.5),
        [Stay("Hot", "live", 0, 31), Stay("Cool", "live", 31, INFINITE)],
    ),
    # Overview: a blob that is read in Cool goes back to Hot, at most once in 30 days.
    "azure warms what is read, once in 30 days": (
        "azure",
        policy(by="access", cool_after_days=10),
        state("Hot", 0.5, reads=(20.5, 40.5, 60.5)),
        [
            Stay("Hot", "live", 0.5, 11),
            Stay("Cool", "live", 11, 20.5),
            Stay("Hot", "live", 20.5, 31),
            Stay("Cool", "live", 31, 60.5),
            Stay("Hot", "live", 60.5, 71),
            Stay("Cool", "live", 71, INFINITE),
        ],
    ),
    # Overview: only the first read in 24 hours updates the last access.
    "azure notes one read a day": (
        "azure",
        policy(by="access", cool_after_days=10),
        state("Hot", 0.5, reads=(5.25, 6.0, 6.125)),
        [Stay("Hot", "live", 0.5, 16), Stay("Cool", "live", 16, INFINITE)],
    ),
    # Lifecycle: of Nearline and Coldline under the same condition always Coldline.
    "cloud storage chooses the cheapest class": (
        "gcp",
        policy(cool_after_days=10, cold_after_days=20),
        state("STANDARD", -50.5),
        [Stay("STANDARD", "live", 0, 1), Stay("COLDLINE", "live", 1, INFINITE)],
    ),
    # Lifecycle: Delete takes precedence over any SetStorageClass; a live version becomes a noncurrent one.
    "cloud storage deletes rather than moves": (
        "gcp",
        policy(
            cool_after_days=10, expire=folder("logs/", 10), old_versions=OldVersions(kept_days=3)
        ),
        state("STANDARD", 0.5, path="logs/a.md"),
        [
            Stay("STANDARD", "live", 0.5, 11),
            Stay("STANDARD", "old", 11, 14),
            Stay("STANDARD", "deleted", 14, 21),
        ],
    ),
    # Lifecycle: created 2019-01-10 10:00 UTC with an age of 10 days: from 2019-01-20 10:00 UTC on.
    "cloud storage reaches an age on the hour": (
        "gcp",
        policy(cool_after_days=10),
        state("STANDARD", day("2019-01-10T10:00", start="2019-01-01")),
        [
            Stay("STANDARD", "live", day("2019-01-10T10:00", start="2019-01-01"), 20),
            Stay("NEARLINE", "live", day("2019-01-21", start="2019-01-01"), INFINITE),
        ],
    ),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_simulator_and_interpreter_equal_what_was_reckoned_by_hand(example: str) -> None:
    cloud, told, held, stays = EXAMPLES[example]

    by_hand = [
        next(((it.phase, it.tier) for it in stays if it.start <= run < it.end), None)
        for run in range(1, 101)
    ]
    assert simulated(told, cloud, held) == by_hand
    assert interpreted(told, cloud, held) == by_hand
