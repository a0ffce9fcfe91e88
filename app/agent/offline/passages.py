"""A document as lines with what surrounds each: headings above it, its block, its table's first row."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.agent.offline.terms import Words

Shape = Literal["text", "row", "heading", "front", "question", "code", "rule"]

_HEADING: Final = re.compile(r"(#{1,6})\s+\S")
_LINK: Final = re.compile(r"\[([^\[\]]*)\]\((?:<[^<>]*>|[^()\s]+(?:\([^()]*\)[^()\s]*)*)\)")
"""A link: a line that only points to another document does not say what that one says."""
_RULE: Final = re.compile(r"[\s|:=+*_-]+")
_QUESTION: Final = re.compile(r"\?[\s*_\"')\]]*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that may answer, with its surroundings.

    Attributes:
        number: counted from 1.
        text: as it is in the document.
        words: of its text.
        shape: what it is; headings, front matter, questions and ruled lines rarely answer.
        before: the line above in the same block, or None.
        after: the line below in the same block, or None.
        is_reply: whether the line above in the same block is a question.
        heads: what stands over it: headings, from the nearest, and a table's first row.
        links: the texts of its links.
        leads: the last line of the block above, or None.
    """

    number: int
    text: str
    words: Words
    shape: Shape
    before: Words | None
    after: Words | None
    is_reply: bool
    heads: tuple[Words, ...]
    links: Words | None
    leads: Words | None


def passages(path: str, lines: Mapping[int, str]) -> tuple[Words, tuple[Line, ...]]:
    """Return what the whole document is about (path, title, tags) and its lines that are not blank."""
    raw = sorted(lines.items())
    front = _front_matter(raw)
    words = {number: Words(_LINK.sub(" ", text)) for number, text in raw}
    found = tuple(_lines(raw, front, words, is_csv=path.endswith(".csv")))
    title = next((text for _, text in raw if _HEADING.match(text)), "")
    about = Words(" ".join((path, title, *(text for number, text in raw if number in front))))
    return about, found


def _front_matter(raw: list[tuple[int, str]]) -> frozenset[int]:
    if not raw or raw[0] != (1, "---"):
        return frozenset()
    end = next((number for number, text in raw[1:] if text.rstrip() == "---"), None)
    return frozenset(range(1, end + 1)) if end else frozenset()


def _lines(
    raw: list[tuple[int, str]],
    front: frozenset[int],
    words: Mapping[int, Words],
    *,
    is_csv: bool,
) -> Iterator[Line]:
    headings: list[tuple[int, Words]] = []
    in_code = False
    first_row: Words | None = None
    lead: Words | None = None  # the last line of the text before the present block
    previous: tuple[int, str] | None = None
    for position, (number, text) in enumerate(raw):
        if text.lstrip().startswith("```"):
            in_code = not in_code
            previous = None
            continue
        if not text.strip():
            if previous and not previous[1].lstrip().startswith("|"):
                lead = words[previous[0]]
            previous, first_row = None, None
            continue
        shape = _shape(number, text, front, in_code=in_code, is_csv=is_csv)
        if shape == "heading" and not in_code:
            level = len(text) - len(text.lstrip("#"))
            headings = [(depth, head) for depth, head in headings if depth < level]
        is_row = is_csv or text.lstrip().startswith("|")
        following = raw[position + 1] if position + 1 < len(raw) else None
        has_after = following is not None and following[1].strip() != ""
        yield Line(
            number,
            text,
            words[number],
            shape,
            before=words[previous[0]] if previous and shape != "front" else None,
            after=words[following[0]] if following and has_after and shape != "front" else None,
            links=_links(text),
            is_reply=bool(previous and _QUESTION.search(previous[1])),
            heads=tuple(head for _, head in reversed(headings))
            + ((first_row,) if first_row and is_row else ()),
            leads=lead if shape in ("text", "code") else None,
        )
        if is_row and first_row is None:
            first_row = words[number]
        if shape == "heading":
            headings.append((len(text) - len(text.lstrip("#")), words[number]))
            lead = None
            previous = None
        else:
            previous = (number, text)


def _shape(number: int, text: str, front: frozenset[int], *, in_code: bool, is_csv: bool) -> Shape:
    if number in front:
        return "front"
    if in_code:
        return "code"
    if _HEADING.match(text):
        return "heading"
    if _RULE.fullmatch(text):
        return "rule"
    if _QUESTION.search(text):
        return "question"
    return "row" if is_csv else "text"


def _links(text: str) -> Words | None:
    found = _LINK.findall(text)
    return Words(" ".join(found)) if found else None
