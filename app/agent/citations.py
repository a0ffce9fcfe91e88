"""The places that an answer names, checked against what was really shown to the model."""

import re
from collections.abc import Iterator
from typing import Final

from app.agent.answer import Citation
from app.agent.ledger import Ledger
from app.agent.prompt import NOT_FOUND

_BRACKETED: Final = re.compile(r"\[([^\[\]\n]+?):(\d+)(?:\s*[-–]\s*(\d+))?\]")
_BARE: Final = re.compile(
    r"[^\s\[\](){}<>`'\",;:]+\.(?:md|txt|csv|json|ya?ml|toml|rst|html?|log|py):\d+"
)
_LINES_MAX: Final = 20
"""A citation of more lines than this names its first ones: nobody checks a hundred lines."""


def cited_in(text: str, ledger: Ledger) -> tuple[Citation, ...]:
    """Return the citations in an answer, in its order, each place once.

    The form asked for is `[path:line]` or `[path:first-last]`. A document that was shown is recognised
    without brackets too, whatever characters its path has; another bare word only if it looks like a file's
    name.
    """
    found: dict[tuple[str, int], Citation] = {}
    for _, path, first, last in sorted(_places(text, ledger.paths)):
        for number in range(first, min(last, first + _LINES_MAX - 1) + 1):
            line = ledger.line(path, number)
            found.setdefault(
                (path, number), Citation(path, number, line or "", verified=line is not None)
            )
    return tuple(found.values())


def says_not_found(text: str) -> bool:
    """Say whether an answer begins by saying that the documents do not hold it."""
    start = text.lstrip(" \n*_>#").casefold()
    return any(start.startswith(phrase.casefold()) for phrase in NOT_FOUND.values())


def _places(text: str, known: frozenset[str]) -> Iterator[tuple[int, str, int, int]]:
    """Yield (position, path, first line, last line); the same place may come more than once."""
    taken: list[range] = []

    def is_free(start: int) -> bool:
        return not any(start in span for span in taken)

    for match in _BRACKETED.finditer(text):
        path, first, last = match[1].strip().strip("`"), int(match[2]), int(match[3] or match[2])
        if path in known or ("://" not in path and ("/" in path or "." in path)):
            taken.append(range(*match.span()))
            yield match.start(), path, first, max(first, last)
    # Longest first: `b.md` must not be found inside `a b.md`.
    for path in sorted(known, key=len, reverse=True):
        for match in re.finditer(re.escape(path) + r":(\d+)(?:[-–](\d+))?", text):
            if is_free(match.start()):
                taken.append(range(*match.span()))
                first = int(match[1])
                yield match.start(), path, first, max(first, int(match[2] or first))
    for match in _BARE.finditer(text):
        if is_free(match.start()) and is_free(match.end() - 1):
            path, _, number = match[0].rpartition(":")
            yield match.start(), path, int(number), int(number)
