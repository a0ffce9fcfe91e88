"""`kb store conformance`: the laws against anyone's store, from outside."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.store.contract import BlobStore
from app.store.keys import Key
from tests.contract.addresses import ADDRESSES, Address, opened
from tests.contract.planted.table import FAULTS
from tests.contract.stores import Place

_QUICK = ("--no-machine", "--races", "0")
# Layers that go wrong when what is below them fails are no stores that a URL names.
_IN_A_STORE = [fault for fault, named in FAULTS.items() if "that fails" not in named]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment is named."""
    for name in ("STORAGE_TYPE", "STORAGE_PATH", "KB_STACK", "KB_PREFIX"):
        monkeypatch.delenv(name, raising=False)


class Kb:
    """The command, in this process."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *words: str) -> tuple[int, str, str]:
        code = run(["store", "conformance", *words])
        said = self._capfd.readouterr()
        return code, said.out, said.err

    def events(self, *words: str) -> tuple[int, list[dict[str, Any]]]:
        code, out, _ = self(*words, "--json")
        return code, [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def kb(capfd: pytest.CaptureFixture[str]) -> Kb:
    return Kb(capfd)


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Address]:
    address = opened(request.param, Place(tmp_path, request))
    with closing(address.store):
        yield address


def test_a_store_that_keeps_its_promises_passes(kb: Kb) -> None:
    code, out, err = kb("memory:", *_QUICK)

    assert (code, err) == (0, "")
    assert "holds           what is written is read back" in out
    assert " hold, 0 broken, " in out


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(name, marks=[] if name == "local" else [pytest.mark.emulator])
        for name in ADDRESSES
    ],
    indirect=True,
)
def test_only_a_fresh_part_of_the_store_is_touched(
    kb: Kb, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in address.variables.items():
        monkeypatch.setenv(name, value)
    mine = address.store.write(Key("kb-conformance-mine/a.md"), b"mine")
    code, events = kb.events(address.url, "--only", "append", *_QUICK)

    assert code == 0
    assert events[0]["store"].partition("?")[0].startswith(address.url.partition("?")[0])
    kinds = [event["kind"] for event in events if event["event"] == "check"]
    assert kinds == ["law", "law of faults"]
    assert list(_versions(address.store)) == [("kb-conformance-mine/a.md", mine.version)]


@pytest.mark.parametrize("address", ["local"], indirect=True)
def test_processes_race_there(kb: Kb, address: Address) -> None:
    code, events = kb.events(address.url, "--only", "race appends one", "--races", "2")
    checks = [event for event in events if event["event"] == "check"]

    assert code == 0
    assert [check["result"] for check in checks] == ["holds"]
    assert checks[0]["sentence"] == "2 processes × 20 appends on one document lose nothing"
    assert list(address.store.scan()) == []


@pytest.mark.parametrize("address", ["local"], indirect=True)
def test_what_is_kept_is_named(kb: Kb, address: Address) -> None:
    code, out, _ = kb(address.url, "--only", "last write wins", "--keep", *_QUICK)
    kept = out.partition("Kept: ")[2].strip()

    assert code == 0
    assert kept.startswith(f"{address.url}/kb-conformance-")
    assert [key.rpartition("/")[2] for key, _ in _versions(address.store)] == ["a.md"]


@pytest.mark.parametrize("fault", _IN_A_STORE, ids=lambda fault: fault.__name__)
def test_each_planted_fault_is_found_and_named(kb: Kb, fault: type) -> None:
    named = FAULTS[fault]
    code, events = kb.events(
        f"planted://{fault.__name__}",
        "--open",
        "tests.contract.planted.table:open_planted",
        "--only",
        named,
        *_QUICK,
    )
    broken = [event for event in events if event.get("result") == "broken"]

    assert code == 1
    assert named in [event["sentence"] for event in broken]
    assert all(event["reason"] for event in broken)


def test_a_broken_law_is_told_with_its_promise_and_what_was_seen(kb: Kb) -> None:
    code, out, err = kb(
        "planted://deletesonce",
        "--open",
        "tests.contract.planted.table:open_planted",
        "--only",
        "deleting",
        *_QUICK,
    )

    assert (code, err) == (1, "")
    assert "1/1  broken          deleting a missing blob succeeds" in out
    assert "So that a repeated delete does not fail against itself." in out
    assert "NotFound: nothing is stored under notes/a.md" in out


def test_a_failed_comparison_is_told_with_its_values(kb: Kb) -> None:
    _, out, _ = kb(
        "planted://sendswhatisheld",
        "--open",
        "tests.contract.planted.table:open_planted",
        "--only",
        "already held",
        *_QUICK,
    )

    assert "NotModified was not raised" in out

    _, out, _ = kb(
        "planted://listsbackwards",
        "--open",
        "tests.contract.planted.table:open_planted",
        "--only",
        "sorted",
        *_QUICK,
    )

    assert "assert keys == sorted(keys, key=str.encode)" in out
    assert "keys is ['🙂'" in out


def test_a_law_about_what_the_store_cannot_do_does_not_apply(kb: Kb) -> None:
    code, events = kb.events(
        "any://store",
        "--open",
        "tests.contract.openers:open_without_conditions",
        "--only",
        "absent never replaces",
        *_QUICK,
    )
    check = next(event for event in events if event["event"] == "check")

    assert code == 0
    assert check["result"] == "not_applicable"
    assert check["reason"] == (
        "conditional_writes is False; there the law is: a condition that cannot be checked is refused"
    )


def test_the_checks_are_listed_without_a_store(kb: Kb) -> None:
    code, out, _ = kb("--list", "--only", "absent")
    _, listed, _ = kb("--list", "--json")

    assert (code, out) == (
        0,
        "absent never replaces\n    It creates, once; after a delete, again.\n",
    )
    assert {check["kind"] for check in json.loads(listed)["checks"]} == {
        "law",
        "law of faults",
        "machine",
        "race",
    }


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["memory:", "--only", "no such law"], "No check has 'no such law' in its name"),
        (["memory:", "--open", "nocolon"], "--open takes package.module:function"),
        (["memory:", "--open", "no.such:thing"], "--open no.such:thing: No module named"),
        (["ftp://host"], "names no store"),
        (["memory:", "--races", "-1"], "--races"),
        (["--open", "a:b"], "needs the URL"),
    ],
)
def test_a_wrong_call_is_one_sentence(kb: Kb, words: list[str], sentence: str) -> None:
    code, out, err = kb(*words)

    assert (code, out) == (2, "")
    assert sentence in err


def test_a_store_that_is_not_there_is_one_sentence(kb: Kb, tmp_path: Path) -> None:
    code, _, err = kb((tmp_path / "nowhere").as_uri())

    assert code == 1
    assert err == f"kb: the folder {tmp_path / 'nowhere'} does not exist\n"


def test_a_missing_hypothesis_is_named(kb: Kb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    code, _, err = kb("memory:", "--machine")
    _, out, _ = kb("memory:", "--races", "0", "--no-faults")

    assert code == 2
    assert "pip install hypothesis" in err
    assert "Left out: sequences of calls" in out


def test_without_a_url_the_environment_is_tried(
    kb: Kb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "documents").mkdir()
    monkeypatch.setenv("STORAGE_TYPE", "filesystem")
    monkeypatch.setenv("STORAGE_PATH", str(tmp_path / "documents"))
    code, events = kb.events("--only", "machine")

    assert code == 0
    assert events[0]["store"].startswith((tmp_path / "documents/kb-conformance-").as_uri())
    assert list((tmp_path / "documents").iterdir()) == []


@pytest.mark.parametrize(
    ("signal_number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130)], ids=str
)
def test_an_interrupted_trial_leaves_nothing_behind(
    tmp_path: Path, signal_number: signal.Signals, code: int
) -> None:
    program = "from app.cli import main; import sys; main(sys.argv[1:])"
    command = [sys.executable, "-c", program, "store", "conformance", tmp_path.as_uri()]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as trial:
        assert trial.stdout
        for _ in range(10):
            trial.stdout.readline()
        trial.send_signal(signal_number)
        out, err = trial.communicate(timeout=60)

    assert trial.returncode == code, err
    assert "not tried" in out
    assert list(tmp_path.iterdir()) == []


def _versions(store: BlobStore) -> Iterator[tuple[str, str]]:
    return ((info.key, info.version) for info in store.scan())
