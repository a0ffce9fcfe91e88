"""The headers that services have in common."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Final

from app.store.backends.etags import quoted
from app.store.contract import Absent, IfVersion, Properties, When

_NAME: Final = re.compile(r"[\w.-]+", re.ASCII)


def condition_headers(when: When) -> dict[str, str]:
    """Return the condition of a write as headers."""
    if when is Absent.ABSENT:
        return {"if-none-match": "*"}
    if isinstance(when, IfVersion):
        return {"if-match": quoted(when.version)}
    return {}


def property_headers(
    properties: Properties, *, content_type: str, content_encoding: str, metadata: str
) -> dict[str, str] | None:
    """Return properties as headers, but for the tier; None where they cannot stand in any.

    Args:
        properties: to be stored.
        content_type: the service's name for it, in lower case.
        content_encoding: likewise.
        metadata: what its names of metadata begin with.
    """
    if not can_be_sent(properties):
        return None
    headers = {metadata + name.lower(): text for name, text in properties.metadata.items()}
    if properties.content_type:
        headers[content_type] = properties.content_type
    if properties.content_encoding:
        headers[content_encoding] = properties.content_encoding
    return headers


def properties_of(
    headers: Mapping[str, str], *, metadata: str, default_content_type: str, tier: str | None
) -> Properties:
    """Return the properties that an answer's headers say.

    Args:
        headers: by their names in lower case.
        metadata: what the service's names of metadata begin with.
        default_content_type: what it fills in by itself.
        tier: if one was chosen.
    """
    content_type = headers.get("content-type")
    return Properties(
        content_type=None if content_type == default_content_type else content_type,
        content_encoding=headers.get("content-encoding") or None,
        metadata={
            name.removeprefix(metadata): text
            for name, text in headers.items()
            if name.startswith(metadata)
        },
        tier=tier,
    )


def can_be_sent(properties: Properties) -> bool:
    """Return whether all of them may stand in headers: an end of a line would begin another one."""
    metadata = properties.metadata
    plain = f"{properties.content_type}{properties.content_encoding}{properties.tier}"
    texts = plain + "".join(metadata.values())
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
