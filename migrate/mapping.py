"""`--names=map`: a key for every name that a destination cannot hold, and the name back from the key.

The rule: in a key `!` and three digits stand for the byte of that value. A name that needs none stays.
In a folder two numbers that are no byte stand for what it cannot hold as it is: `!256` ends a part of a
segment that is too long, `!257` a file that has the name of a folder.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from app.store.contract import Capabilities
from app.store.keys import broken_rule
from migrate.names import fold, refuse_name
from migrate.outcomes import Cause
from migrate.paths import folders_of

_CODE: Final = re.compile(rb"!([0-9]{3})")
_LIKE_A_CODE: Final = re.compile(rb"!(?=[0-9]{3})")
_GOES_ON: Final = b"!256"
FILE_MARK: Final = b"!257"
"""Ends the key of a file that would lie where a folder of its store is."""
_UNIT: Final = re.compile(rb"![0-9]{3}|[\xc2-\xf4][\x80-\xbf]+|[\x00-\x7f]")
"""What must not be cut: a code, a character in UTF-8."""
_SAME_IN_ANY_CASE: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_. ")


def mapped(
    path: bytes,
    capabilities: Capabilities,
    *,
    is_twin: Callable[[bytes], bool] = lambda prefix: False,
) -> tuple[bytes, tuple[Cause, str] | None]:
    """Return the key for a name, and why the destination cannot hold even that, or None.

    Different names have different keys, also for a store without exact names; `name_of` is the way back.

    Args:
        path: the name, below the source's root.
        capabilities: the destination's.
        is_twin: tells whether a path, or a folder above it, is taken for another one of the source.
    """
    twins = [is_twin(prefix) for prefix in (*folders_of(path), path)]
    if not any(twins) and not _LIKE_A_CODE.search(path) and not refuse_name(path, capabilities):
        return path, None
    segments = [
        _unfolded(segment) if twin and not _is_folded(segment) else _valid(segment)
        for segment, twin in zip(path.split(b"/"), twins, strict=True)
    ]
    longest = capabilities.segment_bytes_max
    key = b"/".join(_short(segment, longest) if longest else segment for segment in segments)
    refusal = refuse_name(key, capabilities)
    if refusal and refusal[0] is Cause.RESERVED:
        key = _code(key[0]) + key[1:]
        refusal = refuse_name(key, capabilities)
    return key, refusal


def name_of(key: bytes) -> bytes:
    """Return the name that a key of a mapped migration stands for."""
    whole = key.replace(_GOES_ON + b"/", b"").removesuffix(FILE_MARK)
    return _CODE.sub(_byte, whole)


def _byte(found: re.Match[bytes]) -> bytes:
    value = int(found[1])
    return bytes([value]) if value < 256 else found[0]


def _code(byte: int) -> bytes:
    return b"!%03d" % byte


def _codes(data: bytes) -> bytes:
    return b"".join(map(_code, data))


def _is_folded(segment: bytes) -> bool:
    """Tell whether a segment is what folding makes of it: of all its twins only one is."""
    text = segment.decode("utf-8", "surrogateescape")
    return fold(text) == text


def _unfolded(segment: bytes) -> bytes:
    """Return a spelling that folding does not change and no twin shares."""
    codes = b"".join(
        bytes([byte]) if byte in _SAME_IN_ANY_CASE else _code(byte) for byte in segment
    )
    return _without_last_dot(codes)


def _valid(segment: bytes) -> bytes:
    """Return the segment with codes for everything that no key may have."""
    plain = _LIKE_A_CODE.sub(_code(ord("!")), segment)
    shown = (
        _codes(character.encode("utf-8", "surrogateescape"))
        if _is_unfit(character)
        else character.encode()
        for character in plain.decode("utf-8", "surrogateescape")
    )
    return _without_last_dot(b"".join(shown))


def _short(segment: bytes, longest: int) -> bytes:
    """Return the segment, parted into several where it is too long."""
    parts = [b""]
    for unit in _UNIT.findall(segment) if len(segment) > longest else [segment]:
        if len(parts[-1]) + len(unit) > longest - len(_GOES_ON) and parts[-1]:
            parts[-1] += _GOES_ON
            parts.append(b"")
        parts[-1] += unit
    return b"/".join(parts)


def _without_last_dot(segment: bytes) -> bytes:
    return segment[:-1] + _code(ord(".")) if segment.endswith(b".") else segment


@lru_cache(maxsize=1024)
def _is_unfit(character: str) -> bool:
    return broken_rule(f"x{character}x") is not None
