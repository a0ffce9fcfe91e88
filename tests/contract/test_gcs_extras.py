"""Former states and storage classes of documents in a bucket of Google's."""

import io
import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
import requests

from app.store.backends.gcs import GCSStore
from app.store.contract import IfVersion, Properties, Source
from app.store.errors import ConditionFailed, NotFound, Unsupported
from app.store.extras import Leases, Tiers, Versions
from app.store.keys import Key
from tests.contract.stores import Place, gcs

pytestmark = pytest.mark.emulator

_A = Key("notes/a.md")
_GIVEN = Properties(content_type="text/markdown", metadata={"by": "hand"}, tier="NEARLINE")


@pytest.fixture
def store(gcs_url: str) -> Iterator[GCSStore]:
    name = f"versioned-{uuid.uuid4().hex}"
    # As infra would: no verb of a store switches it on.
    bucket = json.dumps({"name": name, "versioning": {"enabled": True}})
    requests.post(f"{gcs_url}/storage/v1/b?project=local", bucket, timeout=60).close()
    with closing(GCSStore(name, prefix="kb", endpoint_url=gcs_url)) as store:
        yield store


def test_every_state_is_listed_the_newest_first(store: GCSStore) -> None:
    written = [store.write(_A, data) for data in (b"one", b"two and more", b"three")]
    states = list(store.versions(_A))

    assert [state.info and state.info.version for state in states] == [
        info.version for info in reversed(written)
    ]
    assert [state.info and state.info.size_stored for state in states] == [5, 12, 3]
    assert [state.current for state in states] == [True, False, False]
    assert states[0].info == store.stat(_A)


def test_states_of_neighbours_are_not_listed(store: GCSStore) -> None:
    for raw in ("notes/a.md", "notes/a.md.bak", "notes/a.md/below", "notes/a.mdx", "notes/a.m"):
        store.write(Key(raw), b"data")

    assert [state.key for state in store.versions(_A)] == [_A]
    assert list(store.versions(Key("never"))) == []


def test_a_former_state_is_read_with_its_properties(store: GCSStore) -> None:
    first = store.write(_A, b"first", properties=_GIVEN)
    store.write(_A, b"second")
    blob = store.read_version(_A, first.version)

    assert (blob.data, blob.properties, blob.info) == (b"first", _GIVEN, first)


def test_a_restored_state_is_a_new_one_and_history_is_kept(store: GCSStore) -> None:
    first = store.write(_A, b"first", properties=_GIVEN)
    second = store.write(_A, b"second")
    restored = store.restore(_A, first.version, when=IfVersion(second.version))

    blob = store.read(_A)
    assert (blob.data, blob.properties, blob.info) == (b"first", _GIVEN, restored)
    assert restored.version not in (first.version, second.version)
    assert len(list(store.versions(_A))) == 3


def test_a_restore_holds_to_its_condition(store: GCSStore) -> None:
    first = store.write(_A, b"first")
    store.write(_A, b"second")
    with pytest.raises(ConditionFailed):
        store.restore(_A, first.version, when=IfVersion(first.version))

    assert store.read(_A).data == b"second"


def test_a_large_state_is_restored_part_by_part(store: GCSStore) -> None:
    data = bytes(range(256)) * (70 << 10)
    first = store.write(_A, Source(len(data), lambda: io.BytesIO(data)))
    store.write(_A, b"second")
    store.restore(_A, first.version)

    assert store.read(_A).data == data


def test_what_was_deleted_comes_back(store: GCSStore) -> None:
    store.write(_A, b"first")
    store.write(_A, b"second", properties=_GIVEN)
    store.delete(_A)
    former = list(store.versions(_A))
    store.undelete(_A)

    assert [state.current for state in former] == [False, False]
    assert (store.read(_A).data, store.read(_A).properties) == (b"second", _GIVEN)


def test_a_conditional_delete_can_be_undone_too(store: GCSStore) -> None:
    version = store.write(_A, b"data").version
    store.delete(_A, when=IfVersion(version))
    store.undelete(_A)

    assert store.read(_A).data == b"data"


def test_what_is_there_is_not_replaced_by_what_was_deleted(store: GCSStore) -> None:
    store.write(_A, b"first")
    store.delete(_A)
    store.write(_A, b"second")
    with pytest.raises(ConditionFailed):
        store.undelete(_A)

    assert store.read(_A).data == b"second"


@pytest.mark.parametrize("version_id", ["0", "", "nonsense", "1", "²"])
def test_a_state_that_never_was_is_not_found(store: GCSStore, version_id: str) -> None:
    store.write(_A, b"data")

    with pytest.raises(NotFound, match=_A):
        store.read_version(_A, version_id)
    with pytest.raises(NotFound, match=_A):
        store.restore(_A, version_id)
    with pytest.raises(NotFound, match="never"):
        store.undelete(Key("never"))


def test_a_bucket_that_keeps_nothing_has_the_current_state_alone(place: Place) -> None:
    with closing(gcs(place)) as store:
        store.write(_A, b"first")
        store.write(_A, b"second")
        assert [state.current for state in store.versions(_A)] == [True]
        store.delete(_A)

        assert list(store.versions(_A)) == []
        with pytest.raises(NotFound):
            store.undelete(_A)


def test_a_moved_document_keeps_its_bytes_and_properties(store: GCSStore) -> None:
    store.write(_A, b"data", properties=_GIVEN)
    moved = store.set_tier(_A, "ARCHIVE")

    blob = store.read(_A)
    assert moved.tier == "ARCHIVE"
    assert (blob.info, blob.data) == (moved, b"data")
    assert blob.properties == replace(_GIVEN, tier="ARCHIVE")


def test_a_document_that_is_there_already_is_left_alone(store: GCSStore) -> None:
    written = store.write(_A, b"data", properties=_GIVEN)

    assert store.set_tier(_A, "NEARLINE") == written


def test_a_move_holds_to_its_condition(store: GCSStore) -> None:
    stale = store.write(_A, b"one").version
    fresh = store.write(_A, b"two").version
    with pytest.raises(ConditionFailed, match=_A):
        store.set_tier(_A, "COLDLINE", when=IfVersion(stale))

    assert store.stat(_A).tier == "STANDARD"
    assert store.set_tier(_A, "COLDLINE", when=IfVersion(fresh)).tier == "COLDLINE"


def test_what_cannot_be_moved_says_so(store: GCSStore) -> None:
    store.write(_A, b"data")

    with pytest.raises(NotFound, match="missing"):
        store.set_tier(Key("missing"), "COLDLINE")
    with pytest.raises(Unsupported, match="STANDARD, NEARLINE, COLDLINE, ARCHIVE"):
        store.set_tier(_A, "Cool")


def test_nothing_has_to_be_asked_for(store: GCSStore) -> None:
    store.write(_A, b"data", properties=Properties(tier="ARCHIVE"))

    assert store.read(_A).data == b"data"
    with pytest.raises(Unsupported, match="read at once"):
        store.rehydrate(_A)
    with pytest.raises(NotFound, match="missing"):
        store.rehydrate(Key("missing"))


def test_only_what_could_be_tested_is_claimed(store: GCSStore) -> None:
    assert isinstance(store, Tiers)
    assert isinstance(store, Versions)
    assert not isinstance(store, Leases)
