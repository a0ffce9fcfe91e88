"""Exact search: the same lines as a naive reading of every document."""

from collections.abc import Iterable, Iterator
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search import exact, fold, search
from app.store.backends.memory import MemoryStore
from app.store.contract import Blob
from app.store.errors import NotFound, StoreError, Unavailable
from app.store.keys import Key, parse_key


def store_of(documents: dict[str, bytes]) -> MemoryStore:
    store = MemoryStore()
    for path, data in documents.items():
        store.write(parse_key(path), data)
    return store


def naive(documents: dict[str, bytes], text: str) -> list[tuple[str, int, str]]:
    """The rule, line by line and byte by byte, without any of the program's code."""

    def folded(words: str) -> str:
        return normalize("NFC", normalize("NFC", words).casefold())

    wanted = folded(text)
    found = []
    for path in sorted(documents, key=str.encode):
        for number, raw in enumerate(documents[path].split(b"\n"), start=1):
            line = raw.decode("utf-8", errors="replace")
            line = line[:-1] if line.endswith("\r") else line
            if wanted and "\n" not in wanted and wanted in folded(line):
                found.append((path, number, line))
    return found


def found(documents: dict[str, bytes], text: str) -> list[tuple[str, int, str]]:
    result = search(store_of(documents), text, lines_max=10_000)
    return [(match.key, number, line) for match in result.matches for number, line in match.lines]


SNIPPETS = st.sampled_from(
    [
        "straße", "STRASSE", "İstanbul", "istanbul", "ΣΊΣΥΦΟΣ", "σίσυφος", "설정", "재설정을", "é", "e\u0301",
        "ﬁle", "a", "A", " ", "\t", "\r", "\r\n", "\n", "\u2028", "\x85", "\x0c", "\ufeff", "\u0345",
        "ᄀ", "ᅡ", "ᆨ", "가", "각", "x",
    ]
)  # fmt: skip
TEXTS = st.lists(
    st.one_of(SNIPPETS, st.text(st.characters(codec="utf-8"), max_size=3)), max_size=8
).map("".join)
FORMS = st.sampled_from(["NFC", "NFD", "NFKD"])
BYTES = st.one_of(
    st.builds(lambda text, form: normalize(form, text).encode(), TEXTS, FORMS),
    st.binary(max_size=12),
)  # fmt: skip


@given(documents=st.dictionaries(st.sampled_from(["a.md", "b/나.md", "b/c.md"]), BYTES), text=TEXTS)
def test_it_finds_the_lines_that_a_naive_reading_finds(
    documents: dict[str, bytes], text: str
) -> None:
    assert found(documents, text) == naive(documents, text)


@given(
    text=TEXTS,
    start=st.integers(0, 8),
    length=st.integers(1, 4),
)
def test_any_part_of_a_line_finds_it_in_any_form(text: str, start: int, length: int) -> None:
    part = text.split("\n")[0].removesuffix("\r")[start : start + length]

    documents = {"a.md": normalize("NFD", text).encode()}

    assert found(documents, normalize("NFD", part)) == naive(documents, part)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Straße", "STRASSE"), ("İstanbul", "i̇stanbul"), ("ΟΔΟΣ", "οδος"),
        (normalize("NFD", "설정을 바꾼다"), "설정"), ("설정", normalize("NFD", "설정")),
        ("KB_STACK", "kb_stack"), ("α\u0345\u0301", "ᾴ"),
    ],
)  # fmt: skip
def test_case_and_unicode_form_do_not_count(line: str, text: str) -> None:
    assert found({"a.md": line.encode()}, text) == [("a.md", 1, line)]


def test_a_letter_is_not_found_inside_a_composed_one() -> None:
    assert found({"a.md": "e\u0301".encode()}, "e") == []


def test_lines_end_at_line_feeds_alone() -> None:
    assert found({"a.md": "one\u2028two\x0c\r\nthree".encode()}, "three") == [("a.md", 2, "three")]


@pytest.mark.parametrize("text", ["", "\n", "one\ntwo"])
def test_text_that_is_in_no_line_is_not_found(text: str) -> None:
    assert found({"a.md": b"one\ntwo\n\n"}, text) == []


def test_matches_come_in_the_order_of_their_keys_bytes() -> None:
    documents = dict.fromkeys(["나.md", "a/b.md", "a.md", "B.md", "～.md", "🚚.md"], b"x")

    assert [path for path, _, _ in found(documents, "x")] == sorted(documents, key=str.encode)


def test_lines_are_cut_per_document_and_the_rest_is_counted() -> None:
    match = search(store_of({"a.md": b"x\n" * 9}), "x", lines_max=2).matches[0]

    assert [number for number, _ in match.lines] == [1, 2]
    assert match.lines_total == 9


def test_a_folder_is_not_its_neighbour() -> None:
    store = store_of({"a/x.md": b"x", "ab/x.md": b"x"})

    assert [match.key for match in search(store, "x", prefix="a/").matches] == ["a/x.md"]


def test_our_own_records_are_never_searched() -> None:
    store = store_of({".kb/index": b"x", "a.md": b"x"})

    assert [match.key for match in search(store, "x").matches] == ["a.md"]
    assert search(store, "x", prefix=".kb/").matches == ()


def test_documents_left_out_by_name_are_not_read() -> None:
    result = search(
        store_of({"a.md": b"x", "a.txt": b"x"}), "x", matches_name=lambda key: key.endswith(".md")
    )

    assert (len(result.matches), result.documents) == (1, 1)


class Failing(MemoryStore):
    """Some reads fail."""

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        errors: dict[str, StoreError] = {
            "down.md": Unavailable("down.md is not answered", key="down.md"),
            "gone.md": NotFound("gone.md is gone", key="gone.md"),
        }
        keys = list(keys)
        for key, blob in zip(keys, super().read_many(keys), strict=True):
            yield errors.get(key, blob)


def test_an_unreadable_document_is_named_and_hides_no_other() -> None:
    store = Failing()
    for name in ("down.md", "gone.md", "here.md"):
        store.write(parse_key(name), b"x")

    result = search(store, "x")

    assert [match.key for match in result.matches] == ["here.md"]
    assert result.unreadable == (("down.md", "down.md is not answered"),)


def test_a_document_too_large_to_be_searched_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "DOCUMENT_BYTES_MAX", 3)

    result = search(store_of({"big.md": b"xxxx", "small.md": b"xxx"}), "x")

    assert [match.key for match in result.matches] == ["small.md"]
    assert [key for key, _ in result.unreadable] == ["big.md"]


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
