"""A look at what is really there: the engine asks each cloud, and nothing is changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi.automation import events

from infra import deploy
from infra.drift.compare import differences
from infra.drift.findings import Finding, Resource, deletion_of, finding_of
from infra.stacks import Stack

WATCHED: Final[Mapping[str, tuple[str, ...]]] = {
    # What others attach to a role is no input of it, and gives the identity rights all the same.
    "aws:iam/role:Role": ("managedPolicyArns",),
}
"""Outputs that must be what the inputs say, although no program has to set them: by type."""

_ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found.

    Attributes:
        resources: how many were asked for.
        findings: what drifted, in the order of the resources.
        seconds: wall time of the engine's work.
    """

    resources: int
    findings: tuple[Finding, ...]
    seconds: float


def look(stack: Stack) -> Look:
    """Compare an environment with its last `up`, read-only: the state stays as it is.

    Raises:
        StackError: a cloud or the engine refused: then nothing can be said.
    """
    seen: dict[str, events.StepEventMetadata] = {}

    def note(said: Mapping[str, Any]) -> None:
        event = events.EngineEvent.from_json(dict(said))
        if event.res_outputs_event:
            metadata = event.res_outputs_event.metadata
            if metadata.old is not None and metadata.old.custom and _is_real(metadata.type):
                seen[metadata.urn] = metadata

    result = deploy.look(stack, on_event=note)
    found = tuple(
        finding for urn in sorted(seen) for finding in _findings(seen[urn], seen.values())
    )
    return Look(len(seen), found, result.seconds)


def _is_real(token: str) -> bool:
    return not token.startswith("pulumi:")


def _findings(
    metadata: events.StepEventMetadata, everything: Iterable[events.StepEventMetadata]
) -> list[Finding]:
    old, new = metadata.old, metadata.new
    assert old is not None  # noqa: S101 - `look` keeps only those that have been there
    resource = Resource(metadata.type, metadata.urn.rpartition("::")[2], old.id)
    if new is None:
        return [deletion_of(resource)]
    declared, found = dict(old.inputs or {}), dict(new.inputs or {})
    outputs, found_outputs = old.outputs or {}, new.outputs or {}
    if declared == found:
        # A provider may give no inputs when it is asked: what it says has changed is then among its outputs.
        for name in (path.partition(".")[0].partition("[")[0] for path in metadata.diffs or ()):
            declared[name], found[name] = outputs.get(name), found_outputs.get(name)
    for name in WATCHED.get(metadata.type, ()):
        attached = _attached(outputs, everything)
        declared[name] = [*(declared.get(name) or ()), *attached] or None
        found[name] = found_outputs.get(name)
    return [finding_of(resource, difference) for difference in differences(declared, found)]


def _attached(role: Mapping[str, Any], everything: Iterable[events.StepEventMetadata]) -> list[Any]:
    """Return the policies that the program itself attaches to a role, as resources of their own."""
    inputs = [one.old.inputs or {} for one in everything if one.type == _ATTACHMENT and one.old]
    return [one.get("policyArn") for one in inputs if one.get("role") == role.get("name")]
