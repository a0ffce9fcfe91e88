"""Which documents to read, and which line answers: evidence weighed by how rare a word is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.agent.offline.asked import Asked, asked_for, asks_for_definition
from app.agent.offline.lexicon import MEASURES
from app.agent.offline.passages import Line, passages
from app.agent.offline.terms import Term, Words
from app.agent.offline.transcript import Transcript

_PATH: Final = 0.5
_BESIDE: Final = 0.65
_HEAD: Final = 0.6
_LEAD: Final = 0.4
_LINKED: Final = 0.4
_APART: Final = 0.8
_ABOUT: Final = 0.55
_OWN: Final = 0.35
_AFTER_QUESTION: Final = 0.95
_SHAPES: Final = {
    "text": 1.0,
    "row": 0.7,
    "code": 0.9,
    "heading": 0.5,
    "front": 0.45,
    "question": 0.45,
    "rule": 0.0,
}
_DEFINED: Final = 1.4
_DEFINITION_TERMS_MAX: Final = 3
_UNKNOWN: Final = 0.85
"""For each thing in the question that no document speaks of."""
_CONTRADICTED: Final = 0.6
_NEAR_CHARACTERS: Final = 24
_OTHER_NAME: Final = 0.75
"""What is said of one name is not said of another."""
_MEASURE: Final = 0.4
_VERB: Final = 0.6
_OFF_TOPIC: Final = 0.6
_TOPIC_SHARE: Final = 0.3
"""A line answers where it stands: its document or its headings speak of some of what is asked as well.
One that has the words in passing, under a title about something else, hardly does."""
_ALONE_FROM: Final = 0.8
"""A line that says nearly all of the question needs no title for it."""
_ASKED_AND_SAID: Final = 1.2
_ASKED_NOT_SAID: Final = 0.75
_ASKED_NOT_SAID_STRICT: Final = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may answer.

    Attributes:
        path: its document.
        number: its line.
        text: what it says.
        score: for the order.
        coverage: how much of the question's weight the line says, with what surrounds it, 0 to 1.
        own: how much of it the line itself says.
    """

    path: str
    number: int
    text: str
    score: float
    coverage: float
    own: float


def weights(terms: Sequence[Term], seen: Transcript) -> dict[str, float]:
    """Return for each term how much it tells: its inverse document frequency, as searches have counted it.

    A term that no document has weighs as much as the rarest: the documents do not speak about it.
    """
    searched = max((hits.searched for hits in seen.searches.values()), default=1)
    return {
        term.word: math.log(1 + (searched + 1) / (_documents(term, seen) + 0.5))
        * (_MEASURE if term.word in MEASURES else _VERB if term.is_verb else 1)
        for term in terms
    }


def _documents(term: Term, seen: Transcript) -> float:
    """In how many documents a term is: fewer than found, where it was found within other words.

    Where nobody says it so, what counts is the commonest of the words that stand for it.
    """
    own = seen.searches.get(term.searches[0])
    if own is None or not own.documents:
        others = [seen.searches[text] for text in term.searches[1:] if text in seen.searches]
        return max((hits.documents for hits in others), default=0)
    true = sum(
        any(term.strength(Words(line)) >= 1 for line in lines.values())
        for lines in own.lines.values()
    )
    return own.documents * true / max(len(own.lines), 1)


def _is_known(term: Term, seen: Transcript) -> bool:
    """Say whether the documents speak of this at all."""
    return term.is_verb or any(
        hits.documents for text in term.searches if (hits := seen.searches.get(text))
    )


def best_documents(terms: Sequence[Term], seen: Transcript) -> list[str]:
    """Return the documents that searches have met, those that say most of the question first."""
    weight = weights(terms, seen)
    found: dict[str, dict[str, float]] = {}
    for term in terms:
        for text in term.searches:
            hits = seen.searches.get(text)
            for path, lines in hits.lines.items() if hits else ():
                strength = max((term.strength(Words(line)) for line in lines.values()), default=0)
                scores = found.setdefault(path, {})
                scores[term.word] = max(scores.get(term.word, 0), strength)
    for path in (*seen.paths, *found):
        words = Words(path)
        for term in terms:
            strength = term.strength(words)
            if strength:
                scores = found.setdefault(path, {})
                scores[term.word] = max(scores.get(term.word, 0), 0) + _PATH * strength
    total = {
        path: sum(weight[word] * strength for word, strength in scores.items())
        for path, scores in found.items()
    }
    return sorted(total, key=lambda path: (-total[path], path.encode()))


