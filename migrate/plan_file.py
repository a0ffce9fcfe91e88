"""A plan as data: the lines that `plan --json` prints, read again and held against both sides as they are."""

import base64
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from migrate.outcomes import Cause
from migrate.paths import printable
from migrate.plan import Action, Proof, Step, decide
from migrate.reading import Fingerprint, fingerprint_of
from migrate.records import Pair, State
from migrate.refusals import PlanRefused
from migrate.scope import Scope, scope_of
from migrate.sights import Sight
from migrate.survey import Survey

FORMAT: Final = 1
_PAGE: Final = 1000
_BY_LOOKING: Final = frozenset({Cause.LINK, Cause.SPECIAL, Cause.NAME, Cause.RESERVED, Cause.TWIN})
"""Causes that a look at names and kinds gives again, each time; the others come from reading."""

_SCHEMA: Final = """
CREATE TEMP TABLE planned (
    path BLOB PRIMARY KEY, action TEXT, cause TEXT, reason TEXT, size INTEGER, modified_ns INTEGER,
    inode INTEGER, version TEXT, sha256 BLOB
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class _Planned:
    action: Action
    cause: Cause | None
    reason: str
    fingerprint: Fingerprint | None
    version: str | None
    sha256: bytes | None


@dataclass(frozen=True, slots=True)
class PlanFile:
    """The file of a plan, its first line read.

    Attributes:
        file: where it is.
        pair: what it is about.
        scope: what of the source it moves.
        replace_others: whether it replaces content that is not ours.
    """

    file: Path
    pair: Pair
    scope: Scope
    replace_others: bool

    def refuse_other(self, pair: Pair) -> None:
        """Refuse to be carried out between other sides.

        Raises:
            PlanRefused: `pair` is not the plan's.
        """
        if pair != self.pair:
            raise PlanRefused(
                f"The plan {self.file} is about {self.pair.source} → {self.pair.destination}, "
                f"not {pair.source} → {pair.destination}."
            )

    def steps(self, survey: Survey) -> Iterator[Step]:
        """Return the steps of the plan, found to fit both sides as the survey sees them.

        What a run of this very plan has done already is no difference: it is skipped.

        Raises:
            PlanRefused: it is damaged, or either side moved on; names the first difference.
        """
        with survey.scratch() as connection:
            connection.executescript(_SCHEMA)
            self._load(connection)
        for sight in survey.source_sights():
            difference = _difference(sight, _planned(connection, sight.path))
            if difference:
                raise self._outdated(sight.path, difference)
        gone = connection.execute(
            "SELECT path FROM temp.planned WHERE path NOT IN (SELECT path FROM temp.source)"
            " ORDER BY path LIMIT 1"
        ).fetchone()
        if gone:
            raise self._outdated(gone[0], "is no longer in the source")
        return _as_planned(connection, survey.source_sights())

    def _load(self, connection: sqlite3.Connection) -> None:
        lines = _lines(self.file)
        next(lines)
        rows = self._rows(lines)
        while page := list(islice(rows, _PAGE)):
            connection.executemany(
                "INSERT OR REPLACE INTO temp.planned VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", page
            )

    def _rows(self, lines: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[tuple[object, ...]]:
        """Yield a row for each step; the last line must count as many."""
        steps = 0
        ended = False
        for number, fields in lines:
            try:
                if fields["event"] == "step":
                    yield _row(fields)
                    steps += 1
                elif fields["event"] == "plan":
                    ended = sum(fields["counts"].values()) == steps
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise PlanRefused(f"{self.file}, line {number}, is no step of a plan.") from error
        if not ended:
            raise PlanRefused(
                f"The plan {self.file} is not whole: its last line is missing or counts other steps."
            )

    def _outdated(self, path: bytes, difference: str) -> PlanRefused:
        return PlanRefused(
            f"The plan {self.file} no longer fits, nothing was moved: {printable(path)} {difference}. "
            "Plan again."
        )


def opened_plan(file: Path) -> PlanFile:
    """Return the plan in `file`.

    Raises:
        PlanRefused: there is none, or it is another version's.
    """
    for _, fields in _lines(file):
        try:
            if fields["event"] != "begin" or fields["format"] != FORMAT:
                break
            pair = Pair(fields["source"], fields["destination"])
            return PlanFile(file, pair, scope_of(fields), bool(fields["replace"]))
        except (AttributeError, KeyError, TypeError, ValueError):
            break
    raise PlanRefused(f"{file} is not what 'kb migrate plan --json' of this version prints.")


def _lines(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                fields = json.loads(line)
                if not isinstance(fields, dict):
                    raise PlanRefused(f"{file}, line {number}, is no step of a plan.")
                yield number, fields
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PlanRefused(f"The plan {file} cannot be read: {reason}.") from error
    except ValueError as error:
        raise PlanRefused(f"The plan {file} is damaged: not every line is JSON.") from error


def _row(fields: dict[str, Any]) -> tuple[object, ...]:
    exact = fields.get("path_base64")
    path = fields["path"].encode() if exact is None else base64.b64decode(exact, validate=True)
    cause, digest = fields.get("cause"), fields.get("sha256")
    return (
        path,
        Action(fields["action"]).value,
        Cause(cause).value if cause else None,
        str(fields.get("reason", "")),
        fields.get("size_bytes"),
        fields.get("modified_ns"),
        fields.get("inode"),
        fields.get("version"),
        None if digest is None else bytes.fromhex(digest),
    )


def _planned(connection: sqlite3.Connection, path: bytes) -> _Planned | None:
    row = connection.execute(
        "SELECT action, cause, reason, size, modified_ns, inode, version, sha256"
        " FROM temp.planned WHERE path = ?",
        (path,),
    ).fetchone()
    if row is None:
        return None
    action, cause, reason, size, modified_ns, inode, version, sha256 = row
    fingerprint = None if modified_ns is None else Fingerprint(size, modified_ns, inode)
    return _Planned(
        Action(action), Cause(cause) if cause else None, reason, fingerprint, version, sha256
    )


def _difference(sight: Sight, planned: _Planned | None) -> str | None:
    """Return what is no longer as the plan saw it, as the end of a sentence, or None."""
    assert sight.entry is not None  # noqa: S101 - only entries of the source have steps
    now = decide(sight)
    if planned is None:
        return "is new in the source"
    if now.action in (Action.EXCLUDE, Action.LEAVE_OUT):
        same = (planned.action, planned.cause) == (now.action, now.cause)
        return None if same else f"would now be left out: {now.reason}"
    if planned.action is Action.EXCLUDE or planned.cause in _BY_LOOKING:
        return f"was left out by the plan ({planned.reason}), and would not be now"
    if planned.fingerprint != fingerprint_of(sight.entry):
        return "changed in the source"
    if planned.version == now.version or _is_progress(sight, now, planned):
        return None
    return "is no longer in the store" if now.version is None else "was written in the store"


def _is_progress(sight: Sight, now: Step, planned: _Planned) -> bool:
    """Tell whether the store moved on because a run was carrying this step out."""
    begun = sight.record is not None and sight.record.state is State.STARTED
    return planned.action in (Action.COPY, Action.REPLACE) and (now.action is Action.SKIP or begun)


def _as_planned(connection: sqlite3.Connection, sights: Iterable[Sight]) -> Iterator[Step]:
    for sight in sights:
        now, planned = decide(sight), _planned(connection, sight.path)
        if planned is None or now.action not in (Action.COPY, Action.COMPARE):
            yield now
        elif planned.version != now.version:
            yield now  # begun by a run that was killed: to be compared
        elif planned.action is not Action.SKIP:
            yield replace(now, action=planned.action, cause=planned.cause, reason=planned.reason)
        elif planned.fingerprint and planned.sha256 and planned.version:
            proof = Proof(planned.fingerprint, planned.sha256, planned.version)
            yield replace(now, action=Action.SKIP, reason=planned.reason, proof=proof)
        else:
            yield now  # skipped for what the journal knew, and it no longer does
