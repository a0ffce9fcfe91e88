"""Words that the offline model knows: which say nothing, which mean much the same.

All of it is everyday English and Korean of people who run computers; nothing is taken from any document.
"""

from functools import cache
from importlib.resources import files
from typing import Final

_VOCABULARY: Final = files("app.agent.offline") / "vocabulary"


@cache
def vocabulary(name: str) -> tuple[str, ...]:
    """Return the words of a list, longest first, so that `에서` is tried before `서`."""
    words = " ".join(_lines(name)).split()
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _lines(name: str) -> list[str]:
    text = (_VOCABULARY / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _synonyms() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _lines("synonyms.txt"):
        group = frozenset(line.split())
        for word in group:
            found[word] = found.get(word, frozenset()) | group
    return {word: group - {word} for word, group in found.items()}


def _contrasts() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _lines("contrasts.txt"):
        kinds = [frozenset(kind.split("|")) for kind in line.split()]
        for kind in kinds:
            for word in kind:
                others = frozenset[str]().union(*kinds) - kind
                found[word] = found.get(word, frozenset()) | others
    return found


STOP_ENGLISH: Final = frozenset(vocabulary("stop.en.txt"))
STOP_KOREAN: Final = frozenset(vocabulary("stop.ko.txt"))
MEASURES: Final = frozenset(vocabulary("measures.txt"))
"""Words that name what is asked for; a line that answers shows the thing more often than the word."""
SYNONYMS: Final = _synonyms()
"""For each word, those that may stand for it: English words as they are, Korean ones as stems."""
PHRASES: Final = tuple(
    (said, word) for said, word in (line.split("=") for line in _lines("phrases.en.txt"))
)
"""English sayings of several words, and the one word that says the same."""
CONTRASTS: Final = _contrasts()
"""For each word, those that exclude it: what is said of the night is not said of the weekend."""
