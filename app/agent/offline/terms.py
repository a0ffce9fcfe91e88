"""What a question is about: its words that say something, each with the ways in which a line may say it."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from app.agent.offline.lexicon import STOP_ENGLISH, STOP_KOREAN, SYNONYMS
from app.agent.offline.words import (
    PARTICLES,
    ends_in,
    is_hangul,
    jamo,
    sounds,
    stem,
    tokens,
    without_ending,
    without_particle,
)
from app.search.fold import fold

Kind = Literal["name", "number", "english", "korean"]

_RUNS: Final = re.compile(r"\d[\d,.]*(?:월|일|년|시|분|초|등급|차|층|호|%)|\d[\d,.]*\d(?=[가-힣\s?]|$)|[a-z0-9][a-z0-9_./@:+#-]*[a-z0-9_+#]|[a-z0-9]|[가-힣]+")
_LETTER: Final = re.compile(r"[a-z가-힣%]")
_PART: Final = re.compile(r"[a-z]+|\d+")
_POSSESSIVE: Final = re.compile(r"(?<=[a-z])['’](?:s|re|ll|d|ve|t|m)\b")
_PARTICLE: Final = re.compile(rf"(?<=[a-z0-9_])(?:{'|'.join(PARTICLES)})(?![가-힣])")
"""A particle behind a word that is not Korean: NAS는, 503이."""
_ENTRY: Final = re.compile(r"s?[\"`*_]*\s?(?:\([^)]*\)|[\w.]+)?\s?[\"`*_]*\s?(?:\||:|=|—|–|- )|(?:은|는|이?란) | (?:is|are|means) ")
_COUNTER: Final = re.compile(
    r"(?:몇|(?<![가-힣])[한두세네](?=\s)|(?<=\d)(?=개|명|번|대|건)|무슨 요)\s*[가-힣]+|얼마[가-힣]*|어떻게|"
    r"\bhow (?:many|much) (?:seconds|minutes|hours|days|weeks|months|years|percent)\b"
)
"""How many of what: 몇 초인가요, 두 개로. That is what is asked for, not what the question is about."""

_SYNONYM: Final = 0.8
_PREDICATE: Final = 0.85
_PARTIAL: Final = 0.6
_FIRST_SYLLABLE: Final = 0.3
SEARCHES_MAX: Final = 3
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
    """

    word: str
    kind: Kind
    synonyms: frozenset[str] = frozenset()
    verb: str = ""
    is_verb: bool = False

    @property
    def searches(self) -> tuple[str, ...]:
        """The texts to search for: first the word, then what it may be called."""
        own = self.word
        if self.kind == "english":
            own = _searchable(own)
        others = sorted(
            (_searchable(word) for word in self.synonyms if len(word) > 1 or is_hangul(word)),
            key=lambda word: (len(word) < 2, word),
        )
        return tuple(dict.fromkeys((own, *others)))

    def strength(self, line: Words) -> float:
        """Say how much of this term a line says: 1 the word itself, 0 nothing."""
        best = self._own(line)
        if best < _SYNONYM and any(_says(word, line) for word in self.synonyms):
            return _SYNONYM
        return best

    def is_defined_by(self, line: Words) -> bool:
        """Say whether a line begins with this term and a mark behind it, as an entry of a glossary does."""
        start = line.folded.lstrip(" |*-+#>`\"_0123456789.")
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


def terms_of(question: str) -> tuple[Term, ...]:
    """Return what a question is about, in its order, each once."""
    found: dict[str, Term] = {}
    text = _PARTICLE.sub("", _POSSESSIVE.sub("", fold(question)))
    for run in _RUNS.findall(_COUNTER.sub(" ", text)):
        for term in _terms(run):
            found.setdefault(term.word, term)
    return tuple(found.values())


def _terms(run: str) -> list[Term]:
    if is_hangul(run):
        term = _korean_term(run)
        return [term] if term else []
    if run in STOP_ENGLISH:
        return []
    if run[0].isdigit() and not _LETTER.search(run):
        return [Term(run, "number")]
    if run[0].isdigit() and is_hangul(run[-1]):
        return [Term(run, "name")]
    parts = _PART.findall(run)
    if len(parts) == 1 and parts[0] == run:
        return [Term(run, "english", SYNONYMS.get(run, frozenset()) | _stem_synonyms(run))]
    name = Term(run, "name", SYNONYMS.get(run, frozenset()))
    if not any(mark in run for mark in "-/"):
        return [name]
    # two-factor, severity-a, docs/guide: the parts may stand apart in the text
    return [name] + [
        Term(part, "number" if part.isdigit() else "english")
        for part in parts
        if len(part) > 1 and part not in STOP_ENGLISH
    ]


def _stem_synonyms(word: str) -> frozenset[str]:
    return _BY_STEM.get(stem(word), frozenset()) - {word}


_BY_STEM: Final = {
    stem(word): frozenset().union(
        *(SYNONYMS[other] | {other} for other in SYNONYMS if stem(other) == stem(word))
    )
    for word in SYNONYMS
    if word.isascii()
}
_KOREAN: Final = tuple(sorted(word for word in SYNONYMS if is_hangul(word) and len(word) >= 2))


_SUFFIXES: Final = frozenset("일시자률율용중후전별실")
_LIGHT: Final = "하해했할한된될됐돼"
"""Forms of 하다 and 되다 in one syllable; behind two others they make a verb of a noun."""


def _korean_term(run: str) -> Term | None:
    noun, stem_of_verb = without_particle(run), without_ending(run)
    if stem_of_verb == "" or {run, noun, stem_of_verb} & STOP_KOREAN:
        return None
    lost = len(run) - len(stem_of_verb)
    is_verb = lost >= 2 or (lost == 1 and (run[-1] in "까죠요" or (run[-1] in _LIGHT and len(run) >= 3)))
    word = stem_of_verb if is_verb else noun
    verb = stem_of_verb if is_verb or (lost and len(stem_of_verb) >= 2 and noun == run) else ""
    if not lost and noun == run and len(run) >= 2 and ends_in(run, "ㄴㄹ"):
        verb = run  # 고른, 나올: the ending has melted into the last syllable
    if word in STOP_KOREAN:
        return None
    known = [form for form in {run, noun, stem_of_verb} if form in SYNONYMS]
    if not known and len(word) >= 2:
        # 되돌릴: the ending melted into a known stem; 복원용, 복원일: a known word in a longer one
        melted = [other for other in _KOREAN if sounds(other) == sounds(word)]
        verb = verb or (word if melted else "")
        known = melted or [
            other for other in _KOREAN if word.startswith(other) and word[len(other) :] in _SUFFIXES
        ]
    synonyms = frozenset[str]().union(*(SYNONYMS[form] for form in known))
    return Term(word, "korean", synonyms - {word}, verb=verb, is_verb=is_verb and run[len(stem_of_verb)] not in _LIGHT)


def _english(word: str, line: Words) -> float:
    if stem(word) in line.stems:
        return 1.0
    if len(word) >= 5 and word in line.folded.replace("-", "").replace(" ", ""):
        return _PARTIAL  # datacenter, data center and data-center
    return 0.0


def _noun(word: str, line: Words) -> float:
    if len(word) == 1:
        return float(word in line.korean_bare)
    if word in line.folded:
        return 1.0
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
    return word in line.folded


def _searchable(word: str) -> str:
    """The part of a word that its other forms have too; search finds it inside them."""
    if is_hangul(word) or "-" in word:
        return word
    base = stem(word)
    return base[:-1] if base.endswith("y") and len(base) > 3 else base
