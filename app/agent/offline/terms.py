"""A term of a question, and how much of it a line of a document says."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from app.agent.offline.lexicon import CONTRASTS
from app.agent.offline.words import (
    is_hangul,
    jamo,
    sounds,
    stem,
    tokens,
    without_particle,
)
from app.search.fold import fold

Kind = Literal["name", "number", "english", "korean"]

_ENTRY: Final = re.compile(
    r"""s?["`*_]*\s?(?:\([^)]*\)|[\w.]+)?\s?["`*_]*\s?(?:\||:|=|—|–|-\s)
    | (?:은|는|이?란)\s | \s(?:is|are|means)\s""",
    re.VERBOSE,
)
"""What stands behind a term that a line explains: a table's bar, a colon, `is`."""

_SYNONYM: Final = 0.8
_PREDICATE: Final = 0.85
_PARTIAL: Final = 0.6
_SUFFIXES: Final = frozenset("비명일률율수액금량자용별건측중후전")
_WITH_SUFFIX_SYLLABLES_MIN: Final = 3
_FIRST_SYLLABLE: Final = 0.3
SEARCHES_MAX: Final = 8
"""How many texts are searched for one term: itself and the first of what it may be called."""


class Words:
    """A line of a document, taken apart once."""

    def __init__(self, text: str) -> None:
        self.folded = fold(text)

    @cached_property
    def all(self) -> list[str]:
        """Its words and numbers."""
        return tokens(self.folded)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its English words."""
        return frozenset(stem(word) for word in self.all if word[0].isascii())

    @cached_property
    def korean(self) -> tuple[str, ...]:
        """Its Korean words."""
        return tuple(word for word in self.all if is_hangul(word))

    @cached_property
    def korean_bare(self) -> frozenset[str]:
        """Its Korean words without particles."""
        return frozenset(without_particle(word) for word in self.korean) | frozenset(self.korean)

    @cached_property
    def korean_jamo(self) -> tuple[str, ...]:
        """Its Korean words as jamo."""
        return tuple(jamo(word) for word in self.korean)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question.

    Attributes:
        word: folded; a Korean one without its particle, a verb as its stem.
        kind: name (an identifier with its punctuation), number, english, korean.
        synonyms: what may stand for it, stems of both languages.
        verb: how a Korean word begins if it is a verb, "" if it cannot be one.
        is_verb: whether it can be nothing else; a noun with 하다 or 되다 says as much as a noun.
        is_proper: whether it is written like a name: NAS, S3, Lisbon.
    """

    word: str
    kind: Kind
    synonyms: frozenset[str] = frozenset()
    verb: str = ""
    is_verb: bool = False
    is_proper: bool = False

    @property
    def searches(self) -> tuple[str, ...]:
        """The texts to search for: first the word, then what it may be called."""
        own = self.word
        if self.kind == "english":
            own = _searchable(own)
        others = sorted(
            (_searchable(word) for word in self.synonyms if len(word) > 1 or is_hangul(word)),
            key=lambda word: (len(word) < 2, is_hangul(word) != is_hangul(self.word), word),
        )
        base = (self.word[:-1],) if _has_suffix(self.word) else ()
        return tuple(dict.fromkeys((own, *base, *others)))

    def strength(self, line: Words) -> float:
        """Say how much of this term a line says: 1 the word itself, 0 nothing."""
        best = self._own(line)
        if best < _SYNONYM and any(_says(word, line) for word in self.synonyms):
            return _SYNONYM
        return best

    def places(self, line: Words) -> tuple[int, ...]:
        """Return where in the folded line this is said, as far as its letters are there."""
        texts = {_searchable(self.word) if self.kind == "english" else self.word}
        texts |= {_searchable(word) for word in self.synonyms if len(word) > 2 or is_hangul(word)}
        return tuple(
            match.start() for text in texts for match in re.finditer(re.escape(text), line.folded)
        )

    def is_contradicted_by(self, line: Words) -> bool:
        """Say whether a line speaks of what excludes this, and not of this."""
        others = CONTRASTS.get(self.word, frozenset())
        return any(_says(word, line) for word in others) and not self.strength(line)

    def is_defined_by(self, line: Words) -> bool:
        """Say whether a line begins with this term and a mark behind it, as an entry of a glossary does."""
        start = line.folded.lstrip(' |*-+#>`"_0123456789.')
        return start.startswith(self.word) and bool(_ENTRY.match(start[len(self.word) :]))

    def _own(self, line: Words) -> float:
        match self.kind:
            case "number":
                return float(self.word in line.all)
            case "name":
                return float(self.word in line.folded)
            case "english":
                return _english(self.word, line)
            case "korean":
                return max(_noun(self.word, line), _verb(self.verb, line))


def _english(word: str, line: Words) -> float:
    if stem(word) in line.stems:
        return 1.0
    if len(word) >= 5 and word in line.folded.replace("-", "").replace(" ", ""):
        return _PARTIAL  # datacenter, data center and data-center
    return 0.0


def _has_suffix(word: str) -> bool:
    """Say whether a Korean word may be another one and a syllable that makes a noun: 당직비, 파일명."""
    return is_hangul(word) and len(word) >= _WITH_SUFFIX_SYLLABLES_MIN and word[-1] in _SUFFIXES


def _noun(word: str, line: Words) -> float:
    if len(word) == 1:
        return float(word in line.korean_bare)
    if word in line.folded:
        return 1.0
    if _has_suffix(word) and word[:-1] in line.folded:
        return _PREDICATE
    if len(word) >= 3:
        pairs = [word[start : start + 2] for start in range(len(word) - 1)]
        share = sum(pair in line.folded for pair in pairs) / len(pairs)
        if share >= 0.5:
            return _PARTIAL * share
    return 0.0


def _verb(verb: str, line: Words) -> float:
    if not verb:
        return 0.0
    begins = sounds(verb)
    if any(other.startswith(begins) for other in line.korean_jamo):
        return _PREDICATE
    if len(verb) >= 2 and any(other.startswith(verb[0]) for other in line.korean):
        return _FIRST_SYLLABLE
    return 0.0


def _says(word: str, line: Words) -> bool:
    if not is_hangul(word):
        return stem(word) in line.stems if "-" not in word else word in line.folded
    if len(word) == 1:
        return word in line.korean_bare
    return word in line.folded or any(other.startswith(sounds(word)) for other in line.korean_jamo)


def _searchable(word: str) -> str:
    """The part of a word that its other forms have too; search finds it inside them."""
    if is_hangul(word) or "-" in word:
        return word
    base = stem(word)
    return base[:-1] if base.endswith("y") and len(base) > 3 else base
