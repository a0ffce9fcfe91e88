"""The words of an expression, one at a time."""

import re
from collections.abc import Iterator

from infra.access.evaluate.calls import NotEvaluated


class Tokens:
    """Reads an expression from left to right.

    Args:
        text: the expression.
        pattern: of one word, in any of its kinds; blanks lie between words.

    Raises:
        NotEvaluated: something in it is no word.
    """

    def __init__(self, text: str, pattern: str) -> None:
        self._text = text
        self._words = list(_split(text, re.compile(pattern)))
        self._next = 0

    @property
    def at(self) -> str:
        """The next word; '' at the end."""
        return self._words[self._next] if self._next < len(self._words) else ""

    def take(self) -> str:
        """Return the next word and go on."""
        word = self.at
        if not word:
            raise NotEvaluated(f"the expression ends too early: {self._text}")
        self._next += 1
        return word

    def took(self, *words: str) -> bool:
        """Go on if the next word is one of these."""
        if self.at not in words:
            return False
        self._next += 1
        return True

    def expect(self, word: str) -> None:
        """Go over a word that must come now."""
        if not self.took(word):
            raise NotEvaluated(f"expected {word!r}, not {self.at!r}, in: {self._text}")

    def expect_end(self) -> None:
        """Make sure that all of it has been read."""
        if self.at:
            raise NotEvaluated(f"{self.at!r} was not expected in: {self._text}")


def _split(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        found = pattern.match(text, position)
        if found is None or found.end() == position:
            raise NotEvaluated(f"not evaluated: {text[position : position + 40]}")
        yield found.group()
        position = found.end()
