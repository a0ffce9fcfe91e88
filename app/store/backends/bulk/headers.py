"""The headers that services have in common."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

from app.store.contract import Absent, IfVersion, Properties, When

_NAME: Final = re.compile(r"[\w.-]+", re.ASCII)


def condition_headers(when: When) -> dict[str, str]:
    """Return the condition of a write as headers."""
    if when is Absent.ABSENT:
        return {"if-none-match": "*"}
    if isinstance(when, IfVersion):
        return {"if-match": f'"{when.version}"'}
    return {}


def can_be_sent(properties: Properties) -> bool:
    """Return whether all of them may stand in headers: an end of a line would begin another one."""
    metadata = properties.metadata
    plain = (properties.content_type, properties.content_encoding, properties.tier)
    texts = "".join([*metadata.values(), *[text for text in plain if text]])
    return texts.isascii() and texts.isprintable() and _are_names(tuple(metadata))


def lines_of(headers: dict[str, str]) -> list[str]:
    """Return headers as libcurl wants them: one without a text has to end with a semicolon."""
    return [f"{name}: {text}" if text.strip() else f"{name};" for name, text in headers.items()]


@lru_cache(maxsize=256)
def _are_names(names: tuple[str, ...]) -> bool:
    return all(map(_NAME.fullmatch, names))


@lru_cache(maxsize=256)
def moment_of(date: str) -> datetime:
    """Return the time that a header names, in UTC; answers of one second name the same.

    Raises:
        ValueError: it is none.
    """
    return parsedate_to_datetime(date).astimezone(UTC)
