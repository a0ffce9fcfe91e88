"""ETags, which are the versions of S3 and Azure."""

from app.store.backends.endpoints import TornAnswer
from app.store.contract import Version


def quoted(version: Version) -> str:
    """Return a version as the ETag that it was."""
    return f'"{version}"'


def version_of(etag: str | None) -> Version:
    """Return the version that an ETag is; some listings give it bare, answers in quotes.

    Raises:
        TornAnswer: there is none, or half of one.
    """
    if not etag or etag.startswith('"') != (etag.endswith('"') and etag != '"'):
        raise TornAnswer
    return etag.strip('"')
