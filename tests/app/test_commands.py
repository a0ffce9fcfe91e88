"""`kb ls`, `cat`, `search` and `ask`, called as a person calls them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from unicodedata import east_asian_width

import pytest

from app.cli import run

DOCUMENTS = {
    "README.md": "# Hello\n",
    "reference/leases.md": "# Leases\n\nA lease lasts 60 seconds.\nIt is renewed every 20 seconds.\n",
    "안내/당직.md": "# 당직\n\n야간 당직 수당은 하룻밤에 7만 원이다.\n",
    "notes/q&a, [old] 🚚.md": "question\n",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A knowledge base in a folder, named by the environment."""
    kept = tmp_path / "kb"
    for path, text in DOCUMENTS.items():
        (kept / path).parent.mkdir(parents=True, exist_ok=True)
        (kept / path).write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STORAGE_TYPE", "filesystem")
    monkeypatch.setenv("STORAGE_PATH", str(kept))
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "KB_MODEL", "KB_STACK", "KB_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    return kept


class Kb:
    """The command line, in this process."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *words: str) -> tuple[int, str, str]:
        code = run(words)
        said = self._capfd.readouterr()
        return code, said.out, said.err


@pytest.fixture
def kb(capfd: pytest.CaptureFixture[str]) -> Kb:
    return Kb(capfd)


def test_ls_lists_every_document_in_the_order_of_its_bytes(kb: Kb) -> None:
    code, out, _ = kb("ls")

    assert code == 0
    assert [line.split("  ")[-1] for line in out.splitlines()] == sorted(DOCUMENTS, key=str.encode)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["reference"], ["reference/leases.md"]),
        (["reference/"], ["reference/leases.md"]),
        (["--pattern", "*"], ["README.md"]),
        (["--pattern", "**/*s.md"], ["reference/leases.md"]),
        (["--pattern", "*.txt"], []),
    ],
)
def test_ls_takes_a_folder_and_a_pattern(kb: Kb, words: list[str], expected: list[str]) -> None:
    _, out, _ = kb("ls", *words, "--json")

    assert [document["path"] for document in json.loads(out)["documents"]] == expected


def test_ls_of_a_missing_folder_is_one_sentence(kb: Kb) -> None:
    code, out, err = kb("ls", "nope")

    assert (code, out) == (1, "")
    assert err == "kb: There is no folder 'nope' with documents in it: kb ls lists all.\n"


def test_a_line_of_ls_fits_100_columns(kb: Kb) -> None:
    _, out, _ = kb("ls")

    def width(line: str) -> int:
        return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)

    assert max(map(width, out.splitlines())) <= 100


def test_cat_prints_every_byte(kb: Kb, folder: Path) -> None:
    (folder / "crlf.txt").write_bytes(b"one\r\ntwo")

    code, out, _ = kb("cat", "crlf.txt")

    assert (code, out) == (0, "one\r\ntwo")


def test_cat_as_json_carries_what_is_no_text(kb: Kb, folder: Path) -> None:
    (folder / "picture.bin").write_bytes(b"\xff\x00")

    _, out, _ = kb("cat", "picture.bin", "--json")

    assert json.loads(out)["encoding"] == "base64"
    assert json.loads(out)["size_bytes"] == 2


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("nope.md", "kb: There is no document 'nope.md': kb ls lists them.\n"),
        ("../etc", "kb: '../etc' is not a valid path: it has an empty, '.' or '..' segment\n"),
    ],
)
def test_cat_of_what_is_not_there_is_one_sentence(kb: Kb, path: str, sentence: str) -> None:
    code, out, err = kb("cat", path)

    assert (code, out, err) == (1, "", sentence)


def test_search_prints_path_line_and_text(kb: Kb) -> None:
    code, out, _ = kb("search", "SECONDS")

    assert code == 0
    assert out.splitlines() == [
        "reference/leases.md:3:A lease lasts 60 seconds.",
        "reference/leases.md:4:It is renewed every 20 seconds.",
    ]


def test_search_as_json_counts_what_it_looked_into(kb: Kb) -> None:
    _, out, _ = kb("search", "seconds", "--lines", "1", "--json")

    found = json.loads(out)
    assert found["documents"] == len(DOCUMENTS)
    assert found["matches"][0]["lines"] == [{"line": 3, "text": "A lease lasts 60 seconds."}]
    assert found["matches"][0]["lines_total"] == 2


def test_a_search_without_a_match_is_no_failure(kb: Kb) -> None:
    assert kb("search", "nowhere") == (0, "", "")


@pytest.mark.parametrize("words", [["search", ""], ["ask", " "], ["ask", "", "--model", "offline"]])
def test_empty_words_are_a_wrong_call(kb: Kb, words: list[str]) -> None:
    code, out, err = kb(*words)

    assert (code, out) == (2, "")
    assert "is empty" in err
    assert err.count("\n") == 1


def test_ask_answers_with_a_cited_line_and_says_which_model_spoke(kb: Kb) -> None:
    code, out, _ = kb("ask", "--model", "offline", "야간 당직 수당은 얼마인가요?")

    assert code == 0
    assert "야간 당직 수당은 하룻밤에 7만 원이다. [안내/당직.md:3]" in out
    assert "offline model" in out
    assert "read_file" in out


def test_ask_as_json_has_the_documented_shape(kb: Kb) -> None:
    _, out, _ = kb("ask", "--json", "--model", "offline", "How long does a lease last?")

    answer = json.loads(out)
    assert set(answer) == {
        "question", "answer", "found", "citations", "model", "tool_calls", "usage", "stop", "note",
    }  # fmt: skip
    assert answer["found"] is True
    assert answer["citations"][0] == {
        "path": "reference/leases.md",
        "line": 3,
        "text": "A lease lasts 60 seconds.",
        "verified": True,
    }
    assert answer["model"] == "offline"


def test_a_question_without_an_answer_is_no_failure(kb: Kb) -> None:
    code, out, _ = kb("ask", "--json", "--model", "offline", "Where is the car park?")

    assert code == 0
    assert json.loads(out)["found"] is False


def test_without_a_key_both_ways_are_told(kb: Kb) -> None:
    code, out, err = kb("ask", "How long does a lease last?")

    assert (code, out) == (2, "")
    assert "ANTHROPIC_API_KEY" in err
    assert "--model offline" in err


def test_the_model_may_come_from_the_environment(kb: Kb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_MODEL", "offline")

    assert kb("ask", "How long does a lease last?")[0] == 0


class Refusing(BaseHTTPRequestHandler):
    """A service that knows no key."""

    def do_POST(self) -> None:
        body = b'{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}'
        self.send_response(401)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def refusing_url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_wrong_key_is_one_sentence(
    kb: Kb, monkeypatch: pytest.MonkeyPatch, refusing_url: str
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-wrong")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", refusing_url)

    code, out, err = kb("ask", "How long does a lease last?")

    assert (code, out) == (1, "")
    assert err.startswith("kb: The Messages API refuses the API key (401)")
    assert "sk-wrong" not in err


def test_a_document_cannot_steer_the_terminal(kb: Kb, folder: Path) -> None:
    (folder / "evil.md").write_text("# Evil\n\nThe gate opens at 9:00.\x1b]0;owned\x07\n")

    _, out, _ = kb("ask", "--model", "offline", "When does the gate open?")

    assert "The gate opens at 9:00." in out
    assert "\x1b" not in out
