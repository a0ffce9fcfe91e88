"""One blob, read and written by the bulk verbs."""

from collections.abc import Callable

from app.store.contract import (
    ALWAYS,
    NO_PROPERTIES,
    Blob,
    BlobInfo,
    Properties,
    Upload,
    When,
)
from app.store.errors import NotFound, StoreError
from app.store.keys import Key
from tests.contract.relay import Fate, Request
from tests.contract.services import ServiceStore

A = Key("a.md")
DATA = b"data, and a little more of it"


def only_read(store: ServiceStore) -> Blob | StoreError:
    (answer,) = store.read_many([A])
    return answer


def only_blob(store: ServiceStore) -> Blob:
    answer = only_read(store)
    assert isinstance(answer, Blob), answer
    return answer


def only_write(
    store: ServiceStore, *, when: When = ALWAYS, properties: Properties = NO_PROPERTIES
) -> BlobInfo | StoreError:
    (answer,) = store.write_many([Upload(A, DATA, when, properties)])
    return answer


def only_info(store: ServiceStore, *, properties: Properties = NO_PROPERTIES) -> BlobInfo:
    answer = only_write(store, properties=properties)
    assert isinstance(answer, BlobInfo), answer
    return answer


def stored(store: ServiceStore) -> bytes | None:
    try:
        return store.read(A).data
    except NotFound:
        return None


def once(fate: Fate, method: str) -> Callable[[Request], Fate]:
    fates: list[Fate] = [fate]
    return lambda request: fates.pop() if fates and request.method == method else "pass"
