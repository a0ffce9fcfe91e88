"""Which properties a store keeps unchanged: what others cannot hold is said before it is sent."""

import re
from collections.abc import Callable
from typing import Final

from app.store.contract import Properties
from migrate.ahead import Around
from migrate.origin import Origin
from migrate.reading import Reading
from migrate.refusals import PropertiesUnfit, SourceChanged, SourceUnreadable
from migrate.walk import Entry

METADATA_BYTES_MAX: Final = 2048
"""Names and values together: S3 takes no more (User Guide, "Working with object metadata")."""

_IDENTIFIER: Final = re.compile(r"[a-z_][a-z0-9_]*")
"""Azure: names of metadata are C# identifiers ("Naming and referencing containers, blobs, and metadata")."""
_TOKEN: Final = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
"""A name of a header (RFC 9110); S3 gives all of them back in small letters."""
_VALUE: Final = re.compile(r"[!-~]([ -~]*[!-~])?|")
"""What a header brings back as it was sent, on every service."""


class Checked(Around):
    """An `Origin` that hands over only what the destination keeps unchanged beside the bytes.

    Args:
        source: what is read.
        identifiers: whether the destination takes identifiers alone as names of metadata.
    """

    def __init__(self, source: Origin, *, identifiers: bool) -> None:
        super().__init__(source)
        self._identifiers = identifiers

    def seen(
        self, entry: Entry, answer: Reading | SourceChanged | SourceUnreadable
    ) -> Reading | SourceChanged | SourceUnreadable:
        """See `Around`."""
        if isinstance(answer, Reading) and answer.properties is not None:
            reason = unfit(answer.properties, identifiers=self._identifiers)
            return PropertiesUnfit(reason) if reason else answer
        return answer


def unfit(properties: Properties, *, identifiers: bool) -> str | None:
    """Return what of the properties a service would refuse or change, as a phrase, or None."""
    name_fits: Callable[[str], object] = (_IDENTIFIER if identifiers else _TOKEN).fullmatch
    for name, value in properties.metadata.items():
        if not name_fits(name):
            return f"the name {name!r} in its metadata"
        if not _VALUE.fullmatch(value):
            return f"the value of {name!r} in its metadata"
    for word, text in (
        ("content type", properties.content_type),
        ("content encoding", properties.content_encoding),
    ):
        if not _VALUE.fullmatch(text or ""):
            return f"its {word} {text!r}"
    size = sum(len(name) + len(value) for name, value in properties.metadata.items())
    return f"its metadata: {size:,} bytes" if size > METADATA_BYTES_MAX else None
