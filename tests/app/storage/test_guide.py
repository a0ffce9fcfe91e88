"""The guide's table of promises, row by row, on each of the four storages that it names."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from app import CachedBlobStorage, MonitoredBlobStorage
from app.storage import BlobStorage
from app.store.contract import Blob
from app.store.errors import StoreError, Unavailable
from app.store.keys import Key
from app.store.layers.base import Layer
from tests.app.storage.places import CONFIGS, Place, place_of

CHANGED: Final = "File was modified by another agent. Please retry."
TREE: Final = dict.fromkeys(("a/b/two.md", "a/one.md", "a/three.txt", "ab/four.md", "top.md"), "x")


@dataclass(frozen=True)
class Row:
    """With these files there, this call answers this; a dict may answer more than is named here."""

    promised: str
    call: Callable[["Agents"], Any]
    answers: Any
    given: Mapping[str, str] = field(default_factory=dict)


class Agents:
    """Two agents at one place, and whatever else a row opens there."""

    def __init__(self, place: Place, opened: ExitStack) -> None:
        self.place = place
        self._opened = opened
        self.own = self.opens()
        self.other = self.opens()

    def opens(self, **options: Any) -> BlobStorage:
        return self._opened.enter_context(self.place.open(**options))


def appended_by_several(agents: Agents) -> str:
    storages = [agents.own, agents.other, agents.opens()] * 3
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda storage: storage.write_file("log", "line\n", "a"), storages))
    return str(agents.own.read_file("log")["content"])


def written_over_another(agents: Agents) -> list[Any]:
    etag = agents.own.read_file("a.md")["etag"]
    agents.other.write_file("a.md", "theirs")
    return [
        agents.own.write_file_with_etag("a.md", "own", etag),
        agents.own.read_file("a.md")["content"],
    ]


def locked_and_released(agents: Agents) -> list[Any]:
    own, other = agents.own, agents.other
    lease_id = own.acquire_lock("a.md", timeout=60)
    refused = [other.write_file("a.md", "theirs"), other.delete_file("a.md")]
    return [
        *(answer["code"] for answer in refused),
        own.write_file("a.md", "own")["success"],
        own.release_lock("a.md", lease_id)["success"],
        other.write_file("a.md", "theirs", "a")["success"],
        own.read_file("a.md")["content"],
    ]


def lost_a_lock(agents: Agents) -> list[Any]:
    own, other = agents.own, agents.other
    lost = own.acquire_lock("a.md")
    other.release_lock("a.md", lost)
    other.write_file("a.md", "newer")
    return [own.write_file("a.md", "stale")["success"], own.read_file("a.md")["content"]]


class Unreadable(Layer):
    """Cannot read one file."""

    def read_many(self, keys: Iterable[Key]) -> Iterator[Blob | StoreError]:
        asked = list(keys)
        for key, answer in zip(asked, self.inner.read_many(asked), strict=True):
            yield Unavailable(f"{key} is not answered", key=key) if key == "bad.md" else answer


def searched_beside_an_unreadable_file(agents: Agents) -> list[list[str]]:
    answer = BlobStorage(Unreadable(agents.own.store)).search_files("word")
    return [[each["path"] for each in answer[name]] for name in ("matches", "unreadable")]


def read_around(cached: BlobStorage, agents: Agents) -> list[str]:
    contents = [cached.read_file("a.md")["content"]]
    agents.other.write_file("a.md", "theirs")
    contents.append(cached.read_file("a.md")["content"])
    cached.write_file("a.md", "own")
    return [*contents, cached.read_file("a.md")["content"]]


def logged(call: Callable[[], Any]) -> list[str]:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign] # a list is all
    logger = logging.getLogger("app.store")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        call()
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    return [re.sub(r"\d+\.\d{3}", "N.NNN", line) for line in lines]


def paths(answer: dict[str, Any]) -> list[str]:
    return [file["path"] for file in answer["files"]]


# fmt: off
TABLE: Final = (
    Row("read_file answers the content, its path and its size in characters",
        lambda agents: agents.own.read_file(file_path="문서.md"),
        {"success": True, "content": "하나\r\n", "file_path": "문서.md", "size": 4, "size_bytes": 8},
        given={"문서.md": "하나\r\n"}),
    Row("read_file of a missing file answers an error and no content",
        lambda agents: agents.own.read_file("no/such.md"),
        {"success": False, "error": "File not found: no/such.md", "content": None}),
    Row("write_file answers a message, the path and the size",
        lambda agents: agents.own.write_file(file_path="a.md", content="하나", mode="w"),
        {"success": True, "message": "Successfully wrote to a.md", "file_path": "a.md", "size": 2}),
    Row("write_file replaces",
        lambda agents: [agents.own.write_file("a.md", "new")["success"],
                        agents.other.read_file("a.md")["content"]],
        [True, "new"],
        given={"a.md": "old"}),
    Row("write_file in mode a appends",
        lambda agents: [agents.own.write_file("a.md", "둘", mode="a")["size"],
                        agents.other.read_file("a.md")["content"]],
        [4, "1번\n둘"],
        given={"a.md": "1번\n"}),
    Row("an append loses nothing when several agents append",
        appended_by_several,
        "line\n" * 9),
    Row("list_files answers path, name and size in bytes",
        lambda agents: agents.own.list_files(directory="a", pattern="*"),
        {"success": True, "count": 1,
         "files": [{"path": "a/하나.md", "name": "하나.md", "size": 6, "size_bytes": 6}]},
        given={"a/하나.md": "하나", "ab/c.md": "x"}),
    Row("list_files knows *",
        lambda agents: paths(agents.own.list_files()),
        ["top.md"],
        given=TREE),
    Row("list_files knows **",
        lambda agents: paths(agents.own.list_files("", "**/*")),
        sorted(TREE),
        given=TREE),
    Row("list_files knows ? and []",
        lambda agents: paths(agents.own.list_files("a", "o?[e].md")),
        ["a/one.md"],
        given=TREE),
    Row("list_files of a never lists ab/",
        lambda agents: paths(agents.own.list_files("a", "**/*")),
        ["a/b/two.md", "a/one.md", "a/three.txt"],
        given=TREE),
    Row("delete_file deletes",
        lambda agents: [agents.own.delete_file("a.md")["success"],
                        agents.other.read_file("a.md")["content"]],
        [True, None],
        given={"a.md": "x"}),
    Row("delete_file of a missing file is a failure",
        lambda agents: agents.own.delete_file("no/such.md"),
        {"success": False, "error": "File not found: no/such.md"}),
    Row("search_files finds lines in any case, at most five of a file",
        lambda agents: agents.own.search_files("WORD", directory="", file_pattern="*.md"),
        {"success": True, "count": 2, "search_text": "WORD",
         "matches": [
             {"path": "a.md", "name": "a.md", "matching_lines": [(2, "A word here")],
              "matching_lines_total": 1},
             {"path": "b/b.md", "name": "b.md",
              "matching_lines": [(number, "Word") for number in range(1, 6)],
              "matching_lines_total": 7}]},
        given={"a.md": "1\n  A word here\n", "b/b.md": "Word\n" * 7, "c.txt": "word"}),
    Row("search_files reports an unreadable file, which hides no other",
        searched_beside_an_unreadable_file,
        [["a.md"], ["bad.md"]],
        given={"a.md": "a word", "bad.md": "a word"}),
    Row("a failure is an answer: success, error and code",
        lambda agents: agents.own.write_file("../outside", "x"),
        {"success": False, "code": "invalid_path"}),
    Row("read_file and write_file_with_etag answer the etag",
        lambda agents: agents.own.write_file_with_etag("a.md", "x")["etag"]
                       == agents.other.read_file("a.md")["etag"],
        True),
    Row("write_file_with_etag replaces what the etag is of",
        lambda agents: agents.own.write_file_with_etag(
            "a.md", "new", etag=agents.other.read_file("a.md")["etag"]),
        {"success": True},
        given={"a.md": "old"}),
    Row("write_file_with_etag leaves what another agent has written",
        written_over_another,
        [{"success": False, "error": CHANGED, "code": "conflict"}, "theirs"],
        given={"a.md": "old"}),
    Row("acquire_lock refuses other writers until release_lock",
        locked_and_released,
        ["locked", "locked", True, True, True, "owntheirs"],
        given={"a.md": "old"}),
    Row("a stale holder never replaces newer content",
        lost_a_lock,
        [False, "newer"],
        given={"a.md": "old"}),
    Row("batch_read_files answers in the order asked, and one failure fails no other",
        lambda agents: [answer["content"] for answer
                        in agents.own.batch_read_files(file_paths=["b", "no", "a"])],
        ["B", None, "A"],
        given={"a": "A", "b": "B"}),
    Row("CachedBlobStorage answers from its cache, and never stale after an own write",
        lambda agents: read_around(CachedBlobStorage(agents.own, cache_ttl=300), agents),
        ["old", "old", "own"],
        given={"a.md": "old"}),
    Row("cache_ttl= on the class does the same",
        lambda agents: read_around(agents.opens(cache_ttl=300), agents),
        ["old", "old", "own"],
        given={"a.md": "old"}),
    Row("MonitoredBlobStorage logs one line per call",
        lambda agents: logged(lambda: MonitoredBlobStorage(agents.own).read_file("a.md")),
        ["READ a.md: True (N.NNNs)"],
        given={"a.md": "x"}),
    Row("monitored=True on the class does the same",
        lambda agents: logged(lambda: agents.opens(monitored=True).read_file("a.md")),
        ["READ a.md: True (N.NNNs)"],
        given={"a.md": "x"}),
    Row("KnowledgeBaseAgent stands on it by storage_type and storage_config",
        lambda agents: agents.place.agent().storage.read_file("a.md")["content"],
        "x",
        given={"a.md": "x"}),
)
# fmt: on


@pytest.fixture(
    params=[
        pytest.param(name, marks=[] if name == "filesystem" else [pytest.mark.emulator])
        for name in CONFIGS
    ]
)
def agents(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Agents]:
    with ExitStack() as opened:
        yield Agents(place_of(request.param, tmp_path, request), opened)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.promised)
def test_the_guides_table(row: Row, agents: Agents) -> None:
    for path, content in row.given.items():
        assert agents.own.write_file(path, content)["success"]
    answer = row.call(agents)

    if isinstance(row.answers, dict):
        answer = {name: answer[name] for name in row.answers}
    assert answer == row.answers
