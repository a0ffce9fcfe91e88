"""The pages of a container's listing: the SDK asks for them, and the blobs in them are read here.

The SDK would make some forty fields of each blob, which takes ten times as long as the few that are needed.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from azure.core.pipeline.policies import ContentDecodePolicy
from azure.storage.blob import ContainerClient

from app.store.backends.blob_service.shapes import expect_page
from app.store.backends.endpoints import TornAnswer

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NEEDED: Final = frozenset({"Content-Length", "Etag", "Last-Modified"})


class Entry(NamedTuple):
    """A blob as a listing names it: `etag` without quotes, `md5` in base 64; `md5` and `tier` may be "".

    A tuple: a listing makes very many, each for a moment.
    """

    name: str
    size: int
    etag: str
    modified: datetime
    md5: str
    tier: str


def entries(container: ContainerClient, *, beginning: str, page_blobs_max: int) -> Iterator[Entry]:
    """Yield the blobs of a container whose names begin like this.

    Raises:
        AzureError: as the SDK's own listing.
        TornAnswer: a page is empty, or a blob lacks what every blob has.
    """
    answers: list[Any] = []

    def take(answer: Any) -> None:
        expect_page(answer)
        answers.append(answer)

    # Of names the SDK makes next to nothing; what it read them from is the whole answer.
    pages = container.list_blob_names(
        name_starts_with=beginning or None,
        results_per_page=page_blobs_max,
        raw_response_hook=take,
    ).by_page()
    for _ in pages:
        # The last one: what was refused was asked for again.
        document = answers[-1].context[ContentDecodePolicy.CONTEXT_NAME]
        answers.clear()
        yield from map(_entry, document.iterfind("Blobs/Blob"))


def _entry(element: "Element") -> Entry:
    name, properties = element.find("Name"), element.find("Properties")
    if name is None or properties is None:
        raise TornAnswer
    fields = {child.tag: child.text or "" for child in properties}
    if not fields.keys() >= _NEEDED:
        raise TornAnswer
    text = name.text or ""
    return Entry(
        # A name that XML cannot hold comes percent-coded.
        unquote(text) if name.get("Encoded") == "true" else text,
        int(fields["Content-Length"]),
        fields["Etag"].strip('"'),
        _moment(fields["Last-Modified"]),
        fields.get("Content-MD5", ""),
        fields.get("AccessTier", ""),
    )


@lru_cache(maxsize=1024)
def _moment(text: str) -> datetime:
    # Blobs that were written one after another share their second.
    return parsedate_to_datetime(text).astimezone(UTC)
