"""How the text of documents reaches the model: fenced, attributed, numbered and bounded.

Each line of a document begins with its number and a tab, so no document can write a line that looks like the
end of its fence or like a message of ours.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LINE_CHARACTERS_MAX: Final = 2_000
READ_CHARACTERS_MAX: Final = 60_000
READ_LINES_MAX: Final = 2_000


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a document as they are shown.

    Attributes:
        text: the fenced lines.
        shown: the numbers of the lines.
        lines: number and text of each line shown, cut where it was shown cut.
        has_cut_lines: whether a line was longer than may be shown.
    """

    text: str
    shown: range
    lines: tuple[tuple[int, str], ...]
    has_cut_lines: bool


def fence_document(
    path: str, lines: Sequence[str], *, offset: int, limit: int | None, is_cut: bool
) -> Excerpt:
    """Show lines of a document from `offset` on, as many as fit.

    Args:
        path: the document.
        lines: all its lines that could be read.
        offset: the first line to show, counted from 1, at most `len(lines) + 1`.
        limit: how many lines are wanted, or None for all.
        is_cut: whether the document goes on after `lines`.
    """
    wanted = lines[offset - 1 :][: min(limit or READ_LINES_MAX, READ_LINES_MAX)]
    shown: list[tuple[int, str]] = []
    characters = 0
    has_cut_lines = False
    for number, line in enumerate(wanted, start=offset):
        text = line[:LINE_CHARACTERS_MAX]
        characters += len(text) + 8
        if shown and characters > READ_CHARACTERS_MAX:
            break
        has_cut_lines = has_cut_lines or len(text) < len(line)
        shown.append((number, text))
    last = offset + len(shown) - 1
    total = f"more than {len(lines)}" if is_cut else str(len(lines))
    span = f"{offset}-{last} of {total}" if shown else f"none of {total}"
    parts = [f"<document path={quote(path)} lines={quote(span)}>"]
    parts += [number_line(number, text, length=len(lines[number - 1])) for number, text in shown]
    parts.append("</document>")
    if shown and last < len(lines):
        parts.append(f"[cut: {len(lines) - last} more lines; read on with offset={last + 1}]")
    elif is_cut:
        parts.append("[cut: the rest of this document is too large to be read with this tool]")
    return Excerpt("\n".join(parts), range(offset, last + 1), tuple(shown), has_cut_lines)


def number_line(number: int, text: str, *, length: int) -> str:
    """Show one line with its number, and say so where it is longer than what is shown."""
    if len(text) < length:
        return f"{number}\t{text} … [line cut: {len(text)} of {length} characters]"
    return f"{number}\t{text}"


def quote(value: str) -> str:
    """Quote an attribute, so that a path with quotation marks in it ends where it ends."""
    return json.dumps(value, ensure_ascii=False)
