"""Laws of several writers and readers at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from app.store.conformance.conditions import a_condition_that_cannot_be_checked_is_refused
from app.store.conformance.expecting import content_of
from app.store.conformance.law import only_where
from app.store.contract import ABSENT, BlobStore, IfVersion, When
from app.store.errors import ConditionFailed
from app.store.keys import Key
from app.store.operations import append

_A = Key("notes/a.md")
_WRITERS = 16


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def of_many_creators_one_wins(store: BlobStore) -> None:
    """Sixteen at once, also with equal bytes; what is stored is the winner's."""
    different = [b"%02d" % number for number in range(_WRITERS)]
    for contents in [different, [b"equal"] * _WRITERS] * 2:
        winners = _race(store, ABSENT, contents)

        assert winners == [content_of(store, _A)]
        store.delete(_A)


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def of_many_editors_of_one_version_one_wins(store: BlobStore) -> None:
    """The others are refused, and nothing of theirs is stored."""
    version = store.write(_A, b"old").version
    winners = _race(store, IfVersion(version), [b"%02d" % number for number in range(_WRITERS)])

    assert winners == [content_of(store, _A)]


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def concurrent_appends_lose_nothing(store: BlobStore) -> None:
    """Each arrives whole and once, also two of equal bytes."""
    lines = [b"line %d\n" % (number // 2) for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda line: append(store, _A, line), lines))

    assert sorted(store.read(_A).data.splitlines(keepends=True)) == sorted(lines)


def no_reader_sees_half_a_write(store: BlobStore) -> None:
    """Bytes and version belong together, also while others write."""
    contents = [bytes([value]) * (40_000 + value) for value in range(4)]
    versions = {store.write(_A, contents[0]).version: contents[0]}
    with ThreadPoolExecutor(4) as pool:
        writes = [pool.submit(store.write, _A, data) for data in contents * 6]
        seen = [store.read(_A)]
        # As long as somebody writes: one read at the wrong moment is what is looked for.
        while not all(write.done() for write in writes):
            seen.append(store.read(_A))
        for write, data in zip(writes, contents * 6, strict=True):
            versions[write.result().version] = data

    for blob in seen:
        assert blob.data in contents
        # A version that a racing write has returned belongs to that write's bytes.
        assert versions.get(blob.info.version, blob.data) == blob.data


def writers_and_deleters_of_neighbours_do_not_disturb_each_other(store: BlobStore) -> None:
    """Blobs whose folders come and go with their neighbours."""
    keys = [Key(f"deep/{number % 2}/er/{number:02}") for number in range(32)]

    def work(number: int) -> None:
        for _ in range(3):
            store.write(keys[number], b"data")
            store.delete(keys[number])
        if number % 2:
            store.write(keys[number], b"stays")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(32)))

    assert sorted(info.key for info in store.scan()) == sorted(keys[1::2])


def _race(store: BlobStore, when: When, contents: list[bytes]) -> list[bytes]:
    """Write all contents at one moment; return those that were written."""
    start = Barrier(len(contents))

    def write(data: bytes) -> bytes | None:
        start.wait()
        try:
            store.write(_A, data, when=when)
        except ConditionFailed:
            return None
        return data

    with ThreadPoolExecutor(len(contents)) as pool:
        return [data for data in pool.map(write, contents) if data is not None]
