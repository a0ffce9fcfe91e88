"""The plan: what to do about each path, decided from what was seen and nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from app.store.contract import ABSENT, IfVersion, Version, When
from app.store.values import value
from migrate.outcomes import Cause
from migrate.paths import path_fields, printable
from migrate.reading import Fingerprint, fingerprint_of
from migrate.records import State
from migrate.sights import Listed, Sight
from migrate.walk import Entry, Kind

if TYPE_CHECKING:
    from migrate.survey import Survey


class Action(StrEnum):
    """What a step does."""

    COPY = "copy"
    REPLACE = "replace"
    SKIP = "skip"
    COMPARE = "compare"
    LEAVE_OUT = "leave_out"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class Proof:
    """That the store holds a file's content: the file as read, its SHA-256, the version that has it."""

    fingerprint: Fingerprint
    sha256: bytes
    version: Version


@value(frozen=True, slots=True)
class Step:
    """What happens to one entry of the source.

    Attributes:
        entry: what it is about.
        action: what is done. COMPARE is not yet decided: the content of both sides must be looked at.
        version: of the blob that the plan saw under the key; None if there was none.
        cause: why it is left out, else None.
        reason: why, as a phrase; "" where nothing is to be said.
        sight: what the decision rests on.
        proof: of a SKIP that rests on a comparison, else None.
    """

    entry: Entry
    action: Action
    version: Version | None
    cause: Cause | None
    reason: str
    sight: Sight
    proof: Proof | None = None

    @property
    def when(self) -> When:
        """The condition of the write: what the plan saw must still be so."""
        return ABSENT if self.version is None else IfVersion(self.version)

    def fields(self) -> dict[str, Any]:
        """Return the step for JSON."""
        found: dict[str, Any] = {**path_fields(self.entry.path), "action": self.action.value}
        if self.sight.key != self.entry.path:
            found["key"] = self.sight.key.decode()
        if self.entry.kind is Kind.FILE:
            found["size_bytes"] = self.entry.size
            found["modified_ns"] = self.entry.modified_ns
            found["inode"] = self.entry.inode
        if self.version is not None:
            found["version"] = self.version
        if self.proof:
            found["sha256"] = self.proof.sha256.hex()
        if self.cause:
            found["cause"] = self.cause.value
        if self.reason:
            found["reason"] = self.reason
        return found

    def line(self) -> str:
        """Return the step as a line for people."""
        reason = f" ({self.reason})" if self.reason else ""
        mapped = "" if self.sight.key == self.entry.path else f" → {printable(self.sight.key)}"
        return f"{self.action.value.replace('_', ' '):<9}  {printable(self.entry.path)}{mapped}{reason}"

    def leave_out(self, cause: Cause, reason: str) -> "Step":
        """Return this step decided as: left out."""
        return replace(self, action=Action.LEAVE_OUT, cause=cause, reason=reason)


_CAUSES = {Kind.LINK: Cause.LINK, Kind.SPECIAL: Cause.SPECIAL, Kind.UNREADABLE: Cause.UNREADABLE}


def decide(sight: Sight) -> Step:
    """Return the step for an entry of the source.

    - What a filter excludes is looked at no further, whatever the store holds.
    - What the store lacks is copied, under the condition that it still lacks it.
    - What this journal's runs wrote, unchanged on both sides, is skipped without being read.
    - Everything else that the store holds is compared, by content.
    """
    entry = sight.entry
    assert entry is not None  # noqa: S101 - only entries of the source have steps
    listed, record = sight.listed, sight.record
    version = listed.version if listed else None
    step = Step(entry, Action.COPY, version, None, "", sight)
    if sight.is_excluded and sight.refusal:
        return replace(step, action=Action.EXCLUDE, reason=sight.refusal[1])
    if entry.kind in _CAUSES:
        return step.leave_out(_CAUSES[entry.kind], entry.reason)
    if sight.refusal:
        return step.leave_out(*sight.refusal)
    if listed is None:
        removed = record is not None and record.version is not None
        return replace(step, reason="no longer in the store") if removed else step
    if (
        record
        and record.state is State.DONE
        and record.version == listed.version
        and record.fingerprint == fingerprint_of(entry)
    ):
        return replace(step, action=Action.SKIP, reason="moved by an earlier run")
    return replace(step, action=Action.COMPARE)


def is_ours(sight: Sight) -> bool:
    """Tell whether the blob is, unchanged, the one that this journal's runs wrote last."""
    return bool(
        sight.record
        and sight.listed
        and sight.record.version is not None
        and sight.record.version == sight.listed.version
    )


def was_interrupted(sight: Sight) -> bool:
    """Tell whether a run was killed between its write of this blob and the mark that it had been accepted."""
    return bool(sight.record and sight.record.state is State.STARTED) and not is_ours(sight)


def decide_different(step: Step, *, stored_sha256: bytes | None, replace_others: bool) -> Step:
    """Return the decision for a step whose comparison found different content.

    Args:
        step: of action COMPARE.
        stored_sha256: of what is stored, where `was_interrupted`; else it is not looked at.
        replace_others: the person asked to replace content that is not ours.
    """
    record = step.sight.record
    left_by_a_kill = (
        record is not None
        and was_interrupted(step.sight)
        and record.sha256 is not None
        and record.sha256 == stored_sha256
    )
    if is_ours(step.sight) or left_by_a_kill:
        return replace(step, action=Action.REPLACE, reason="the source changed since it was moved")
    if replace_others:
        return replace(step, action=Action.REPLACE, reason="other content, replaced as asked")
    return step.leave_out(Cause.CONFLICT, "other content is stored under this name")


def decide_equal(step: Step, proof: Proof) -> Step:
    """Return the decision for a step whose comparison found equal content."""
    return replace(step, action=Action.SKIP, reason="same content", proof=proof)


def steps(sights: Iterable[Sight]) -> Iterator[Step]:
    """Yield the step for each sight, in order."""
    return map(decide, sights)


def fresh_steps(survey: "Survey") -> Iterator[Step]:
    """Return the steps for what the survey sees, decided now."""
    return steps(survey.source_sights())


def differs_in_size(entry: Entry, listed: Listed, *, exact_size: bool) -> bool:
    """Tell whether the sizes alone prove different content."""
    return exact_size and entry.size != listed.size
