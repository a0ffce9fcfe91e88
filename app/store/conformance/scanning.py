"""Laws of scan."""

from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import Event

from app.store.conformance.expecting import keys_of
from app.store.contract import BlobStore, Upload
from app.store.errors import StoreError
from app.store.keys import Key

# An emoji sorts behind U+FF5E in UTF-8 and before it in UTF-16; "a-b" lies between the folder "a" and "a/b".
# No two are twins, which some stores take for one.
_KEYS = ("B", "a-b", "a/b", "a/c/d", "a/c-d", "a0", "c", "～", "🙂", "ü/ñ", "foo/x", "foobar", "fo")


def a_scan_finds_every_blob_once(store: BlobStore) -> None:
    """At every depth, with the state that `stat` shows."""
    _fill(store, _KEYS)
    found = list(store.scan())

    assert sorted(info.key for info in found) == sorted(_KEYS)
    for info in found:
        shown = store.stat(info.key)
        assert (info.version, info.size_stored) == (shown.version, shown.size_stored)
        assert abs(info.modified - shown.modified).total_seconds() < 1


def a_scan_is_sorted_where_promised(store: BlobStore) -> None:
    """In the order of the keys' UTF-8 bytes, where `sorted_scan`."""
    _fill(store, _KEYS)
    keys = keys_of(store.scan())

    if store.capabilities.sorted_scan:
        assert keys == sorted(keys, key=str.encode)
    assert len(keys) == len(_KEYS)


def a_scan_of_an_empty_store_is_empty(store: BlobStore) -> None:
    """So is one of a prefix that no key has."""
    assert list(store.scan()) == []
    store.write(Key("a"), b"data")
    assert list(store.scan("nothing/")) == []
    assert list(store.scan("a/")) == []


def a_prefix_is_plain_text(store: BlobStore) -> None:
    """`foo` finds `foo/x` and `foobar`; a directory is `foo/`; no character has a meaning of its own."""
    keys = (*_KEYS, "100%/a b", "100%25/a", "x+y/[1]*?.md")
    _fill(store, keys)
    for prefix in (
        "foo",
        "foo/",
        "f",
        "a/c",
        "a/c/",
        "a/c-",
        "ü",
        "～",
        "100%",
        "100%/a ",
        "x+y/[1]*",
    ):
        expected = sorted(key for key in keys if key.startswith(prefix))

        assert sorted(keys_of(store.scan(prefix))) == expected
        assert expected


def a_scan_resumes_after_a_key(store: BlobStore) -> None:
    """`after` need not exist; with a prefix both hold."""
    _fill(store, _KEYS)
    for after in (
        "",
        "a",
        "a/b",
        "a/c/",
        "a/c/d",
        "foo/",
        "zz",
        "～",
    ):
        for prefix in ("", "a/", "foo", "～"):
            expected = sorted(key for key in _KEYS if key.startswith(prefix) and key > after)

            assert sorted(keys_of(store.scan(prefix, after=after))) == expected, (prefix, after)


def a_scan_goes_through_all_pages(store: BlobStore) -> None:
    """Services list up to 5,000 names at once; run the laws on a store with small pages as well."""
    expected = {f"many/{number % 7}/{number:04}" for number in range(150)}
    uploads = (Upload(Key(raw), b"") for raw in expected)
    for answer in store.write_many(uploads):
        assert not isinstance(answer, StoreError), answer

    found = keys_of(store.scan("many/"))
    assert len(found) == len(expected)
    assert set(found) == expected


def a_scan_finds_what_exists_all_the_time(store: BlobStore) -> None:
    """Whatever else is written, replaced and deleted between its steps."""
    steady = [f"steady/{number:02}" for number in range(12)]
    passing = [f"passing/{number:02}" for number in range(12)]
    _fill(store, (*steady, *passing))
    scan = store.scan()
    found = keys_of(islice(scan, 5))
    for number in range(12):
        store.delete(Key(passing[number]))
        store.write(Key(steady[number]), b"replaced")
        store.write(Key(f"new/{number:02}"), b"new")
    found += keys_of(scan)

    assert set(steady) <= set(found)
    assert len(found) == len(set(found))


def a_scan_during_writes_loses_nothing(store: BlobStore) -> None:
    """Other threads write, replace and delete around it: what stays is found, each once."""
    steady = {f"steady/{number:02}" for number in range(16)}
    _fill(store, tuple(steady))
    done = Event()

    def disturb(number: int) -> None:
        key = Key(f"passing/{number}/x")
        while not done.is_set():
            store.write(key, b"data")
            store.delete(key)

    with ThreadPoolExecutor(3) as pool:
        try:
            writers = [pool.submit(disturb, number) for number in range(3)]
            found = [keys_of(store.scan()) for _ in range(4)]
        finally:
            done.set()
        for writer in writers:
            writer.result()

    for keys in found:
        assert steady <= set(keys)
        assert len(keys) == len(set(keys))


def a_scan_left_early_leaves_the_store_usable(store: BlobStore) -> None:
    """A reader may stop when it has what it wanted."""
    _fill(store, _KEYS)
    scan = store.scan()
    next(scan)
    del scan
    store.write(Key("later"), b"data")

    assert "later" in keys_of(store.scan())


def _fill(store: BlobStore, raws: tuple[str, ...]) -> None:
    for raw in raws:
        store.write(Key(raw), raw.encode())
