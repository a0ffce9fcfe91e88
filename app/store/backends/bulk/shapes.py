"""Properties as obstore's attributes, and back."""

from collections.abc import Mapping
from typing import Final

from app.store.contract import Properties

# The others are headers that this package never sends, or metadata.
_NOT_METADATA: Final = frozenset(
    {
        "Cache-Control",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Content-Type",
        "Storage-Class",
    }
)


def attributes_of(properties: Properties) -> dict[str, str]:
    """Return properties as the attributes of a PUT."""
    named = {
        "Content-Type": properties.content_type,
        "Content-Encoding": properties.content_encoding,
        "Storage-Class": properties.tier,
    }
    return {name: value for name, value in named.items() if value} | dict(properties.metadata)


def properties_of(attributes: Mapping[str, str], default_content_type: str) -> Properties:
    """Return the properties that the attributes of a GET say; obstore never tells the tier.

    Args:
        attributes: obstore's.
        default_content_type: what the service fills in by itself.
    """
    content_type = attributes.get("Content-Type")
    return Properties(
        content_type=None if content_type == default_content_type else content_type,
        content_encoding=attributes.get("Content-Encoding") or None,
        metadata={name: value for name, value in attributes.items() if name not in _NOT_METADATA},
    )
