"""What one item of a bulk verb says to its service: requests, waits, and in the end its answer."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from time import sleep
from typing import Any, TypeVar

from app.store.backends.bulk.messages import Reply, Request, Silence
from app.store.backends.bulk.transport import Handles

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Pause:
    """Go on after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Go on with what this call returns on another thread: it takes long, and would hold all others up."""

    call: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Hold:
    """Go on when there is room for so many bytes, which then are counted."""

    size: int


Step = Request | Pause | Elsewhere | Hold

Conversation = Generator[Step, Any, Answer]
"""Yields its steps; gets a Reply or a Silence for a Request, and what was returned for an Elsewhere."""


def held_here(conversation: Conversation[Answer], handles: Handles) -> Answer:
    """Hold a conversation on this thread, whatever it raises included."""
    came: Reply | Silence | Any = None
    while True:
        try:
            step = conversation.send(came)
        except StopIteration as end:
            answer: Answer = end.value
            return answer
        came = None
        match step:
            case Request():
                came = handles.send(step)
            case Pause():
                sleep(step.seconds)
            case Elsewhere():
                came = step.call()
            case Hold():
                pass
