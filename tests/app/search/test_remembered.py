"""Remembered reads: fewer fetches, never an old document."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from app.search import SearchResult, search
from app.search.remembered import Memory, RememberedReads
from app.store.backends.memory import MemoryStore
from app.store.contract import Blob
from app.store.errors import StoreError
from app.store.keys import Key, parse_key


class Counting(MemoryStore):
    """Notes every document that is fetched."""

    def __init__(self, *paths: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        for path in paths:
            self.write(parse_key(path), b"text\n")

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        wanted = list(keys)
        self.fetched += wanted
        return super().read_many(wanted)


def found(store: MemoryStore, memory: Memory, text: str) -> SearchResult:
    return search(RememberedReads(store, memory), text)


def test_a_second_search_fetches_nothing_again() -> None:
    store = Counting("a.md", "b.md")
    memory = Memory()

    results = [found(store, memory, "text"), found(store, memory, "TEXT")]

    assert results[0] == results[1] == search(store, "text")
    assert store.fetched[:-2] == ["a.md", "b.md"]


def test_searches_that_run_at_once_fetch_each_document_once() -> None:
    store = Counting("a.md", "b.md")
    memory = Memory()

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda text: found(store, memory, text), ["text"] * 16))

    assert len(results[0].matches) == 2
    assert results == [results[0]] * 16
    assert sorted(store.fetched) == ["a.md", "b.md"]


def test_a_changed_document_is_fetched_again() -> None:
    store = Counting("a.md")
    memory = Memory()
    found(store, memory, "text")
    store.write(parse_key("a.md"), b"other\n")

    assert found(store, memory, "text").matches == ()
    assert len(found(store, memory, "other").matches) == 1
    assert store.fetched == ["a.md", "a.md"]


def test_a_deleted_document_is_no_longer_found() -> None:
    store = Counting("a.md")
    memory = Memory()
    found(store, memory, "text")
    store.delete(parse_key("a.md"))

    assert found(store, memory, "text").matches == ()


def test_what_does_not_fit_is_fetched_each_time() -> None:
    store = Counting("a.md", "b.md")
    memory = Memory(bytes_max=5)

    first, second = found(store, memory, "text"), found(store, memory, "text")

    assert first == second
    assert store.fetched == ["a.md", "b.md", "b.md"]