def best_lines(terms: Sequence[Term], seen: Transcript) -> list[Candidate]:
    """Return the lines of the documents read, the likeliest answer first."""
    judge = _Judge.of(terms, seen)
    found: list[Candidate] = []
    for path, lines in seen.documents.items():
        about, candidates = passages(path, lines)
        background = {term.word: _ABOUT * term.strength(about) for term in terms}
        found += [judge.weigh(path, line, background) for line in candidates]
    return sorted(found, key=lambda each: (-each.score, each.path.encode(), each.number))


@dataclass(frozen=True, slots=True)
class _Judge:
    """What a question asks of a line.

    Attributes:
        terms: what it is about.
        weight: how much each of them tells.
        asked: what it asks for.
        is_definition: whether it may ask what something is.
        unknown: how many of its terms no document speaks of.
    """

    terms: Sequence[Term]
    weight: Mapping[str, float]
    asked: Sequence[Asked]
    is_definition: bool
    unknown: int

    @classmethod
    def of(cls, terms: Sequence[Term], seen: Transcript) -> "_Judge":
        return cls(
            terms,
            weights(terms, seen),
            asked_for(seen.question),
            asks_for_definition(seen.question) and len(terms) <= _DEFINITION_TERMS_MAX,
            sum(not _is_known(term, seen) for term in terms),
        )

    def weigh(self, path: str, line: Line, background: Mapping[str, float]) -> Candidate:
        """Weigh a line; `background` is what its document says of each term anyway."""
        own = covered = 0.0
        other = 1.0
        for term in self.terms:
            said = term.strength(line.words)
            own += self.weight[term.word] * said
            covered += self.weight[term.word] * max(
                said, background[term.word], _around(term, line)
            )
            if term.is_proper and not max(said, background[term.word], _around(term, line)):
                other *= _OTHER_NAME
        whole = sum(self.weight.values()) or 1.0
        other *= self._topic(line, background, own / whole)
        coverage = covered / whole
        score = (coverage + _OWN * own / whole) * other * self._factor(line)
        score *= _APART + (1 - _APART) * _togetherness(self.terms, line.words)
        return Candidate(path, line.number, line.text, score, coverage, own / whole)

    def _topic(self, line: Line, background: Mapping[str, float], own: float) -> float:
        sharp = [term for term in self.terms if term.word not in MEASURES]
        whole = sum(self.weight[term.word] for term in sharp) or 1.0
        over = (line.before, *line.heads) if line.is_reply else line.heads
        spoken = sum(
            self.weight[term.word]
            * max(
                background[term.word] / _ABOUT,
                *(term.strength(words) for words in over if words),
                0.0,
            )
            for term in sharp
        )
        alone = (own - _ALONE_FROM) / (1 - _ALONE_FROM)
        return _OFF_TOPIC + (1 - _OFF_TOPIC) * min(1.0, max(spoken / whole / _TOPIC_SHARE, alone))

    def _factor(self, line: Line) -> float:
        factor = _SHAPES[line.shape] * _UNKNOWN**self.unknown
        for term in self.terms:
            if term.is_contradicted_by(line.words) and not _around(term, line):
                factor *= _CONTRADICTED
        if self.is_definition and any(term.is_defined_by(line.words) for term in self.terms):
            factor *= _DEFINED
        for thing in self.asked:
            if thing.is_said_by(line.text):
                factor *= _ASKED_AND_SAID
            else:
                factor *= _ASKED_NOT_SAID_STRICT if thing.is_strict else _ASKED_NOT_SAID
        return factor


def _togetherness(terms: Sequence[Term], words: Words) -> float:
    """Say which share of the question's neighbouring words are neighbours in the line as well."""
    pairs = list(pairwise(terms))
    if not pairs:
        return 1.0
    near = 0
    for left, right in pairs:
        here, there = left.places(words), right.places(words)
        near += any(abs(one - other) <= _NEAR_CHARACTERS for one in here for other in there)
    return near / len(pairs)


def _around(term: Term, line: Line) -> float:
    best = 0.0
    for words, factor in (
        (line.before, _AFTER_QUESTION if line.is_reply else _BESIDE),
        (line.after, _BESIDE),
        (line.leads, _LEAD),
        (line.links, _LINKED),
        *((head, _HEAD) for head in line.heads),
    ):
        if words is not None and factor > best:
            best = max(best, factor * term.strength(words))
    return best
