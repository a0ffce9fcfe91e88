"""`.kbignore`: files of the source that say what is not moved, with the meaning of `.gitignore`."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from migrate.origin import Origin
from migrate.outcomes import Cause
from migrate.paths import folders_of, printable
from migrate.refusals import SourceRefused, SourceUnreadable

IGNORE_FILE: Final = b".kbignore"
_BYTES_MAX: Final = 1 << 20
_FOLDER_MARK: Final = "ps_d"
"""The group in pathspec's expressions that matches the slash behind a folder's name."""
_ROOT: Final = b"."
"""What the walk calls the root where it cannot be read."""
_AS_GIT: Final = re.compile(r"(?<=[^/*])/\*\*/$")
"""`a/**/`: to git the folders below `a`, to pathspec `a` itself."""

_Patterns = tuple[tuple[bool, re.Pattern[str]], ...]
"""Whether a match ignores or takes back, and what matches."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """The patterns of one file; `base` is its folder with a slash at the end, b"" for the root."""

    base: bytes
    patterns: _Patterns


@dataclass(frozen=True, slots=True)
class _Level:
    """A folder on the way to a path: the rules that hold in it, or why nothing in it is moved."""

    base: bytes
    rules: tuple[_Rules, ...]
    refusal: tuple[Cause, str] | None


class IgnoreFiles:
    """What the `.kbignore` files of a source say; each is read when the first path beside it is asked about.

    Ask in the order of the walk: what is held is the way to the last path, nothing else.

    Args:
        source: where they are.
    """

    def __init__(self, source: Origin) -> None:
        self._source = source
        self._levels: list[_Level] = []

    def refuse(self, path: bytes, *, is_folder: bool = False) -> tuple[Cause, str] | None:
        """Return the cause and the reason why `path` is not moved, or None.

        As with git, nothing in an ignored folder can be taken back by a later or deeper pattern. Composed and
        decomposed forms of a character are one.

        Raises:
            SourceRefused: a `.kbignore` is not UTF-8, too long, or has a line that is no pattern.
        """
        if path == _ROOT:
            return None
        level = self._level(path)
        return level.refusal or _verdict(path, level.rules, is_folder=is_folder)

    def _level(self, path: bytes) -> _Level:
        if self._levels and self._levels[-1].base == path[: path.rfind(b"/") + 1]:
            # The next file of the same folder: nearly all are.
            return self._levels[-1]
        bases = [b"", *(folder + b"/" for folder in folders_of(path))]
        known = 0
        while known < min(len(bases), len(self._levels)) and (
            self._levels[known].base == bases[known]
        ):
            known += 1
        del self._levels[known:]
        for base in bases[known:]:
            self._levels.append(self._entered(base))
        return self._levels[-1]

    def _entered(self, base: bytes) -> _Level:
        rules: tuple[_Rules, ...] = ()
        if self._levels:
            above = self._levels[-1]
            refusal = above.refusal or _verdict(base[:-1], above.rules, is_folder=True)
            if refusal:
                return _Level(base, (), refusal)
            rules = above.rules
        file = base + IGNORE_FILE
        try:
            data = self._source.ignore_file(file, bytes_max=_BYTES_MAX)
        except SourceUnreadable as error:
            reason = f"{printable(file)}, which says what is not moved, cannot be read: {error}"
            return _Level(base, (), (Cause.UNREADABLE, reason))
        if data is None:
            return _Level(base, rules, None)
        return _Level(base, (*rules, _Rules(base, _patterns(data, file))), None)


def _patterns(data: bytes, file: bytes) -> _Patterns:
    # Here, because few sources have such a file.
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    shown = printable(file)
    if len(data) > _BYTES_MAX:
        raise SourceRefused(f"{shown} is longer than {_BYTES_MAX:,} bytes; name folders instead.")
    try:
        lines = _normal(data.decode("utf-8-sig")).split("\n")
    except UnicodeDecodeError:
        raise SourceRefused(f"{shown} is not UTF-8: its patterns cannot be read.") from None
    patterns = []
    for number, line in enumerate(lines, 1):
        try:
            pattern = GitIgnoreSpecPattern(_AS_GIT.sub("/**/*/", line.removesuffix("\r")))
        except (ValueError, re.error):
            raise SourceRefused(
                f"{shown}, line {number}: {printable(line.encode())!r} is no pattern of .gitignore's kind."
            ) from None
        if pattern.include is not None and pattern.regex is not None:
            patterns.append((pattern.include, pattern.regex))
    # The last one that matches decides.
    return tuple(reversed(patterns))


def _verdict(
    path: bytes, rules: tuple[_Rules, ...], *, is_folder: bool
) -> tuple[Cause, str] | None:
    for rule in reversed(rules):
        text = _normal(path[len(rule.base) :].decode("utf-8", "surrogateescape"))
        for include, regex in rule.patterns:
            if _means(regex, text, is_folder=is_folder):
                reason = f"ignored by {printable(rule.base + IGNORE_FILE)}"
                return (Cause.EXCLUDED, reason) if include else None
    return None


def _means(regex: re.Pattern[str], text: str, *, is_folder: bool) -> bool:
    """Tell whether a pattern means this very path, as git asks: what means a folder above was asked there.

    `GitIgnoreSpec` asks once for a whole path, and so takes `*`, `!*/`, `!*.txt` otherwise than git.
    """
    if is_folder and any(
        found.end(_FOLDER_MARK) == len(text) + 1
        for found in regex.finditer(f"{text}/")
        if _FOLDER_MARK in regex.groupindex
    ):
        return True
    found = regex.search(text)
    return found is not None and not found.groupdict().get(_FOLDER_MARK)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)
