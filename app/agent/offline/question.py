"""What a question is about: its words that say something."""

import re
from dataclasses import replace
from typing import Final

from app.agent.offline.lexicon import PHRASES, STOP_ENGLISH, STOP_KOREAN, SYNONYMS
from app.agent.offline.terms import Term
from app.agent.offline.words import (
    PARTICLES,
    ends_in,
    is_hangul,
    sounds,
    stem,
    without_ending,
    without_particle,
)
from app.search.fold import fold

_RUNS: Final = re.compile(
    r"""
    \d[\d,.]*(?:월|일|년|시|분|초|등급|차|층|호|%)
    | \d[\d,.]*\d(?=[가-힣\s?]|$)
    | [a-z0-9][a-z0-9_./@:+#-]*[a-z0-9_+#]
    | [a-z0-9]
    | [가-힣]+
    """,
    re.VERBOSE,
)
_LETTER: Final = re.compile(r"[a-z가-힣%]")
_PART: Final = re.compile(r"[a-z]+|\d+")
_POSSESSIVE: Final = re.compile(r"(?<=[a-z])['’](?:s|re|ll|d|ve|t|m)\b")
_PARTICLE: Final = re.compile(rf"(?<=[a-z0-9_])(?:{'|'.join(PARTICLES)})(?![가-힣])")
"""A particle behind a word that is not Korean: NAS는, 503이."""
_COUNTER: Final = re.compile(
    r"""
    (?: 몇 | (?<![가-힣])[한두세네](?=\s) | (?<=\d)(?=개|명|번|대|건) | 무슨\ 요 )\s*[가-힣]+
    | 얼마[가-힣]* | 어떻게
    | \bhow\ (?:many|much)\ (?:seconds|minutes|hours|days|weeks|months|years|percent)\b
    """,
    re.VERBOSE,
)
"""How many of what: 몇 초인가요, 두 개로. That is what is asked for, not what the question is about."""
_PROPER: Final = re.compile(
    r"(?<![A-Za-z])(?:[A-Z]*\d*[A-Z][A-Z0-9]+|(?<=[a-z,] )[A-Z][a-z]+)(?![A-Za-z])"
)
"""Written like a name, not at the beginning: NAS, S3, Lisbon."""
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SUFFIXES: Final = frozenset("일시자률율용중후전별실")
_NOUN_ONLY: Final = frozenset("이가를에의로와")
"""Particles that are no ending of a verb as well."""
_ASKING: Final = ("언제", "어디", "누구", "누가", "무엇", "얼마", "어느", "어떤", "어떻", "왜")
_LIGHT: Final = "하해했할한된될됐돼"
"""Forms of 하다 and 되다 in one syllable; behind two others they make a verb of a noun."""
_KOREAN: Final = tuple(sorted(word for word in SYNONYMS if is_hangul(word) and len(word) >= 2))


def _saying(text: str) -> re.Pattern[str]:
    """A saying whose first word bends: sign off, signs off, signing off."""
    first, _, rest = text.partition(" ")
    return re.compile(rf"\b{first.removesuffix('e')}(?:e|s|es|ed|ing)?\s{rest}\b")


_SAYINGS: Final = tuple((_saying(text), word) for text, word in PHRASES)


def _by_stem() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for word, others in SYNONYMS.items():
        if word.isascii():
            found[stem(word)] = found.get(stem(word), frozenset()) | others | {word}
    return found


_BY_STEM: Final = _by_stem()


def terms_of(question: str) -> tuple[Term, ...]:
    """Return what a question is about, in its order, each once."""
    found: dict[str, Term] = {}
    proper = {fold(word) for word in _PROPER.findall(question)}
    text = _PARTICLE.sub("", _POSSESSIVE.sub("", fold(question)))
    for saying, word in _SAYINGS:
        text = saying.sub(word, text)
    for run in _RUNS.findall(_COUNTER.sub(" ", text)):
        for term in _terms(run):
            found.setdefault(term.word, replace(term, is_proper=term.word in proper))
    return tuple(found.values())


def _terms(run: str) -> list[Term]:
    if is_hangul(run):
        term = _korean_term(run)
        return [term] if term else []
    if run in STOP_ENGLISH:
        return []
    if run[0].isdigit() and not _LETTER.search(run):
        return [Term(run, "number")]
    month = _month(run)
    if month:
        return [Term(run, "name", month - {run})]
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


def _month(run: str) -> frozenset[str]:
    """The other names of a month: 7월, july and the -07- of a date."""
    number = _MONTHS.index(run) + 1 if run in _MONTHS else 0
    if run.endswith("월") and run[:-1].isdigit():
        number = int(run[:-1])
    if not 1 <= number <= len(_MONTHS):
        return frozenset()
    return frozenset({f"{number}월", _MONTHS[number - 1], f"-{number:02}-"})


def _stem_synonyms(word: str) -> frozenset[str]:
    return _BY_STEM.get(stem(word), frozenset()) - {word}


def _korean_term(run: str) -> Term | None:
    noun, stem_of_verb = without_particle(run), without_ending(run)
    if len(run) == 2 and run not in SYNONYMS and run[0] in SYNONYMS and run[1] in _NOUN_ONLY:
        noun = stem_of_verb = run = run[0]  # 돈이, 키가: short, but known
    if run.startswith(_ASKING) or stem_of_verb == "" or {run, noun, stem_of_verb} & STOP_KOREAN:
        return None
    lost = len(run) - len(stem_of_verb)
    is_verb = lost >= 2 or (
        lost == 1 and (run[-1] in "까죠요" or (run[-1] in _LIGHT and len(run) >= 3))
    )
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
    return Term(
        word,
        "korean",
        synonyms - {word},
        verb=verb,
        is_verb=is_verb and run[len(stem_of_verb)] not in _LIGHT,
    )
