"""The pages of a bucket's listing: the SDK asks for them, and the objects in them are read here.

Botocore would look each field of each object up in its model and guess at each time's format: that takes four
times as long as everything else about an object in a listing.
"""

# What the SDKs themselves read answers with; expat 2.4.1 and later end at entities that blow up.
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

from botocore.utils import parse_timestamp

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_EVENT: Final = "before-parse.s3.ListObjectsV2"
_ENTRIES: Final = "Entries"


@dataclass(frozen=True, slots=True)
class Entry:
    """An object as a listing names it: `etag` without quotes; `tier` is "" where none is named."""

    name: str
    size: int
    etag: str
    modified: datetime
    tier: str


def read_entries(client: "S3Client") -> None:
    """Let the pages of this client's listings carry what `entries` gives."""
    client.meta.events.register(_EVENT, _take_entries)


def entries(page: Any) -> Iterator[Entry]:
    """Yield the objects of a page of ListObjectsV2."""
    yield from page[_ENTRIES]


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
    found = root.findall(f"{start}Contents")
    coded = root.findtext(f"{start}EncodingType") == "url"
    customized_response_dict[_ENTRIES] = [_entry(element, len(start), coded) for element in found]
    for element in found:
        root.remove(element)
    response_dict["body"] = ET.tostring(root)


def _entry(element: "ET.Element", skipped: int, coded: bool) -> Entry:
    fields = {child.tag[skipped:]: child.text or "" for child in element}
    name = fields["Key"]
    return Entry(
        unquote_plus(name) if coded else name,
        int(fields["Size"]),
        fields["ETag"].strip('"'),
        _moment(fields["LastModified"]),
        fields.get("StorageClass", ""),
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        # A service that speaks S3 in a way of its own.
        moment = parse_timestamp(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
