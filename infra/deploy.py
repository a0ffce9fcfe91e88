"""Bringing a stack up and taking it down with the engine, step by step as it reports them."""

import json
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from infra.stacks import PROJECT, Stack, StackError, sentence_of

Verb = str
"""What the engine does to a resource: create, update, replace, delete, same, refresh …"""

_QUIET: Final = frozenset({"same", "read", "refresh"})
_LOCKED: Final = (
    "the stack is currently locked by",  # a state in files or a bucket
    "Another update is currently in progress",  # Pulumi Cloud
)


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
OnEvent = Callable[[Mapping[str, Any]], None]
"""Gets each event of the engine as its `--json` has it."""

_EMPTY_WORDS: Final = frozenset({"update failed", "preview failed"})
_EXITED: Final = "an unhandled error occurred: program exited with non-zero exit code"


@dataclass(slots=True)
class _Listener:
    """Turns the engine's events into steps, and keeps what explains a failure."""

    on_step: OnStep
    on_event: OnEvent | None = None
    changes: dict[Verb, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def hear(self, lines: Iterable[str]) -> None:
        """Listen until the engine says no more."""
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                continue  # a killed engine leaves half an event behind
            self._note(event)
            if self.on_event:
                self.on_event(event)

    def _note(self, event: Mapping[str, Any]) -> None:
        if done := event.get("resOutputsEvent"):
            self.on_step(Step(done["metadata"]["op"], _name(done["metadata"]["urn"])))
        if diagnostic := event.get("diagnosticEvent"):
            self._note_diagnostic(diagnostic)
        if summary := event.get("summaryEvent"):
            self.changes = dict(summary.get("resourceChanges") or {})

    def _note_diagnostic(self, diagnostic: Mapping[str, Any]) -> None:
        message = " ".join(diagnostic.get("message", "").split())
        about = _name(diagnostic["urn"]) if diagnostic.get("urn") else ""
        if diagnostic["severity"] == "error" and message:
            text = message.removeprefix("error: ")
            self.problems.append(f"{about}: {text}" if about and about not in text else text)
        if diagnostic["severity"] == "warning" and message:
            self.on_step(Step("warning", about, warning=message.removeprefix("warning: ")))


def up(stack: Stack, *, on_step: OnStep, refresh: bool = False) -> Result:
    """Make reality what the program says.

    Args:
        stack: that exists.
        on_step: called for each resource the engine is done with.
        refresh: first look at what is really there, so that drift is found and repaired.

    Raises:
        StackError: the program, a provider or the engine refused; the first of their own sentences. What was
            made until then is in the state: the next `up` goes on from there.
    """
    return _run(stack, ("up", "--yes", "--skip-preview"), on_step, refresh=refresh)


def preview(stack: Stack, *, on_step: OnStep, refresh: bool = False) -> Result:
    """Say what `up` would do; changes nothing.

    Raises:
        StackError: as `up`.
    """
    return _run(stack, ("preview",), on_step, refresh=refresh)


def look(stack: Stack, *, on_event: OnEvent) -> Result:
    """Ask each cloud what is really there; changes nothing, the state neither.

    Args:
        stack: that exists.
        on_event: called for each event of the engine.

    Raises:
        StackError: a provider or the engine refused.
    """
    command = ("refresh", "--preview-only")
    return _run(stack, command, lambda _: None, refresh=False, on_event=on_event)


def down(stack: Stack, *, on_step: OnStep, refresh: bool = False) -> Result:
    """Delete every resource of the stack, and what is stored in them.

    Raises:
        StackError: a resource is protected or refuses; what was deleted until then is gone from the state.
    """
    return _run(stack, ("destroy", "--yes", "--skip-preview"), on_step, refresh=refresh)


def _run(
    stack: Stack,
    command: tuple[str, ...],
    on_step: OnStep,
    *,
    refresh: bool,
    on_event: OnEvent | None = None,
) -> Result:
    """Run one command of the engine, and nothing besides.

    Pulumi's Automation API asks for the version, the selected stack, the outputs twice and the history
    around each update: two seconds of a processor that nobody needs here.
    """
    listener = _Listener(on_step, on_event)
    start = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        engine = subprocess.Popen(
            [
                stack.engine.bin_directory / "pulumi",
                *command,
                *("--json", "--non-interactive", "--color=never", "--stack", stack.name),
                *(("--refresh",) if refresh else ()),
            ],
            cwd=PROJECT,
            # Without it, a preview says nothing until it is over.
            env={**stack.environ, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
        )
        assert engine.stdout is not None  # noqa: S101 - it is a pipe
        try:
            listener.hear(engine.stdout)
        finally:
            # Interrupted together with this process, it ends what it has begun and writes that down: as
            # long as somebody reads what it says.
            deque(engine.stdout, maxlen=0)
            code = engine.wait()
        errors.seek(0)
        said = errors.read()
    if any(word in text for word in _LOCKED for text in (said, *listener.problems)):
        raise StackError(
            f"Another update of stack {stack.name!r} is running. Wait for it; if it was killed, "
            f"run: pulumi cancel -s {stack.name} (kb env -s {stack.name} --shell sets the shell up)."
        )
    if code != 0:
        raise StackError(_explain(stack, command[0], listener.problems, code, said))
    return Result(listener.changes, time.monotonic() - start)


def _explain(stack: Stack, what: str, problems: list[str], code: int, said: str) -> str:
    said_once = dict.fromkeys(text for text in problems if text not in _EMPTY_WORDS)
    # After an error of its own, the program's exit code says nothing more.
    reasons = [text for text in said_once if _EXITED not in text] or list(said_once)
    if code < 0 and not reasons:
        reasons = [f"the engine was ended by signal {-code}; run it again, it goes on from there"]
    reason = "; ".join(reasons[:3]) or sentence_of(said)
    return f"pulumi {what} of environment {stack.name!r} failed: {reason}"


def _name(urn: str) -> str:
    """`urn:pulumi:stack::project::parent$type::name` → `type name`."""
    parts = urn.split("::")
    return f"{parts[-2].rpartition('$')[2]} {parts[-1]}" if len(parts) >= 4 else urn
