"""The check of performance: how long single calls with small blobs take."""

import time
from collections.abc import Callable
from contextlib import closing
from typing import Final

from app.store.keys import Key
from migrate.checklist.trial import Trial
from migrate.checklist.verdict import Verdict, failed, passed

_BLOB: Final = bytes(range(256)) * 16
_CALLS: Final = {"write": 40, "read": 40, "list": 10}


def check_performance(trial: Trial) -> Verdict:
    """Time writes and reads of 4 KiB and listings, one after the other."""
    with closing(trial.store("performance")) as store:
        keys = [Key(f"{number:02}.bin") for number in range(_CALLS["write"])]
        calls: dict[str, Callable[[int], object]] = {
            "write": lambda number: store.write(keys[number], _BLOB),
            "read": lambda number: store.read(keys[number]),
            "list": lambda number: list(store.scan()),
        }
        store.stat(store.write(Key("warm"), b"").key)  # the first call opens the connection
        seconds = {name: _timed(trial, call, _CALLS[name]) for name, call in calls.items()}
    percentiles = {
        name: (_share(found, 0.5), _share(found, 0.95)) for name, found in seconds.items()
    }
    figures = {
        name: {"p50_milliseconds": round(half, 2), "p95_milliseconds": round(most, 2)}
        for name, (half, most) in percentiles.items()
    }
    shown = ", ".join(
        f"{name} {half:.1f} / {most:.1f}" for name, (half, most) in percentiles.items()
    )
    most_max = trial.choices.p95_milliseconds_max
    evidence = (
        f"4 KiB, one call after the other, p50 / p95 in ms: {shown}; the limit is {most_max:g}."
    )
    slow = [name for name, (_, most) in percentiles.items() if most > most_max]
    if slow:
        return failed(
            f"Too slow: {' and '.join(slow)}. {evidence}",
            "Work nearer to the store (its region, its network), or look what lies between: VPN, proxy, a "
            "busy service. If it is fast enough for you, say so: --p95-max MILLISECONDS.",
            figures=figures,
        )
    return passed(evidence, figures=figures)


def _timed(trial: Trial, call: Callable[[int], object], times: int) -> list[float]:
    found = []
    for number in range(times):
        trial.stop.keep_going()
        began = time.perf_counter()
        call(number)
        found.append(1000 * (time.perf_counter() - began))
    return sorted(found)


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
