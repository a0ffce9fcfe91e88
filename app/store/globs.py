"""Which paths a glob means: one matcher for every store, by text alone."""

import fnmatch
import re
import unicodedata
from functools import lru_cache
from typing import Final

_ANY_DEPTH: Final = "**"


def matches_glob(path: str, pattern: str) -> bool:
    """Return whether the whole of `path` is one that `pattern` means.

    - `*` any characters of one segment, `?` one of them, `[a-z]` and `[!a-z]` one of those or not of those;
    - `**` as a whole segment: any number of segments, also none; at the end at least one. So `**/*` and `**`
      mean every path, `a/**` everything below `a`;
    - names that begin with a dot are names like others, upper and lower case are different, and composed and
      decomposed forms of a character are one (NFC): what a keyboard types finds what a Mac has saved.
    """
    segments = _normal(path).split("/")
    wanted = _compiled(pattern)
    # The indices into `wanted` that may come next: at most all of them, so no path takes long.
    states = _with_skips({0}, wanted)
    for segment in segments:
        states = _with_skips(
            {
                index if wanted[index] is None else index + 1
                for index in states
                if index < len(wanted) and _fits(segment, wanted[index])
            },
            wanted,
        )
    return len(wanted) in states


def matches_name(path: str, pattern: str) -> bool:
    """Return whether `pattern` means `path` where files are looked for at every depth.

    A pattern without a slash is about the name alone: `*.md` means `a/b/c.md`. With a slash it is about the
    whole path, like `matches_glob`.
    """
    return matches_glob(path if "/" in pattern else path.rpartition("/")[2], pattern)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> tuple[re.Pattern[str] | None, ...]:
    """Return a matcher per segment of the pattern, None for `**`."""
    segments = [segment for segment in _normal(pattern).split("/") if segment != "."]
    if segments and segments[-1] == _ANY_DEPTH:
        segments.append("*")
    return tuple(
        None if segment == _ANY_DEPTH else re.compile(fnmatch.translate(segment))
        for segment in segments
    )


def _fits(segment: str, wanted: re.Pattern[str] | None) -> bool:
    return wanted is None or wanted.match(segment) is not None


def _with_skips(states: set[int], wanted: tuple[re.Pattern[str] | None, ...]) -> set[int]:
    """Return the states and those behind a `**` that stands for no segment."""
    reached = set(states)
    for index in sorted(states):
        following = index
        while following < len(wanted) and wanted[following] is None:
            following += 1
            reached.add(following)
    return reached


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)
