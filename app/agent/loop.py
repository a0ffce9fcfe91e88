"""The loop between a model and its tools: a question in, events out, the answer last."""

import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Final

from app.agent.answer import (
    Answer,
    Event,
    Stop,
    TextDropped,
    ToolCall,
    ToolEnded,
    ToolStarted,
    TurnEnded,
    Usage,
)
from app.agent.citations import cited_in, says_not_found
from app.agent.model import ModelError
from app.agent.prompt import system_prompt
from app.agent.turn import Request, Requested, Turn, TurnCut, stream_turn

if TYPE_CHECKING:
    from anthropic import Anthropic
    from anthropic.types import MessageParam, ToolResultBlockParam

    from app.agent.ledger import Ledger
    from app.agent.toolbox import Toolbox, ToolResult

PARALLEL_MAX: Final = 8
"""How many read-only calls of one turn run at once."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may cost.

    Attributes:
        turns_max: requests to the model; in the last one it has to answer without tools.
        tokens_max: of the model's words in one turn.
        resumes_max: how often a turn whose stream was cut is asked for again, over all turns.
        resume_wait_seconds: before asking again.
    """

    turns_max: int = 24
    tokens_max: int = 8_192
    resumes_max: int = 3
    resume_wait_seconds: float = 1.0


@dataclass(slots=True)
class _Spent:
    """What a question has cost so far."""

    usage: Usage = field(default_factory=Usage)
    calls: list[ToolCall] = field(default_factory=list)
    resumes: int = 0


class Conversation:
    """A transcript that grows by questions, the tools it may use, and what was seen in it.

    Args:
        client: of the Messages API.
        model: the model's id, for the API and for the answer.
        toolbox: the tools, on the same ledger.
        ledger: what the model has seen.
        limits: for each question.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        client: "Anthropic",
        *,
        model: str,
        toolbox: "Toolbox",
        ledger: "Ledger",
        limits: Limits = Limits(),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.messages: list[MessageParam] = []
        self._client = client
        self._model = model
        self._toolbox = toolbox
        self._ledger = ledger
        self._limits = limits
        self._sleep = sleep

    def ask(self, question: str) -> Answer:
        """Ask, and return the answer; raises as `stream` does."""
        for event in self.stream(question):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a question ended without an answer")

    def stream(self, question: str) -> Iterator[Event]:
        """Ask, and yield what happens; the last event is the Answer.

        What has happened stays in the transcript, also when it ends in an error: only a question that the
        model refused, or to which it said nothing, is taken back.

        Raises:
            ModelError: the model refused the request, or did not answer after the retries.
        """
        start = len(self.messages)
        self.messages.append({"role": "user", "content": question})
        try:
            yield from self._turns()
        finally:
            if len(self.messages) == start + 1:
                del self.messages[start:]

    def _turns(self) -> Iterator[Event]:
        spent = _Spent()
        text = ""
        for number in range(1, self._limits.turns_max + 1):
            is_last = number == self._limits.turns_max
            turn = yield from self._turn(spent, must_answer=is_last)
            text += turn.text
            goes_on = not is_last and (bool(turn.requested) or turn.stop_reason == "pause_turn")
            if not goes_on:
                if turn.stop_reason != "refusal":
                    self._append(turn, drop_calls=True)
                yield TurnEnded(final=True)
                yield self._answer(text, spent, *_ending(turn, self._limits))
                return
            # Nothing is yielded between a turn and the answers to its calls but within _run: a caller that
            # stops listening leaves no call unanswered.
            yield TurnEnded(final=False)
            self._append(turn, drop_calls=False)
            if turn.requested:
                yield from self._run(turn.requested, spent)
                text = ""  # what it said before its tools answered was no answer yet

    def _turn(self, spent: _Spent, *, must_answer: bool) -> Generator[Event, None, Turn]:
        request = Request(
            client=self._client,
            model=self._model,
            system=system_prompt(writes=self._toolbox.writes),
            tools=self._toolbox.definitions,
            tokens_max=self._limits.tokens_max,
            must_answer=must_answer,
        )
        while True:
            try:
                turn = yield from stream_turn(request, self.messages)
            except TurnCut as cut:
                spent.usage += cut.usage
                spent.resumes += 1
                if spent.resumes > self._limits.resumes_max:
                    raise ModelError(
                        f"The model's answer did not arrive: {cut}, {spent.resumes} times. Ask again later."
                    ) from cut
                yield TextDropped(str(cut))
                self._sleep(self._limits.resume_wait_seconds)
            else:
                spent.usage += turn.usage
                return turn

    def _append(self, turn: Turn, *, drop_calls: bool) -> None:
        # A call that stays unanswered would make the API refuse the rest of the conversation.
        content = [
            block for block in turn.content if not (drop_calls and block["type"] == "tool_use")
        ]
        if content:
            self.messages.append({"role": "assistant", "content": content})

    def _run(self, requested: tuple[Requested, ...], spent: _Spent) -> Iterator[Event]:
        """Run a turn's calls: neighbouring reads at once, each write alone, in the order asked for."""
        results: dict[str, ToolResult] = {}
        try:
            for is_read_only, group in groupby(
                requested, key=lambda call: self._toolbox.is_read_only(call.name)
            ):
                calls = list(group)
                for call in calls:
                    yield ToolStarted(call.name, call.arguments)
                workers = min(len(calls), PARALLEL_MAX) if is_read_only else 1
                with ThreadPoolExecutor(workers) as pool:
                    outcomes = pool.map(
                        lambda call: self._toolbox.call(call.name, call.arguments), calls
                    )
                    for call, result in zip(calls, outcomes, strict=True):
                        results[call.id] = result
                        done = ToolCall(call.name, call.arguments, not result.is_error)
                        spent.calls.append(done)
                        yield ToolEnded(done)
        finally:
            # Also after an interruption every call has its answer, or the API refuses the transcript.
            self.messages.append(
                {"role": "user", "content": [_block(call, results) for call in requested]}
            )
            self._ledger.end_turn()

    def _answer(self, text: str, spent: _Spent, stop: Stop, note: str) -> Answer:
        citations = cited_in(text, self._ledger)
        is_verified = any(citation.verified for citation in citations)
        return Answer(
            text=text,
            citations=citations,
            found=is_verified and not says_not_found(text) and stop != "refused",
            model=self._model,
            tool_calls=tuple(spent.calls),
            usage=spent.usage,
            stop=stop,
            note=note,
        )


def _block(call: Requested, results: "dict[str, ToolResult]") -> "ToolResultBlockParam":
    result = results.get(call.id)
    return {
        "type": "tool_result",
        "tool_use_id": call.id,
        "content": result.text if result else "Interrupted: this may or may not have been done.",
        "is_error": result.is_error if result else True,
    }


def _ending(turn: Turn, limits: Limits) -> tuple[Stop, str]:
    match turn.stop_reason:
        case "end_turn" | "stop_sequence":
            return "answered", ""
        case "max_tokens":
            return "cut", f"The answer was cut at {limits.tokens_max:,} tokens."
        case "model_context_window_exceeded":
            return "cut", "The answer was cut: the conversation fills the model's context window."
        case "refusal":
            reason = f": {turn.explanation}" if turn.explanation else "."
            return "refused", f"The model declined to answer{reason}"
        case "tool_use" if not turn.requested:
            return "answered", ""
        case "tool_use" | "pause_turn":
            return "turns", f"Stopped after {limits.turns_max} turns: the model wanted to go on."
        case other:
            return "unknown", f"The model stopped for a reason that is not known here ({other})."
