"""Laws of what is stored beside the bytes."""

from app.store.contract import NO_PROPERTIES, BlobStore, Properties
from app.store.keys import Key

_A = Key("notes/a.md")
_GIVEN = Properties(
    content_type="text/markdown; charset=utf-8",
    content_encoding="gzip",
    metadata={"source_path": "Docs/a b.MD", "sha256": "0" * 64, "n1": "1"},
)


def properties_come_back_where_they_are_kept(store: BlobStore) -> None:
    """Where `properties` is False only the bytes are kept, and they read back empty."""
    store.write(_A, b"not gzip at all", properties=_GIVEN)
    blob = store.read(_A)

    assert blob.properties == (_GIVEN if store.capabilities.properties else NO_PROPERTIES)
    # The encoding is a label: no client library unpacks the bytes behind our back.
    assert blob.data == b"not gzip at all"


def properties_not_given_read_back_empty(store: BlobStore) -> None:
    """What the service fills in by itself is not shown as given."""
    store.write(_A, b"data")

    assert store.read(_A).properties == NO_PROPERTIES


def a_write_replaces_the_properties_too(store: BlobStore) -> None:
    """Nothing of the former state stays."""
    store.write(_A, b"one", properties=_GIVEN)
    store.write(_A, b"two")

    assert store.read(_A).properties == NO_PROPERTIES
