"""Bringing a stack up and taking it down with the engine, step by step as it reports them."""

import re
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from pulumi import automation as auto
from pulumi.automation import events

from infra.stacks import PROJECT, Stack, StackError, sentence_of

Verb = str
"""What the engine does to a resource: create, update, replace, delete, same, refresh …"""

_EMPTY_WORDS: Final = frozenset({"update failed", "preview failed"})
_EXITED: Final = "an unhandled error occurred: program exited with non-zero exit code"

_QUIET: Final = frozenset({"same", "read", "refresh"})


@dataclass(frozen=True, slots=True)
class Step:
    """One resource that the engine is done with, or that it reported a problem about."""

    verb: Verb
    resource: str
    """`type name`, for a person."""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What an update did.

    Attributes:
        changes: how many resources per verb.
        seconds: wall time of the engine's work.
    """

    changes: Mapping[Verb, int]
    seconds: float

    @property
    def changed(self) -> int:
        """How many resources are other than before."""
        return sum(count for verb, count in self.changes.items() if verb not in _QUIET)


OnStep = Callable[[Step], None]


@dataclass(slots=True)
class _Listener:
    """Turns the engine's events into steps, and keeps what explains a failure."""

    on_step: OnStep
    changes: dict[Verb, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def __call__(self, event: events.EngineEvent) -> None:
        if event.res_outputs_event:
            metadata = event.res_outputs_event.metadata
            self.on_step(Step(_verb(metadata.op), _name(metadata.urn)))
        if event.diagnostic_event:
            self._note(event.diagnostic_event)
        if event.summary_event:
            changes = event.summary_event.resource_changes or {}
            self.changes = {_verb(verb): count for verb, count in changes.items()}

    def _note(self, diagnostic: events.DiagnosticEvent) -> None:
        message = " ".join((diagnostic.message or "").split())
        about = _name(diagnostic.urn) if diagnostic.urn else ""
        if diagnostic.severity == "error" and message:
            text = message.removeprefix("error: ")
            self.problems.append(f"{about}: {text}" if about and about not in text else text)
        if diagnostic.severity == "warning" and message:
            self.on_step(Step("warning", about, warning=message.removeprefix("warning: ")))


def up(stack: Stack, *, on_step: OnStep, refresh: bool = False) -> Result:
    """Make reality what the program says.

    Args:
        stack: that exists.
        on_step: called for each resource the engine is done with, from another thread.
        refresh: first look at what is really there, so that drift is found and repaired.

    Raises:
        StackError: the program, a provider or the engine refused; the first of their own sentences. What was
            made until then is in the state: the next `up` goes on from there.
    """
    return _run(
        stack, "up", on_step, lambda work, listen: work.up(on_event=listen, refresh=refresh)
    )


def preview(stack: Stack, *, on_step: OnStep, refresh: bool = False) -> Result:
    """Say what `up` would do; changes nothing.

    Raises:
        StackError: as `up`.
    """
    return _run(
        stack,
        "preview",
        on_step,
        lambda work, listen: work.preview(on_event=listen, refresh=refresh),
    )


def look(stack: Stack, *, on_event: Callable[[events.EngineEvent], None]) -> Result:
    """Ask each cloud what is really there; changes nothing, the state neither.

    Args:
        stack: that exists.
        on_event: called for each event of the engine, from another thread.

    Raises:
        StackError: a provider or the engine refused.
    """

    def both(listen: Callable[[events.EngineEvent], None], event: events.EngineEvent) -> None:
        listen(event)
        on_event(event)

    return _run(
        stack,
        "refresh --preview-only",
        lambda _: None,
        lambda work, listen: work.preview_refresh(on_event=partial(both, listen)),
    )


def down(stack: Stack, *, on_step: OnStep, refresh: bool = False) -> Result:
    """Delete every resource of the stack, and what is stored in them.

    Raises:
        StackError: a resource is protected or refuses; what was deleted until then is gone from the state.
    """
    return _run(
        stack,
        "destroy",
        on_step,
        lambda work, listen: work.destroy(on_event=listen, refresh=refresh),
    )


def _run(
    stack: Stack,
    what: str,
    on_step: OnStep,
    call: Callable[[auto.Stack, Callable[[events.EngineEvent], None]], object],
) -> Result:
    listener = _Listener(on_step)
    start = time.monotonic()
    try:
        work = auto.select_stack(
            stack.name,
            work_dir=str(PROJECT),
            opts=auto.LocalWorkspaceOptions(
                env_vars=dict(stack.variables),
                pulumi_command=auto.PulumiCommand(root=str(stack.engine.bin_directory.parent)),
            ),
        )
        with warnings.catch_warnings():
            # A killed engine leaves half an event behind; the failure itself is reported below.
            warnings.filterwarnings("ignore", message="Error in event stream")
            call(work, listener)
    except auto.ConcurrentUpdateError as error:
        raise StackError(
            f"Another update of stack {stack.name!r} is running. Wait for it; if it was killed, "
            f"run: pulumi cancel -s {stack.name} (kb env -s {stack.name} --shell sets the shell up)."
        ) from error
    except auto.CommandError as error:
        raise StackError(_explain(stack, what, listener.problems, str(error))) from error
    return Result(listener.changes, time.monotonic() - start)


def _explain(stack: Stack, what: str, problems: list[str], output: str) -> str:
    said = dict.fromkeys(text for text in problems if text not in _EMPTY_WORDS)
    # After an error of its own, the program's exit code says nothing more.
    reasons = [text for text in said if _EXITED not in text] or list(said)
    code = re.match(r"\s*code: (-\d+)", output)
    if code and not reasons:
        reasons = [
            f"the engine was ended by signal {code[1][1:]}; run it again, it goes on from there"
        ]
    reason = "; ".join(reasons[:3]) or sentence_of(output.partition("stderr:")[2])
    return f"pulumi {what} of environment {stack.name!r} failed: {reason}"


def _verb(operation: str) -> Verb:
    return str(getattr(operation, "value", operation))


def _name(urn: str) -> str:
    """`urn:pulumi:stack::project::parent$type::name` → `type name`."""
    parts = urn.split("::")
    return f"{parts[-2].rpartition('$')[2]} {parts[-1]}" if len(parts) >= 4 else urn
