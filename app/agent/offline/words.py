"""Words of a question and of a line, reduced to what two ways of saying the same have in common."""

import re
from functools import lru_cache
from typing import Final
from unicodedata import normalize

_ENDINGS_ENGLISH: Final = (
    ("ations", ""), ("ation", ""), ("ating", ""), ("ated", ""), ("ates", ""), ("ate", ""),
    ("ments", ""), ("ment", ""), ("ions", ""), ("ion", ""), ("ies", "y"), ("ings", ""), ("ing", ""),
    ("edly", ""), ("ed", ""), ("ers", ""), ("er", ""), ("ors", ""), ("or", ""), ("es", ""), ("ly", ""),
    ("s", ""), ("e", ""),
)  # fmt: skip
"""Light stemming: what remains has at least three letters. Both sides go through it, so it need not be a word."""

PARTICLES: Final = tuple(
    sorted(
        [
            "으로부터",
            "에서부터",
            "이라는",
            "이라고",
            "에게서",
            "한테서",
            "으로서",
            "으로써",
            "에서는",
            "에서도",
            "에서의",
            "까지는",
            "부터는",
            "으로는",
            "으로도",
            "에게는",
            "이라면",
            "라는",
            "라고",
            "에서",
            "에게",
            "한테",
            "까지",
            "부터",
            "마다",
            "처럼",
            "보다",
            "만큼",
            "밖에",
            "이나",
            "이란",
            "로는",
            "로도",
            "에는",
            "에도",
            "에만",
            "로서",
            "로써",
            "라면",
            "들이",
            "들은",
            "들을",
            "들의",
            "들에",
            "이랑",
            "으로",
            "께서",
            "만은",
            "만이",
            "조차",
            "로",
            "은",
            "는",
            "이",
            "가",
            "을",
            "를",
            "의",
            "에",
            "와",
            "과",
            "도",
            "만",
            "란",
            "들",
            "나",
            "랑",
        ],
        key=len,
        reverse=True,
    )
)

_ENDINGS_KOREAN: Final = tuple(
    sorted(
        [
            "했습니까",
            "했나요",
            "했는지",
            "했어요",
            "했었",
            "했지",
            "했어",
            "했던",
            "했을",
            "했다",
            "하였",
            "합니까",
            "합니다",
            "하나요",
            "하는지",
            "하는데",
            "하는가",
            "하려면",
            "하려고",
            "하려",
            "하면",
            "하고",
            "하는",
            "하게",
            "하지",
            "하기",
            "하며",
            "하죠",
            "할까",
            "할지",
            "하니",
            "해야하",
            "해야",
            "해서",
            "해도",
            "해요",
            "했",
            "한다",
            "한",
            "할",
            "함",
            "해",
            "하나",
            "하",
            "됩니까",
            "됩니다",
            "되나요",
            "되는지",
            "되려면",
            "되면",
            "되고",
            "되는",
            "되지",
            "되어",
            "되었",
            "됐나요",
            "됐어",
            "됐",
            "돼요",
            "돼야",
            "돼",
            "된다",
            "된",
            "될",
            "됨",
            "되죠",
            "되나",
            "되",
            "인가요",
            "인가",
            "인지",
            "입니까",
            "입니다",
            "이에요",
            "예요",
            "이야",
            "이죠",
            "이고",
            "이며",
            "이었",
            "였나요",
            "였어",
            "였",
            "었나요",
            "았나요",
            "었어요",
            "았어요",
            "었어",
            "았어",
            "었던",
            "았던",
            "었을",
            "았을",
            "었다",
            "았다",
            "습니까",
            "습니다",
            "ㅂ니까",
            "나요",
            "는지",
            "는데",
            "는가",
            "는다",
            "는",
            "으려면",
            "려면",
            "려고",
            "으면",
            "면",
            "어야",
            "아야",
            "여야",
            "어도",
            "아도",
            "어서",
            "아서",
            "어요",
            "아요",
            "지요",
            "죠",
            "까요",
            "을까",
            "을지",
            "은지",
            "기",
            "고",
            "지",
            "던",
            "다",
            "도록",
            "게",
            "며",
            "니",
            "나",
            "냐",
            "요",
            "은",
            "을",
            "어",
            "아",
            "줘",
        ],
        key=len,
        reverse=True,
    )
)

_PLAIN_VOWEL: Final = {
    "\u116f": "\u116e",
    "\u116a": "\u1169",
    "\u1167": "\u1175",
    "\u116b": "\u116c",
}
"""ㅝ to ㅜ, ㅘ to ㅗ, ㅕ to ㅣ, ㅙ to ㅚ, as jamo."""
_CONTRACTED_VOWEL: Final = {plain: contracted for contracted, plain in _PLAIN_VOWEL.items()}

_TOKEN: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,:]\d+)*|[가-힣]+")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of an English word in lower case."""
    word = word.removesuffix("'s")
    if len(word) <= 3:
        return word
    for ending, put in _ENDINGS_ENGLISH:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            base = word[: -len(ending)] + put
            # stopped and stop, planning and plan
            if ending in ("ing", "ed", "er") and base[-1] == base[-2] and base[-1] not in "lsz":
                return base[:-1]
            return base
    return word


@lru_cache(maxsize=20_000)
def without_particle(word: str) -> str:
    """Return a Korean word without its particle; at least two syllables remain."""
    for particle in PARTICLES:
        if word.endswith(particle) and len(word) - len(particle) >= 2:
            return word[: -len(particle)]
    return word


@lru_cache(maxsize=20_000)
def without_ending(word: str) -> str:
    """Return the stem of a Korean verb or adjective, or the word itself where it has no ending of one."""
    for ending in _ENDINGS_KOREAN:
        if word.endswith(ending) and len(word) > len(ending):
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=50_000)
def sounds(word: str) -> tuple[str, str]:
    """Return how forms of a Korean verb begin, as jamo: with its stem's last vowel, and with that contracted.

    지우, 지운, 지울 and 지웠 have the first or the second in common: endings melt into the stem's last syllable
    (우 and 어 become 워), and a final consonant may belong to the ending.
    """
    decomposed = normalize("NFD", word)
    while decomposed and 0x11A8 <= ord(decomposed[-1]) <= 0x11FF:
        decomposed = decomposed[:-1]
    plain = decomposed[:-1] + _PLAIN_VOWEL.get(decomposed[-1:], decomposed[-1:])
    return plain, plain[:-1] + _CONTRACTED_VOWEL.get(plain[-1:], plain[-1:])


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
