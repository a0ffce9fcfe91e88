"""The guide's promises, row by row, on every storage."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.storage import BlobStorage
from app.store.keys import Key


def test_a_file_is_written_and_read(storage: BlobStorage) -> None:
    written = storage.write_file("docs/안녕.md", "첫 줄\r\nsecond 🙂\n")
    read = storage.read_file(file_path="docs/안녕.md")

    assert written == {
        "success": True,
        "message": "Successfully wrote to docs/안녕.md",
        "file_path": "docs/안녕.md",
        "size": 14,
        "size_bytes": 21,
        "etag": read["etag"],
    }
    assert read == {
        "success": True,
        "content": "첫 줄\r\nsecond 🙂\n",
        "file_path": "docs/안녕.md",
        "size": 14,
        "size_bytes": 21,
        "etag": written["etag"],
    }


def test_a_write_replaces_and_an_append_adds(storage: BlobStorage) -> None:
    storage.write_file("a.md", "old")
    storage.write_file("a.md", "하나\n", mode="w")
    appended = storage.write_file("a.md", "둘\n", mode="a")
    created = storage.write_file("new.md", "x", mode="a")

    assert (appended["success"], appended["size"], appended["size_bytes"]) == (True, 5, 11)
    assert storage.read_file("a.md")["content"] == "하나\n둘\n"
    assert storage.read_file("a.md")["etag"] == appended["etag"]
    assert created["success"]
    assert storage.read_file("new.md")["content"] == "x"


def test_appends_of_several_agents_all_arrive(storage: BlobStorage) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: storage.write_file("log", "same line\n", "a"), range(12)))

    assert all(answer["success"] for answer in answers)
    assert storage.read_file("log")["content"] == "same line\n" * 12


def test_another_mode_is_refused_and_nothing_written(storage: BlobStorage) -> None:
    answer = storage.write_file("a.md", "x", mode="x")

    assert (answer["success"], answer["code"]) == (False, "invalid_mode")
    assert "'x'" in answer["error"]
    assert storage.list_files()["count"] == 0


def test_a_deleted_file_is_gone(storage: BlobStorage) -> None:
    storage.write_file("a.md", "x")

    assert storage.delete_file("a.md")["message"] == "Successfully deleted a.md"
    assert storage.read_file("a.md")["code"] == "not_found"
    assert storage.delete_file("a.md")["code"] == "not_found"


def test_bytes_that_are_no_text_are_neither_shown_nor_written_back(storage: BlobStorage) -> None:
    storage.store.write(Key("image.png"), b"\x89PNG\xff")

    read = storage.read_file("image.png")
    assert (read["success"], read["content"], read["code"]) == (False, None, "not_text")
    assert "image.png" in read["error"]
    assert storage.write_file("image.png", "text", mode="a")["code"] == "not_text"
    assert storage.store.read(Key("image.png")).data == b"\x89PNG\xff"


def test_half_a_character_is_not_written(storage: BlobStorage) -> None:
    assert storage.write_file("a.md", "x\ud800")["code"] == "not_text"
    assert storage.read_file("a.md")["code"] == "not_found"


@pytest.mark.parametrize(
    ("directory", "pattern", "expected"),
    [
        ("", "*", ["top.md"]),
        (
            "",
            "**/*",
            ["a/.five.md", "a/b/three.txt", "a/b/two.md", "a/one.md", "ab/four.md", "top.md"],
        ),
        ("", "**/*.txt", ["a/b/three.txt"]),
        ("", "a/*.md", ["a/.five.md", "a/one.md"]),
        ("a", "*", ["a/.five.md", "a/one.md"]),
        ("a/", "*", ["a/.five.md", "a/one.md"]),
        ("./a", "o?e.md", ["a/one.md"]),
        ("a", "**/t[wx]o.md", ["a/b/two.md"]),
        ("a/b", "**", ["a/b/three.txt", "a/b/two.md"]),
        (".", "[!t]*", []),
        ("/", "top.md", ["top.md"]),
        ("nowhere", "*", []),
        (".kb", "**/*", []),
        (".kb/index", "*", []),
    ],
)
def test_files_are_listed_by_glob(
    filled: BlobStorage, directory: str, pattern: str, expected: list[str]
) -> None:
    answer = filled.list_files(directory=directory, pattern=pattern)

    assert (answer["success"], answer["count"]) == (True, len(expected))
    assert [file["path"] for file in answer["files"]] == expected


def test_a_search_finds_lines_in_any_case(storage: BlobStorage) -> None:
    storage.write_file("a/one.md", "first\n  The WORD here  \nlast")
    storage.write_file("b/two.md", "\n".join(["word"] * 7))
    storage.write_file("b/three.txt", "nothing")
    storage.store.write(Key(".kb/word"), b"word")

    assert storage.search_files("Word") == {
        "success": True,
        "matches": [
            {
                "path": "a/one.md",
                "name": "one.md",
                "matching_lines": [(2, "The WORD here")],
                "matching_lines_total": 1,
            },
            {
                "path": "b/two.md",
                "name": "two.md",
                "matching_lines": [(number, "word") for number in range(1, 6)],
                "matching_lines_total": 7,
            },
        ],
        "count": 2,
        "search_text": "Word",
        "unreadable": [],
    }


@pytest.mark.parametrize(
    ("directory", "file_pattern", "expected"),
    [
        ("a", "*", ["a/.five.md", "a/b/three.txt", "a/b/two.md", "a/one.md"]),
        ("a", "*.txt", ["a/b/three.txt"]),
        ("a", "b/*.md", ["a/b/two.md"]),
        ("", "top.*", ["top.md"]),
        ("b", "*", []),
    ],
)
def test_a_search_looks_below_its_directory(
    filled: BlobStorage, directory: str, file_pattern: str, expected: list[str]
) -> None:
    answer = filled.search_files("LINE OF", directory=directory, file_pattern=file_pattern)

    assert [match["path"] for match in answer["matches"]] == expected


def test_many_files_are_read_in_the_order_asked(storage: BlobStorage) -> None:
    paths = [f"{number:02}.md" for number in range(20)]
    for path in paths:
        storage.write_file(path, path)
    asked = [*reversed(paths), "missing.md", "../bad", ".kb/own", "00.md"]
    answers = storage.batch_read_files(file_paths=asked)

    assert [answer["content"] for answer in answers] == [
        *reversed(paths),
        None,
        None,
        None,
        "00.md",
    ]
    assert [answer.get("code") for answer in answers[20:]] == [
        "not_found",
        "invalid_path",
        "invalid_path",
        None,
    ]
    assert answers[0] == storage.read_file("19.md")


def test_an_edit_of_a_changed_file_is_refused(storage: BlobStorage) -> None:
    etag = storage.write_file("a.md", "one")["etag"]
    mine = storage.write_file_with_etag("a.md", "mine", etag)
    theirs = storage.write_file_with_etag("a.md", "theirs", etag=etag)

    assert mine["success"]
    assert mine["etag"] == storage.read_file("a.md")["etag"] != etag
    assert theirs == {
        "success": False,
        "error": "File was modified by another agent. Please retry.",
        "code": "conflict",
    }
    assert storage.read_file("a.md")["content"] == "mine"
    assert storage.write_file_with_etag("a.md", "next", f'"{mine["etag"]}"')["success"]


def test_an_edit_that_is_there_already_is_no_conflict(storage: BlobStorage) -> None:
    etag = storage.write_file("a.md", "one")["etag"]
    storage.write_file_with_etag("a.md", "two", etag)

    assert storage.write_file_with_etag("a.md", "two", etag)["success"]


def test_without_an_etag_the_file_is_written_whatever_is_there(storage: BlobStorage) -> None:
    storage.write_file("a.md", "one")

    assert storage.write_file_with_etag("a.md", "two")["success"]
    assert storage.write_file_with_etag("b.md", "new", None)["success"]
    assert storage.read_file("a.md")["content"] == "two"


def test_an_etag_of_a_deleted_file_is_a_conflict(storage: BlobStorage) -> None:
    etag = storage.write_file("a.md", "one")["etag"]
    storage.delete_file("a.md")

    assert storage.write_file_with_etag("a.md", "two", etag)["code"] == "conflict"
    assert storage.read_file("a.md")["code"] == "not_found"
