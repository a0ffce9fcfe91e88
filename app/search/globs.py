"""Which paths a pattern names: one pure matcher, the same on every storage."""

from collections.abc import Sequence
from fnmatch import fnmatchcase


def matches_glob(path: str, pattern: str) -> bool:
    """Say whether a path, relative to the folder asked about, matches a pattern.

    `*`, `?` and `[…]` stay within one folder; `**` stands for any number of folders, none included. So `*` are
    the documents of the folder itself, `**/*` every document below it. Case counts.
    """
    return _matches(path.split("/"), pattern.strip("/").split("/"))


def matches_name(path: str, pattern: str) -> bool:
    """Say whether a document's name matches a pattern, or its whole path where the pattern has a slash."""
    return matches_glob(path if "/" in pattern else path.rpartition("/")[2], pattern)


def _matches(names: Sequence[str], patterns: Sequence[str]) -> bool:
    if not patterns:
        return not names
    first, rest = patterns[0], patterns[1:]
    if first == "**":
        if not rest:
            return bool(names)
        return any(_matches(names[start:], rest) for start in range(len(names)))
    return bool(names) and fnmatchcase(names[0], first) and _matches(names[1:], rest)
