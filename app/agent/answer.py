"""What the agent says: the answer with its citations, and the events on the way to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Stop = Literal["answered", "cut", "refused", "turns", "unknown"]
"""Why the conversation ended: the model was done; its text was cut at a limit; it declined; it asked for
more turns than allowed; it gave a reason that this version does not know."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens over all turns, as the Messages API counts them."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_input_tokens: int = 0
    cache_creation_input_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_input_tokens + other.cache_read_input_tokens,
            self.cache_creation_input_tokens + other.cache_creation_input_tokens,
        )


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model used.

    Attributes:
        name: of the tool.
        arguments: as the model gave them.
        succeeded: False where the model got an error for an answer.
    """

    name: str
    arguments: Mapping[str, Any]
    succeeded: bool


@dataclass(frozen=True, slots=True)
class Citation:
    """A place that the answer names.

    Attributes:
        path: the document.
        line: its line, counted from 1.
        text: what that line said when it was shown to the model; "" where it was not shown.
        verified: whether that line was really shown to the model in this conversation.
    """

    path: str
    line: int
    text: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of a question.

    Attributes:
        text: what the model answered in its last turn.
        citations: the places that the text names, in its order, each once.
        found: whether the documents answer the question: the text cites at least one verified line and does
            not begin by saying that nothing was found.
        model: which model spoke; "offline" for the one that works by fixed rules.
        tool_calls: in the order asked for.
        usage: tokens of all turns.
        stop: why it ended.
        note: one sentence where the answer is not whole, else "".
    """

    text: str
    citations: tuple[Citation, ...]
    found: bool
    model: str
    tool_calls: tuple[ToolCall, ...]
    usage: Usage
    stop: Stop = "answered"
    note: str = ""


@dataclass(frozen=True, slots=True)
class TextArrived:
    """A piece of the model's text."""

    text: str


@dataclass(frozen=True, slots=True)
class TextDropped:
    """The connection was cut: the text of this turn so far is void, the turn is asked for again."""

    reason: str


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The model has said what it says in this turn; `final` where no other turn follows."""

    final: bool


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """The model asked for a tool."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolEnded:
    """A tool has answered."""

    call: ToolCall


Event = TextArrived | TextDropped | TurnEnded | ToolStarted | ToolEnded | Answer
"""The last event of a question is its Answer."""
