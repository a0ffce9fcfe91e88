"""Words of a question and of a line, reduced to what two ways of saying the same have in common."""

import re
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from app.agent.offline.lexicon import vocabulary

_ENDINGS_ENGLISH: Final = (
    ("ifications", "ify"), ("ification", "ify"), ("ations", ""), ("ation", ""), ("ating", ""),
    ("ated", ""), ("ates", ""), ("ate", ""), ("ments", ""), ("ment", ""), ("ions", ""), ("ion", ""),
    ("ied", "y"), ("ies", "y"), ("eries", ""), ("ery", ""), ("ings", ""), ("ing", ""),
    ("edly", ""), ("ed", ""), ("ers", ""), ("er", ""), ("ors", ""), ("or", ""), ("es", ""),
    ("ly", ""), ("s", ""), ("e", ""),
)  # fmt: skip
"""Light stemming: at least three letters remain. Both sides go through it, so it need not be a word."""

_NOUN_OF_VERB_LETTERS_MIN: Final = 7

PARTICLES: Final = vocabulary("particles.ko.txt")
_ENDINGS_KOREAN: Final = vocabulary("endings.ko.txt")

_PLAIN_VOWEL: Final = {
    "\u116f": "\u116e",
    "\u116a": "\u1169",
    "\u1167": "\u1175",
    "\u116b": "\u116c",
}
"""ㅝ to ㅜ, ㅘ to ㅗ, ㅕ to ㅣ, ㅙ to ㅚ, as jamo."""
_CONTRACTED_VOWEL: Final = {plain: contracted for contracted, plain in _PLAIN_VOWEL.items()}

_FINALS: Final = {"ㄴ": "\u11ab", "ㄹ": "\u11af", "ㅆ": "\u11bb"}

_TOKEN: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,:]\d+)*|[가-힣]+")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of an English word in lower case."""
    word = word.removesuffix("'s")
    if len(word) <= 3:
        return word
    if word.endswith(("al", "als")) and len(word.rstrip("s")) >= _NOUN_OF_VERB_LETTERS_MIN:
        return word.rstrip("s")[:-2]  # renewal and renew, approval and approve; not local, total
    for ending, put in _ENDINGS_ENGLISH:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            base = word[: -len(ending)] + put
            if ending in ("ment", "ments"):
                base = base.removesuffix("e")  # acknowledgement and acknowledge
            # stopped and stop, planning and plan
            if ending in ("ing", "ed", "er") and base[-1] == base[-2] and base[-1] not in "lsz":
                return base[:-1]
            return base
    return word


@lru_cache(maxsize=20_000)
def without_particle(word: str) -> str:
    """Return a Korean word without its particle; two syllables remain, one if the particle is long."""
    for particle in PARTICLES:
        remain_min = 1 if len(particle) >= 2 else 2  # 맥에서, but 나이 and 바다
        if word.endswith(particle) and len(word) - len(particle) >= remain_min:
            return word[: -len(particle)]
    return word


@lru_cache(maxsize=20_000)
def without_ending(word: str) -> str:
    """Return the stem of a Korean verb or adjective, "" of one that is all ending, else the word itself."""
    for ending in _ENDINGS_KOREAN:
        if word.endswith(ending):
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=50_000)
def sounds(word: str) -> tuple[str, str]:
    """Return how forms of a Korean verb begin, as jamo: with the stem's last vowel, and with that contracted.

    지우, 지운, 지울 and 지웠 have the first or the second in common: endings melt into the stem's last
    syllable (우 and 어 become 워), and a final consonant may belong to the ending.
    """
    decomposed = normalize("NFD", word)
    while decomposed and 0x11A8 <= ord(decomposed[-1]) <= 0x11FF:
        decomposed = decomposed[:-1]
    plain = decomposed[:-1] + _PLAIN_VOWEL.get(decomposed[-1:], decomposed[-1:])
    return plain, plain[:-1] + _CONTRACTED_VOWEL.get(plain[-1:], plain[-1:])


def ends_in(word: str, consonants: str) -> bool:
    """Say whether a Korean word's last syllable ends in one of these consonants."""
    last = normalize("NFD", word)[-1:]
    return last in {_FINALS[consonant] for consonant in consonants}


@lru_cache(maxsize=50_000)
def jamo(word: str) -> str:
    """Return a Korean word as jamo."""
    return normalize("NFD", word)


def tokens(folded: str) -> list[str]:
    """Return the words, numbers and Korean words of a folded line."""
    return _TOKEN.findall(folded)


def is_hangul(word: str) -> bool:
    """Say whether a word is Korean."""
    return "가" <= word[:1] <= "힣"
