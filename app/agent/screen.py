"""How an answer looks on a terminal, and how it reads for programs."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final, TextIO

from app.agent.answer import (
    Answer,
    Citation,
    Event,
    TextArrived,
    TextDropped,
    ToolStarted,
    TurnEnded,
)
from app.agent.model import OFFLINE

WIDTH_MAX: Final = 100


class Screen:
    """Shows a question's events: progress and text as they arrive, then sources, model and cost.

    Where standard output is no terminal, only the finished answer is written to it; progress goes to standard
    error, and only to a terminal.
    """

    def __init__(self, out: TextIO | None = None, progress: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._progress = progress or sys.stderr
        self._is_live = self._out.isatty()
        self._has_text = False

    def show(self, events: Iterator[Event]) -> Answer:
        """Show everything and return the answer."""
        for event in events:
            match event:
                case TextArrived(text) if self._is_live:
                    self._has_text = True
                    self._out.write(printable(text))
                    self._out.flush()
                case TextDropped(reason):
                    self._end_text()
                    self._say(f"({reason}: asking again)")
                case TurnEnded():
                    self._end_text()
                case ToolStarted(name, arguments):
                    self._say(f"  {name} {_shown(arguments)}")
                case Answer():
                    self._finish(event)
                    return event
        raise AssertionError("a question ended without an answer")

    def _finish(self, answer: Answer) -> None:
        if not self._is_live:
            self._out.write(printable(answer.text) + "\n")
        if answer.citations:
            self._out.write("\nSources\n")
            for citation in answer.citations:
                self._out.write(f"  {source_line(citation)}\n")
        self._out.write(f"\n{signature(answer)}\n")
        self._out.flush()

    def _end_text(self) -> None:
        if self._has_text:
            self._out.write("\n")
            self._out.flush()
        self._has_text = False

    def _say(self, line: str) -> None:
        if self._progress.isatty():
            self._progress.write(f"\x1b[2m{cut_to_width(printable(line), WIDTH_MAX)}\x1b[0m\n")
            self._progress.flush()


def signature(answer: Answer) -> str:
    """Return one line: which model spoke, what it used, what it cost."""
    who = (
        "Answered by the offline model: it quotes by fixed rules, on this machine"
        if answer.model == OFFLINE
        else f"Answered by {answer.model}"
    )
    counts = Counter(call.name for call in answer.tool_calls)
    tools = ", ".join(f"{name} ×{count}" for name, count in counts.most_common()) or "no tools"
    usage = answer.usage
    read = usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens
    tokens = f"{read:,} tokens in, {usage.output_tokens:,} out"
    if answer.model == OFFLINE:
        tokens += " (estimated)"
    return f"{who}.\n{tools} · {tokens}"


def source_line(citation: Citation) -> str:
    """Return a citation with the line that it names, cut to the terminal's width."""
    place = f"{printable(citation.path)}:{citation.line}"
    if not citation.verified:
        return f"{place}  unverified: this line was not shown to the model"
    return cut_to_width(f"{place}  {printable(citation.text.strip())}", WIDTH_MAX - 2)


def as_json(question: str, answer: Answer) -> dict[str, Any]:
    """Return what `kb ask --json` promises: `docs/guide/ask.md` lists the fields."""
    fields = asdict(answer)
    return {"question": question, "answer": fields.pop("text"), **fields}


def printable(text: str) -> str:
    """Return text without the control characters that would steer a terminal; tabs and line feeds stay.

    Documents and models are not ours: an escape sequence in one must not rename a window or hide a line.
    """
    return "".join(
        character
        if character in "\t\n" or not _is_control(character)
        else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def cut_to_width(text: str, width: int) -> str:
    """Return text that fits into `width` columns, counting wide characters as two."""
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def _is_control(character: str) -> bool:
    return ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0


def _shown(arguments: Any) -> str:
    return ", ".join(f"{name}={str(value)[:60]!r}" for name, value in dict(arguments).items())
