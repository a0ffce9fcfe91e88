"""What a journal says about a migration, gathered for its page; bounded, however many files there are."""

import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final

from migrate.forecast_kept import Score, scored
from migrate.history import KeptProof, Sample, ending_of, last_proof, samples_of
from migrate.journal import Journal
from migrate.outcomes import Cause
from migrate.paths import path_fields
from migrate.records import Pair, Run, State

NAMES_MAX: Final = 25
"""How many names are shown for each cause; `kb migrate status -v` has all of them."""

_LARGEST_MAX: Final = 10
_DUPLICATES_MAX: Final = 5
_RUNS_MAX: Final = 20

SIZE_STEPS: Final = (0, 1_000, 4_000, 16_000, 64_000, 256_000, 1_000_000, 16_000_000, 256_000_000)
"""Upper ends of the classes of sizes, in bytes; the last class has none."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Files that were not moved for one cause; `names` has the first of them, each with its reason."""

    cause: Cause
    files: int
    size_bytes: int
    names: list[tuple[bytes, str]]


@dataclass(frozen=True, slots=True)
class SizeClass:
    """Files up to a size, and above that of the class before; None is without end."""

    size_bytes_max: int | None
    files: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Equal content under several names, of files that are not empty.

    Attributes:
        groups: contents that more than one file has.
        files: how many files need not be there.
        size_bytes: theirs: what keeping equal content once saves.
        examples: the costliest: one name, how many files have its content, size of one.
    """

    groups: int
    files: int
    size_bytes: int
    examples: list[tuple[bytes, int, int]]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the page says.

    Attributes:
        pair: from where, to where.
        runs: the latest, in order; `runs_before` are not among them.
        files, size_bytes: in the store.
        waiting: files that are planned or begun.
        left_out: by cause, most first.
        sizes, largest, duplicates: of the files in the store.
        samples: of the last run.
        ending: the last run's summary; None where it was killed.
        proof: the last verification.
        forecast: of the last run, scored.
        root_sha256: of what was moved, as `kb migrate verify` forms it.
    """

    pair: Pair
    runs: list[Run]
    runs_before: int
    files: int
    size_bytes: int
    waiting: int
    left_out: list[LeftOut]
    sizes: list[SizeClass]
    largest: list[tuple[bytes, int]]
    duplicates: Duplicates
    samples: list[Sample]
    ending: dict[str, Any] | None
    proof: KeptProof | None
    forecast: Score | None
    root_sha256: str

    def fields(self) -> dict[str, Any]:
        """Return the facts for JSON."""
        return {
            **self.pair.fields(),
            "runs": [asdict(run) for run in self.runs],
            "runs_before": self.runs_before,
            "in_store": {"files": self.files, "size_bytes": self.size_bytes},
            "waiting": self.waiting,
            "left_out": [
                {
                    "cause": group.cause.value,
                    "files": group.files,
                    "size_bytes": group.size_bytes,
                    "names": [{**path_fields(path), "reason": why} for path, why in group.names],
                }
                for group in self.left_out
            ],
            "sizes": [asdict(each) for each in self.sizes],
            "largest": [{**path_fields(path), "size_bytes": size} for path, size in self.largest],
            "duplicates": {
                "groups": self.duplicates.groups,
                "files": self.duplicates.files,
                "size_bytes": self.duplicates.size_bytes,
            },
            "samples": list(map(asdict, self.samples)),
            "ending": self.ending,
            "proof": asdict(self.proof) if self.proof else None,
            "forecast": self.forecast and self.forecast.fields(),
            "root_sha256": self.root_sha256,
        }


def facts_of(journal: Journal, pair: Pair, *, keep_going: Callable[[], None]) -> Facts:
    """Gather the facts from a journal, of which it changes nothing.

    Args:
        journal: opened; its run may still be going on.
        pair: which it is about.
        keep_going: called now and then; raises Stopped.
    """
    connection = journal.connection
    journal.commit()
    # One look at the journal: a run may be writing to it meanwhile.
    connection.execute("BEGIN")
    try:
        return _gathered(connection, pair, keep_going)
    finally:
        connection.rollback()


