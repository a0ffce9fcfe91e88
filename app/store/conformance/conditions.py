"""Laws of conditional writes and deletes."""

from app.store.conformance.expecting import content_of, refused
from app.store.conformance.law import only_where
from app.store.contract import ABSENT, ALWAYS, BlobStore, IfVersion
from app.store.errors import ConditionFailed, Unsupported
from app.store.keys import Key

_A = Key("notes/a.md")


def a_condition_that_cannot_be_checked_is_refused(store: BlobStore) -> None:
    """Where `conditional_writes` is False, as Unsupported; where it is True, it works."""
    if store.capabilities.conditional_writes:
        store.write(_A, b"data", when=ABSENT)
        return
    for when in (ABSENT, IfVersion("any")):
        with refused(Unsupported, key=_A):
            store.write(_A, b"data", when=when)
    with refused(Unsupported, key=_A):
        store.delete(_A, when=IfVersion("any"))
    assert content_of(store, _A) is None


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def absent_never_replaces(store: BlobStore) -> None:
    """It creates, once; after a delete, again."""
    first = store.write(_A, b"first", when=ABSENT)
    for data in (b"second", b"first"):
        with refused(ConditionFailed, key=_A):
            store.write(_A, data, when=ABSENT)

    assert store.read(_A).data == b"first"
    assert store.stat(_A).version == first.version
    store.delete(_A)
    store.write(_A, b"third", when=ABSENT)
    assert store.read(_A).data == b"third"


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def if_version_replaces_only_that_version(store: BlobStore) -> None:
    """A stale one is refused and changes nothing."""
    stale = store.write(_A, b"one").version
    fresh = store.write(_A, b"two").version
    with refused(ConditionFailed, key=_A):
        store.write(_A, b"three", when=IfVersion(stale))

    assert store.read(_A).data == b"two"
    newest = store.write(_A, b"three", when=IfVersion(fresh))
    assert store.read(_A).info.version == newest.version
    assert store.read(_A).data == b"three"


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def if_version_does_not_hold_for_a_missing_blob(store: BlobStore) -> None:
    """Neither one never written nor one deleted."""
    version = store.write(_A, b"data").version
    store.delete(_A)

    with refused(ConditionFailed, key=_A):
        store.write(_A, b"other", when=IfVersion(version))
    with refused(ConditionFailed, key=_A):
        store.delete(_A, when=IfVersion(version))
    assert content_of(store, _A) is None


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def a_delete_if_version_deletes_only_that_version(store: BlobStore) -> None:
    """A stale one is refused and the blob stays."""
    stale = store.write(_A, b"one").version
    fresh = store.write(_A, b"two").version
    with refused(ConditionFailed, key=_A):
        store.delete(_A, when=IfVersion(stale))

    assert store.read(_A).data == b"two"
    store.delete(_A, when=IfVersion(fresh))
    assert content_of(store, _A) is None


def always_holds(store: BlobStore) -> None:
    """With and without a blob, for writes and deletes."""
    store.write(_A, b"one", when=ALWAYS)
    store.write(_A, b"two", when=ALWAYS)
    assert store.read(_A).data == b"two"
    store.delete(_A, when=ALWAYS)
    store.delete(_A, when=ALWAYS)
    assert content_of(store, _A) is None
