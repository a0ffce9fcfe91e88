"""The pages of a bucket's listing: the SDK asks for them, and the objects in them are read here.

Botocore would look each field of each object up in its model and guess at each time's format: that takes four
times as long as everything else about an object in a listing.
"""

# What the SDKs themselves read answers with; expat 2.4.1 and later end at entities that blow up.
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote_plus

from botocore.utils import parse_timestamp

from app.store.backends.endpoints import TornAnswer

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_EVENT: Final = "before-parse.s3.ListObjectsV2"
_ENTRIES: Final = "Entries"


class Entry(NamedTuple):
    """An object as a listing names it: `etag` without quotes; `tier` is "" where none is named.

    A tuple: a listing makes very many, each for a moment.
    """

    name: str
    size: int
    etag: str
    modified: datetime
    tier: str


def read_entries(client: "S3Client") -> None:
    """Let the pages of this client's listings carry what `entries` gives."""
    client.meta.events.register(_EVENT, _take_entries)


def entries(page: Any) -> Iterator[Entry]:
    """Yield the objects of a page of ListObjectsV2.

    Raises:
        TornAnswer: one of them lacks what every object has.
    """
    found = page.get(_ENTRIES)
    if found is None:
        raise TornAnswer
    yield from found


def _take_entries(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    """Take the objects out of an answer, so that botocore parses only what is left of it."""
    if response_dict["status_code"] != 200:
        return
    try:
        root = ET.fromstring(response_dict["body"])  # noqa: S314 - as above
    except ET.ParseError:
        return  # botocore says so, in its own way
    start = root.tag.partition("}")[0] + "}" if root.tag.startswith("{") else ""
    try:
        customized_response_dict[_ENTRIES] = list(_entries(root, start))
    except (KeyError, ValueError):
        return  # `entries` says so: an error raised here would be taken for one of botocore's
    root[:] = [child for child in root if child.tag != f"{start}Contents"]
    response_dict["body"] = ET.tostring(root)


def _entries(root: "ET.Element", start: str) -> Iterator[Entry]:
    key, size, etag, modified, tier = (
        start + name for name in ("Key", "Size", "ETag", "LastModified", "StorageClass")
    )
    coded = root.findtext(f"{start}EncodingType") == "url"
    for element in root.iterfind(f"{start}Contents"):
        fields = {child.tag: child.text or "" for child in element}
        yield Entry(
            unquote_plus(fields[key]) if coded else fields[key],
            int(fields[size]),
            fields[etag].strip('"'),
            _moment(fields[modified]),
            fields.get(tier, ""),
        )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        # A service that speaks S3 in a way of its own.
        moment = parse_timestamp(text)
    if moment.tzinfo is UTC:
        return moment
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
