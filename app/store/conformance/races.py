"""Races between processes: each opens the same store, appends and edits, and nothing may be lost.

What counts is seen from outside: every change that a process was told to be done is in the documents once.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import IO, Final, Literal

from app.store.contract import BlobStore
from app.store.keys import Key

Kind = Literal["append", "edit"]
_FOLDER: Final = "race"


@dataclass(frozen=True, slots=True)
class Opening:
    """How another process opens the store.

    Attributes:
        function: "package.module:name" of what returns the store for `argument`.
        argument: a URL, mostly. It may be seen in the list of processes: credentials come from the variables.
    """

    function: str
    argument: str


@dataclass(frozen=True, slots=True)
class Race:
    """What the processes do.

    Attributes:
        kind: "append" adds a line at the end; "edit" adds one behind the process's first line.
        documents: how many; each process changes them in turn.
        processes: how many.
        rounds: how many changes each process makes.
    """

    kind: Kind
    documents: int = 1
    processes: int = 8
    rounds: int = 200

    def __str__(self) -> str:
        place = "one document" if self.documents == 1 else f"{self.documents} documents"
        return f"{self.processes} processes × {self.rounds} {self.kind}s on {place}"


@dataclass(frozen=True, slots=True)
class Tally:
    """What a race came to.

    Attributes:
        acknowledged: changes that a process was told to be done.
        lost: of those, how many are in no document.
        repeated: lines that are there more than once.
        unasked: lines that are there though their process was told that they are not.
        given_up: changes that ended as refused: others kept writing.
        unknown: changes that got no answer: they may be there.
        conflicts: refusals on the way, after which a change was tried again.
        false_conflicts: of those, how many though the bytes had not changed underneath.
    """

    acknowledged: int
    lost: int
    repeated: int
    unasked: int
    given_up: int
    unknown: int
    conflicts: int
    false_conflicts: int

    def broken(self) -> str | None:
        """Return what went wrong, as a phrase; None if nothing did."""
        wrong = {
            "lost updates": self.lost,
            "repeated updates": self.repeated,
            "updates that were reported as refused": self.unasked,
            "false conflicts": self.false_conflicts,
            "updates given up": self.given_up,
        }
        found = [f"{count} {what}" for what, count in wrong.items() if count]
        return ", ".join(found) or None


class RaceFailed(AssertionError):
    """A process of a race ended otherwise than by finishing."""


def run_race(
    store: BlobStore, opening: Opening, race: Race, *, environ: Mapping[str, str] = os.environ
) -> Tally:
    """Let the processes race in an empty store, and count what became of their changes.

    Args:
        store: for looking at the outcome.
        opening: how the processes open it.
        race: what they do.
        environ: the variables of the processes: what the opening needs.

    Raises:
        RaceFailed: a process ended with an error; its last line is in the message.
    """
    keys = [Key(f"{_FOLDER}/{race.kind}-{number}") for number in range(race.documents)]
    if race.kind == "edit":
        for key in keys:
            store.write(key, b"".join(line_of(one, 0) for one in range(race.processes)))
    reports = _reports(opening, race, keys, environ)
    return tally_of(race, reports, [store.read(key).data for key in keys])


def line_of(process: int, number: int) -> bytes:
    """Return the line that a process adds with its change `number`, counted from 1; 0 is there before."""
    return b"<%d:%d>\n" % (process, number)


def _reports(
    opening: Opening, race: Race, keys: list[Key], environ: Mapping[str, str]
) -> list[dict[str, list[int]]]:
    order = {**asdict(opening), "kind": race.kind, "keys": keys, "rounds": race.rounds}
    racers: list[subprocess.Popen[str]] = []
    try:
        for number in range(race.processes):
            racers.append(_racer({**order, "process": number}, environ))
        for racer in racers:
            _pipe(racer.stdout).readline()
        # All are open: now they start at one moment.
        for racer in racers:
            with suppress(BrokenPipeError):
                _pipe(racer.stdin).write("go\n")
                _pipe(racer.stdin).flush()
        return [_report(racer) for racer in racers]
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()


def _racer(order: Mapping[str, object], environ: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.store.conformance.racer", json.dumps(order)],
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _report(racer: "subprocess.Popen[str]") -> dict[str, list[int]]:
    said, complaint = racer.communicate()
    if racer.returncode:
        last = (complaint.strip().splitlines() or ["it said nothing"])[-1]
        raise RaceFailed(f"a process of the race failed: {last}")
    report: dict[str, list[int]] = json.loads(said)
    return report


def tally_of(race: Race, reports: list[dict[str, list[int]]], documents: Iterable[bytes]) -> Tally:
    """Count what became of the changes.

    Args:
        race: what was done.
        reports: of each writer: the numbers of its changes that are `done`, `given_up` and `unknown`, and how
            many `conflicts` and `false_conflicts` there were.
        documents: what is stored now.
    """
    there = Counter(line for data in documents for line in data.splitlines(keepends=True))
    if race.kind == "edit":
        for process in range(race.processes):
            del there[line_of(process, 0)]

    def lines(outcome: str) -> set[bytes]:
        return {
            line_of(process, number)
            for process, report in enumerate(reports)
            for number in report[outcome]
        }

    done, unknown = lines("done"), lines("unknown")
    return Tally(
        acknowledged=len(done),
        lost=len(done - there.keys()),
        repeated=sum(count - 1 for count in there.values()),
        unasked=len(there.keys() - done - unknown),
        given_up=len(lines("given_up")),
        unknown=len(unknown),
        conflicts=sum(sum(report["conflicts"]) for report in reports),
        false_conflicts=sum(sum(report["false_conflicts"]) for report in reports),
    )


def _pipe(pipe: "IO[str] | None") -> "IO[str]":
    assert pipe is not None
    return pipe
