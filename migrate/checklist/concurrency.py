"""The check of concurrency: stale writes are refused, and writers at the same moment lose nothing."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

from app.store.conformance.racer import Watching
from app.store.conformance.races import Race, line_of, tally_of
from app.store.contract import ABSENT, BlobStore, IfVersion, When
from app.store.errors import ConditionFailed, Unavailable
from app.store.keys import Key
from app.store.operations import append
from migrate.checklist.trial import Trial
from migrate.checklist.verdict import Verdict, failed, passed
from migrate.refusals import Stopped

_ROUNDS: Final = 5
_SECONDS_MAX: Final = 60.0
_RACED: Final = Key("raced.txt")
_STALE: Final = Key("stale.txt")
_MEND: Final = (
    "Write to a service that checks If-Match and If-None-Match: its own endpoint instead of a gateway or "
    "proxy that drops these headers. kb store conformance URL names every promise that a store breaks."
)


def check_concurrency(trial: Trial) -> Verdict:
    """Write with a version that is old, then let several writers append to one blob."""
    store = trial.store("concurrency")
    if not store.capabilities.conditional_writes:
        return failed(
            f"{trial.destination} checks no conditions: writers can undo each other.", _MEND
        )
    accepted = _accepted_though_stale(store)
    if accepted:
        return failed(f"{accepted}: of two writers one would be lost.", _MEND)
    writers = trial.choices.writers
    race = Race("append", documents=1, processes=writers, rounds=_ROUNDS)
    with ThreadPoolExecutor(writers) as pool:
        reports = list(pool.map(lambda number: _appended(trial, number), range(writers)))
    trial.stop.keep_going()
    tally = tally_of(race, reports, [store.read(_RACED).data])
    figures = {"writers": writers, "appends": tally.acknowledged, "conflicts": tally.conflicts}
    wrong = tally.broken()
    what = f"{writers} writers × {_ROUNDS} appends to one blob"
    if wrong:
        return failed(f"{what}: {wrong}.", _MEND, figures=figures)
    return passed(
        f"A write with an old version is refused; {what}: all {tally.acknowledged} are there, "
        f"{tally.conflicts} refused on the way and made again.",
        figures=figures,
    )


def _accepted_though_stale(store: BlobStore) -> str | None:
    """Return which write of an old state the store accepted, as a sentence's beginning; None if none."""
    first = store.write(_STALE, b"1", when=ABSENT)
    store.write(_STALE, b"second", when=IfVersion(first.version))
    stale: tuple[tuple[When, str], ...] = (
        (IfVersion(first.version), "A write with an old version (If-Match) was accepted"),
        (ABSENT, "A write that was to create (If-None-Match) replaced what was there"),
    )
    for when, sentence in stale:
        try:
            store.write(_STALE, b"stale", when=when)
        except ConditionFailed:
            continue
        return sentence
    return None


def _appended(trial: Trial, number: int) -> dict[str, list[int]]:
    outcomes: dict[str, list[int]] = {"done": [], "given_up": [], "unknown": []}
    with trial.another("concurrency") as opened:
        store = Watching(opened)
        for line in range(1, _ROUNDS + 1):
            if trial.stop.requested:
                break
            try:
                append(store, _RACED, line_of(number, line), seconds_max=_SECONDS_MAX)
                outcomes["done"].append(line)
            except Stopped:
                break
            except ConditionFailed:
                outcomes["given_up"].append(line)
            except Unavailable:
                outcomes["unknown"].append(line)
    counts = {"conflicts": [store.conflicts], "false_conflicts": [store.false_conflicts]}
    return {**outcomes, **counts}
