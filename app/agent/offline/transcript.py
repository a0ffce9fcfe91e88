"""What the offline model sees of a conversation, and what it can reply."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_FENCE: Final = re.compile(r'<(document|matches) path=("(?:[^"\\]|\\.)*") lines="([^"]*)">')
_LINE: Final = re.compile(r"(\d+)\t(.*)", re.DOTALL)
_COUNT: Final = re.compile(r"(\d+) of (\d+) documents")
_FILE: Final = re.compile(r"\d+\t(.+)")


@dataclass(frozen=True, slots=True)
class Text:
    """A block of text."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A call of a tool."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """A turn of the model."""

    blocks: tuple[Text | ToolUse, ...]

    @property
    def stop_reason(self) -> str:
        """The API's word for why this turn ends."""
        uses = any(isinstance(block, ToolUse) for block in self.blocks)
        return "tool_use" if uses else "end_turn"


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search has answered.

    Attributes:
        lines: by document, the lines that were shown.
        documents: how many documents hold the text.
        searched: how many were looked into.
    """

    lines: Mapping[str, Mapping[int, str]]
    documents: int
    searched: int


@dataclass(slots=True)
class Transcript:
    """The last question of a conversation, and what tools have answered since.

    Attributes:
        question: its text.
        searches: by the text searched for.
        documents: the lines read, by document.
        paths: the documents that were listed.
        tried: (tool, arguments as JSON) of every call since the question.
    """

    question: str = ""
    searches: dict[str, Hits] = field(default_factory=dict)
    documents: dict[str, dict[int, str]] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    tried: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def parse(cls, messages: Sequence[Mapping[str, Any]]) -> "Transcript":
        """Read the messages of a request.

        Raises:
            ValueError: there is no question, or a call has no answer: what the API refuses too.
        """
        seen = cls()
        calls: dict[str, Mapping[str, Any]] = {}
        for message in messages:
            blocks = _blocks(message)
            if message.get("role") == "assistant":
                if calls:
                    raise ValueError(
                        "a tool_use block has no tool_result block in the next message"
                    )
                calls = {block["id"]: block for block in blocks if block["type"] == "tool_use"}
                continue
            text = "\n".join(block["text"] for block in blocks if block["type"] == "text")
            if text.strip():
                seen = cls(question=text)
            for block in blocks:
                if block["type"] == "tool_result":
                    call = calls.pop(block["tool_use_id"], None)
                    if call is None:
                        raise ValueError("a tool_result block answers no tool_use block")
                    seen._take(call, block)
        if calls:
            raise ValueError("a tool_use block has no tool_result block in the next message")
        if not seen.question.strip():
            raise ValueError("messages: there is no question")
        return seen

    def _take(self, call: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        arguments = call["input"]
        self.tried.add((call["name"], json.dumps(arguments, sort_keys=True)))
        if result.get("is_error"):
            return
        text = "\n".join(block["text"] for block in _blocks(result) if block["type"] == "text")
        match call["name"]:
            case "search_files":
                self.searches[str(arguments.get("search_text"))] = _hits(text)
            case "read_file":
                for _, path, lines in _fenced(text):
                    self.documents.setdefault(path, {}).update(lines)
            case "list_files":
                self.paths += [
                    match[1] for match in map(_FILE.fullmatch, text.split("\n")) if match
                ]


def _blocks(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = message.get("content", [])
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return list(content)


def _hits(text: str) -> Hits:
    count = _COUNT.match(text)
    return Hits(
        {path: lines for _, path, lines in _fenced(text)},
        int(count[1]) if count else 0,
        int(count[2]) if count else 0,
    )


def _fenced(text: str) -> Iterator[tuple[str, str, dict[int, str]]]:
    """Yield (kind, path, lines) of each fence; a line of a document can never look like one."""
    kind, path, lines = "", "", dict[int, str]()
    for line in text.split("\n"):
        if not kind:
            opening = _FENCE.fullmatch(line)
            if opening:
                kind, path, lines = opening[1], json.loads(opening[2]), {}
        elif line == f"</{kind}>":
            yield kind, path, lines
            kind = ""
        else:
            numbered = _LINE.fullmatch(line)
            if numbered:
                lines[int(numbered[1])] = numbered[2]