def _gathered(connection: sqlite3.Connection, pair: Pair, keep_going: Callable[[], None]) -> Facts:
    runs = [
        Run(*row)
        for row in connection.execute(
            "SELECT number, began, ended, ending FROM runs ORDER BY number DESC LIMIT ?",
            (_RUNS_MAX,),
        )
    ][::-1]
    last = runs[-1].number if runs else 0
    files, size = _row(connection, "SELECT count(*), total(size) FROM files WHERE state = 'done'")
    (waiting,) = _row(
        connection, "SELECT count(*) FROM files WHERE state IN ('planned', 'started')"
    )
    keep_going()
    return Facts(
        pair=pair,
        runs=runs,
        runs_before=max(0, (runs[0].number if runs else 1) - 1),
        files=files,
        size_bytes=int(size),
        waiting=waiting,
        left_out=_left_out(connection),
        sizes=_sizes(connection),
        largest=connection.execute(
            "SELECT path, size FROM files WHERE state = 'done' ORDER BY size DESC, path LIMIT ?",
            (_LARGEST_MAX,),
        ).fetchall(),
        duplicates=_duplicates(connection),
        samples=samples_of(connection, last),
        ending=ending_of(connection, last),
        proof=last_proof(connection),
        forecast=scored(connection),
        root_sha256=_root(connection, keep_going),
    )


def _row(connection: sqlite3.Connection, query: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] = connection.execute(query).fetchone()
    return row


def _left_out(connection: sqlite3.Connection) -> list[LeftOut]:
    states = (State.LEFT_OUT, State.FAILED)
    groups = connection.execute(
        "SELECT cause, count(*), total(size) FROM files WHERE state IN (?, ?)"
        " GROUP BY cause ORDER BY count(*) DESC, cause",
        states,
    ).fetchall()
    return [
        LeftOut(
            Cause(cause),
            files,
            int(size),
            connection.execute(
                "SELECT path, coalesce(reason, '') FROM files WHERE state IN (?, ?) AND cause = ?"
                " ORDER BY path LIMIT ?",
                (*states, cause, NAMES_MAX),
            ).fetchall(),
        )
        for cause, files, size in groups
    ]


def _sizes(connection: sqlite3.Connection) -> list[SizeClass]:
    cases = " ".join(f"WHEN size <= {step} THEN {number}" for number, step in enumerate(SIZE_STEPS))
    rows = connection.execute(
        f"SELECT CASE {cases} ELSE {len(SIZE_STEPS)} END, count(*), total(size)"  # noqa: S608 - constants of ours
        " FROM files WHERE state = 'done' GROUP BY 1"
    )
    found = {number: (files, int(size)) for number, files, size in rows}
    return [
        SizeClass(step, *found.get(number, (0, 0)))
        for number, step in enumerate((*SIZE_STEPS, None))
    ]


def _duplicates(connection: sqlite3.Connection) -> Duplicates:
    groups = (
        "(SELECT min(path) AS path, count(*) AS files, size FROM files"
        " WHERE state = 'done' AND size > 0 GROUP BY sha256, size HAVING count(*) > 1)"
    )
    count, files, size = _row(
        connection,
        f"SELECT count(*), total(files - 1), total((files - 1) * size) FROM {groups}",  # noqa: S608 - a constant of ours
    )
    examples = connection.execute(
        f"SELECT path, files, size FROM {groups}"  # noqa: S608 - a constant of ours
        f" ORDER BY (files - 1) * size DESC, path LIMIT {_DUPLICATES_MAX}"
    ).fetchall()
    return Duplicates(count, int(files), int(size), examples)


def _root(connection: sqlite3.Connection, keep_going: Callable[[], None]) -> str:
    root = sha256()
    rows = connection.execute("SELECT sha256, path FROM files WHERE state = 'done' ORDER BY path")
    while page := rows.fetchmany(10_000):
        keep_going()
        root.update(b"".join(b"%s  %s\n" % (digest.hex().encode(), path) for digest, path in page))
    return root.hexdigest()
