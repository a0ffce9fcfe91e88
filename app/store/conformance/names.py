"""Laws of the keys that a store holds."""

import unicodedata

from app.store.conformance.expecting import content_of, keys_of, refused
from app.store.contract import BlobStore
from app.store.errors import InvalidKey, NotFound
from app.store.keys import KEY_BYTES_MAX, Key, parse_key

_STRANGE = (
    "a b",
    " surrounded ",
    "a%2Fb",
    "%",
    "50%25.md",
    "c#sharp.md",
    "what?.md",
    "a+b&c=d;e,f",
    'it\'s "quoted"',
    "<angle> & ampersand",
    "tilde~.md",
    "-dash",
    ".hidden",
    "..two dots",
    "...dots/x",
    "star*[1]{2}.md",
    "col:on|pipe@at!$()",
    "백업/복원 절차.md",
    unicodedata.normalize("NFD", "백업/분해형.md"),
    "日本/語.md",
    "עברית/ملف.md",
    "🙂/😀 👩‍👩‍👧.md",
    "\ue000private",
    "no\u00a0break",
    "x" * 200,
    "/".join(["d"] * 100),
    ".kb/index",
    "con.txt",
)


def any_valid_key_comes_back_unchanged(store: BlobStore) -> None:
    """Spaces, percent signs, everything with a meaning in a URL, Hangul in both forms, emoji."""
    for raw in _STRANGE:
        key = parse_key(raw)
        written = store.write(key, raw.encode())

        assert written.key == key
        assert keys_of(store.scan(raw)) == [raw]
    for raw in _STRANGE:
        blob = store.read(Key(raw))
        assert (blob.info.key, blob.data) == (raw, raw.encode())
    assert sorted(keys_of(store.scan())) == sorted(_STRANGE)
    for raw in _STRANGE:
        store.delete(Key(raw))
    assert list(store.scan()) == []


def names_alike_are_different_blobs_where_promised(store: BlobStore) -> None:
    """Upper and lower case, composed and decomposed: two where `exact_names`, else the last write's."""
    pairs = (
        ("Readme.md", "README.md"),
        tuple(unicodedata.normalize(f, "é가") for f in ("NFC", "NFD")),
    )
    for first, second in pairs:
        store.write(Key(first), b"first")
        store.write(Key(second), b"second")

        if store.capabilities.exact_names:
            assert content_of(store, Key(first)) == b"first"
        assert content_of(store, Key(second)) == b"second"
        # Under whatever name it is listed, it is read.
        for key in keys_of(store.scan()):
            assert content_of(store, Key(key)) is not None


def a_key_may_be_a_folder_too_where_promised(store: BlobStore) -> None:
    """Where `flat_keys`, `a` and `a/b` both exist; elsewhere the second is InvalidKey."""
    for first, second in (("a", "a/b"), ("c/d/e", "c/d"), ("f", "f/g/h")):
        store.write(Key(first), b"first")
        if store.capabilities.flat_keys:
            store.write(Key(second), b"second")
            assert content_of(store, Key(second)) == b"second"
        else:
            with refused(InvalidKey, key=second):
                store.write(Key(second), b"second")
            assert content_of(store, Key(second)) is None
        assert content_of(store, Key(first)) == b"first"


def a_folder_ends_with_its_last_blob(store: BlobStore) -> None:
    """After `a/b/c` was deleted, `a/b` and `a` may be written."""
    for raw in ("a/b/c", "a/b", "a"):
        store.write(Key(raw), raw.encode())
        assert keys_of(store.scan()) == [raw]
        store.delete(Key(raw))


def the_longest_key_is_held(store: BlobStore) -> None:
    """1,024 bytes of UTF-8, in segments of at most `segment_bytes_max`; behind a prefix of its own, fewer.

    Then it may be too long for the service, which is InvalidKey; 512 bytes are held behind every prefix.
    """
    key = _of_length(KEY_BYTES_MAX)
    try:
        store.write(key, b"long")
    except InvalidKey:
        assert keys_of(store.scan()) == []
        key = _of_length(KEY_BYTES_MAX // 2)
        store.write(key, b"long")

    assert content_of(store, key) == b"long"
    assert keys_of(store.scan()) == [key]


def a_segment_longer_than_promised_is_refused(store: BlobStore) -> None:
    """InvalidKey where `segment_bytes_max` is exceeded; elsewhere it is held. Reading it is NotFound."""
    longest = store.capabilities.segment_bytes_max or KEY_BYTES_MAX - 10
    held, too_long = parse_key("s" * longest), Key("t" * (longest + 1))
    store.write(held, b"data")
    assert content_of(store, held) == b"data"
    if store.capabilities.segment_bytes_max is not None:
        with refused(InvalidKey, key=too_long):
            store.write(too_long, b"data")
        with refused(NotFound, key=too_long):
            store.read(too_long)
        store.delete(too_long)
    assert keys_of(store.scan()) == [held]


def _of_length(length: int) -> Key:
    segments = ["가" * 80] * (length // 241)
    rest = "k" * (length - 241 * len(segments))
    return parse_key("/".join([*segments, rest]))
