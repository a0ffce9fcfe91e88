"""One turn of a model: a streamed request, and whether it arrived whole."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import anthropic
import httpx2

from app.agent.answer import TextArrived, Usage
from app.agent.model import translated_errors

if TYPE_CHECKING:
    from anthropic.types import ContentBlockParam, Message, MessageParam, ToolUnionParam

_TRANSIENT: Final = frozenset({"overloaded_error", "api_error", "timeout_error"})
"""What a service says within a stream when asking again may help."""


@dataclass(frozen=True, slots=True)
class Requested:
    """A tool call as the model asked for it."""

    id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """What the model said in one turn.

    Attributes:
        content: its blocks, as the transcript takes them.
        text: its text.
        requested: the tool calls to answer; none unless it stopped for them.
        stop_reason: the Messages API's word, or one that this SDK does not know.
        explanation: of a refusal, "" where there is none.
        usage: its tokens.
    """

    content: "list[ContentBlockParam]"
    text: str
    requested: tuple[Requested, ...]
    stop_reason: str
    explanation: str
    usage: Usage


class TurnCut(Exception):
    """The stream ended before the turn did; what had arrived is void and the same request may be sent again.

    Attributes:
        usage: tokens known to be spent on it.
    """

    def __init__(self, reason: str, usage: Usage) -> None:
        super().__init__(reason)
        self.usage = usage


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent for a turn."""

    client: anthropic.Anthropic
    model: str
    system: str
    tools: Sequence[dict[str, Any]]
    tokens_max: int
    must_answer: bool


def stream_turn(
    request: Request, messages: "Sequence[MessageParam]"
) -> Generator[TextArrived, None, Turn]:
    """Send the transcript, yield text as it arrives, return the whole turn.

    The SDK retries a request that was not accepted (408, 409, 429, 5xx, no connection). What it does not do
    is go on after a stream was cut: that arrives here as a transport error of httpx2, as an error event, or
    as a stream that just ends.

    Raises:
        TurnCut: the stream was cut.
        ModelError: the request was refused, or the API cannot be reached.
    """
    with (
        translated_errors(request.model),
        request.client.messages.stream(
            model=request.model,
            max_tokens=request.tokens_max,
            system=request.system,
            tools=cast("Sequence[ToolUnionParam]", request.tools),
            tool_choice={"type": "none"} if request.must_answer else {"type": "auto"},
            messages=messages,
            # Everything up to the last block is read again in the next turn.
            cache_control={"type": "ephemeral"},
        ) as stream,
    ):
        message: Message | None = None
        is_whole = False
        try:
            for event in stream:
                message = stream.current_message_snapshot
                if event.type == "text":
                    yield TextArrived(event.text)
                is_whole = is_whole or event.type == "message_stop"
        except (httpx2.TransportError, anthropic.APIConnectionError) as error:
            raise TurnCut("the connection was cut", _usage(message)) from error
        except anthropic.APIStatusError as error:
            if error.type not in _TRANSIENT:
                raise
            raise TurnCut(f"the service said {error.type}", _usage(message)) from error
        except ValueError as error:  # the SDK's word for an event or an argument that is no JSON
            raise TurnCut("the stream was damaged", _usage(message)) from error
        if not is_whole or message is None:
            raise TurnCut("the stream ended early", _usage(message))
    return _turn(message)


def _turn(message: "Message") -> Turn:
    stop_reason = str(message.stop_reason)
    blocks = message.content
    text = "".join(block.text for block in blocks if block.type == "text")
    requested = tuple(
        Requested(block.id, block.name, _arguments(block.input))
        for block in blocks
        if block.type == "tool_use"
    )
    content = [
        {
            name: value
            for name, value in block.to_dict(mode="json").items()
            if name != "parsed_output"
        }
        for block in blocks
        if block.type != "text" or block.text  # the API refuses empty texts in a transcript
    ]
    details = message.stop_details
    return Turn(
        content=cast("list[ContentBlockParam]", content),
        text=text,
        requested=requested if stop_reason == "tool_use" else (),
        stop_reason=stop_reason,
        explanation=(details.explanation or "") if details else "",
        usage=_usage(message),
    )


def _arguments(value: object) -> dict[str, Any]:
    """The arguments as an object; a model that sends another thing is told by the tool's validation."""
    return value if isinstance(value, dict) else {"arguments": value}


def _usage(message: "Message | None") -> Usage:
    if message is None:
        return Usage()
    usage = message.usage
    return Usage(
        usage.input_tokens or 0,
        usage.output_tokens or 0,
        usage.cache_read_input_tokens or 0,
        usage.cache_creation_input_tokens or 0,
    )
