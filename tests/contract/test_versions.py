"""Former states of blobs, in a bucket that keeps them."""

import io
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.store.backends.azure import AzureStore
from app.store.backends.memory import MemoryStore
from app.store.backends.s3 import S3Store
from app.store.contract import ABSENT, IfVersion, Properties, Source
from app.store.errors import Archived, ConditionFailed, NotFound
from app.store.extras import Versions
from app.store.keys import Key
from tests.contract.stores import Place, s3

pytestmark = pytest.mark.emulator

_A = Key("notes/a.md")
_GIVEN = Properties(content_type="text/markdown", metadata={"n": "1"})


@pytest.fixture
def store(place: Place) -> Iterator[S3Store]:
    with closing(s3(place, prefix="kb")) as store:
        store._client.put_bucket_versioning(
            Bucket=store._bucket, VersioningConfiguration={"Status": "Enabled"}
        )
        yield store


def test_stores_without_versions_say_so() -> None:
    assert not isinstance(MemoryStore(), Versions)
    assert not issubclass(AzureStore, Versions)
    assert issubclass(S3Store, Versions)


def test_every_state_is_listed_the_newest_first(store: S3Store) -> None:
    for number in range(3):
        store.write(_A, b"%d" % number)
        store.write(Key(f"{_A}.neighbour"), b"neighbour")
    store.delete(_A)
    states = list(store.versions(_A))

    assert [state.current for state in states] == [True, False, False, False]
    assert states[0].info is None
    assert [store.read_version(_A, state.id).data for state in states[1:]] == [b"2", b"1", b"0"]
    for state in states[1:]:
        assert state.info is not None
        read = store.read_version(_A, state.id).info
        assert (read.version, read.size_stored) == (state.info.version, 1)
    assert list(store.versions(Key("never"))) == []
    assert list(store.versions(Key("notes"))) == []


def test_states_come_page_by_page(store: S3Store) -> None:
    for number in range(12):
        store.write(_A, b"%d" % number)
    store._client.meta.events.register(
        "before-parameter-build.s3.ListObjectVersions",
        lambda params, **_: params.update(MaxKeys=5),
    )

    datas = [store.read_version(_A, state.id).data for state in store.versions(_A)]
    assert datas == [b"%d" % number for number in reversed(range(12))]


def test_a_state_that_never_was_is_not_found(store: S3Store) -> None:
    store.write(_A, b"data")
    store.delete(_A)
    deletion = next(store.versions(_A)).id
    for version_id in ("null", "5d2c5a3e-0000-4000-8000-000000000000", deletion):
        with pytest.raises(NotFound, match=_A):
            store.read_version(_A, version_id)
        with pytest.raises(NotFound, match=_A):
            store.restore(_A, version_id)


@pytest.mark.parametrize("size", [4, 9 << 20])
def test_a_former_state_is_written_again_with_its_properties(store: S3Store, size: int) -> None:
    content = Source(size, lambda: io.BytesIO(bytes(size)))
    store.write(_A, content, properties=_GIVEN)
    former = next(store.versions(_A)).id
    present = store.write(_A, b"new")
    with pytest.raises(ConditionFailed):
        store.restore(_A, former, when=ABSENT)
    with pytest.raises(ConditionFailed):
        store.restore(_A, former, when=IfVersion("stale"))
    info = store.restore(_A, former, when=IfVersion(present.version))

    assert store.read(_A).info.version == info.version
    assert store.read(_A).data == bytes(size)
    assert store.read(_A).properties == _GIVEN
    assert len(list(store.versions(_A))) == 3


def test_what_was_deleted_comes_back(store: S3Store) -> None:
    store.write(_A, b"one")
    store.write(_A, b"two", properties=_GIVEN)
    with pytest.raises(ConditionFailed):
        store.undelete(_A)
    store.delete(_A)
    store.delete(_A)
    info = store.undelete(_A)

    assert store.read(_A).info.version == info.version
    assert store.read(_A).data == b"two"
    assert store.read(_A).properties == _GIVEN
    with pytest.raises(ConditionFailed):
        store.undelete(_A)
    with pytest.raises(NotFound):
        store.undelete(Key("never"))


def test_a_bucket_that_keeps_no_versions_has_the_present_state_only(place: Place) -> None:
    with closing(s3(place)) as store:
        store.write(_A, b"one")
        store.write(_A, b"two")
        (state,) = store.versions(_A)

        assert state.current
        assert store.read_version(_A, state.id).data == b"two"
        store.delete(_A)
        with pytest.raises(NotFound):
            store.undelete(_A)


def test_a_former_state_that_is_archived_says_so(store: S3Store) -> None:
    store.write(_A, b"old", properties=Properties(tier="GLACIER"))
    former = next(store.versions(_A)).id
    store.write(_A, b"new")

    with pytest.raises(Archived):
        store.read_version(_A, former)
