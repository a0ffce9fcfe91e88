"""`kb migrate` as a person and as a program calls it: words, exit codes, events."""

import re
from pathlib import Path

import pytest

from app.cli import run
from migrate.journal import Journal
from migrate.records import Pair
from tests.migrate.calling import Kb
from tests.migrate.scene import plant


def test_a_folder_is_planned_moved_proved_and_looked_at(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"a.md": b"1", "b/한글.md": b"22"})

    plan = kb("plan")
    moved = kb("run", "-v")
    proof = kb("verify")
    status = kb("status")

    assert [answer.code for answer in (plan, moved, proof, status)] == [0, 0, 0, 0]
    assert "2 to copy" in plan.out
    assert "1/2  a.md … copied\n2/2  b/한글.md … copied\n" in moved.out
    assert "Proved 2 files" in proof.out
    assert "moved everything" in status.out
    assert (tmp_path / "destination/b/한글.md").read_bytes() == b"22"
    assert (tmp_path / ".kb" / "migrations").is_dir()


def test_each_command_that_is_listed_can_be_called(
    kb: Kb, capfd: pytest.CaptureFixture[str]
) -> None:
    run(["migrate", "--help"])
    names = re.findall(r"^  (\w+)  +[A-Z]", capfd.readouterr().out, re.MULTILINE)

    usages = [kb(name, "--help").out.split("\n")[0] for name in names]

    assert set(names) >= {"plan", "run", "verify", "status", "report", "rollback", "forecast"}
    assert usages == [f"Usage: kb migrate {name} [OPTIONS]" for name in names]


def test_a_plan_changes_nothing(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"a.md": b"1"})

    kb("plan")

    assert list((tmp_path / "destination").iterdir()) == []
    assert not (tmp_path / ".kb").exists()


def test_what_is_left_out_is_named_counted_and_the_exit_code(kb: Kb, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {"a": b"1", "dot.": b"2", "theirs": b"mine"})
    (source / "link").symlink_to("a")
    plant(tmp_path / "destination", {"theirs": b"other"})

    plan, moved, proof = kb("plan"), kb("run"), kb("verify")

    assert [answer.code for answer in (plan, moved, proof)] == [1, 1, 1]
    for name in ("dot.", "link", "theirs"):
        assert name in plan.out
        assert name in moved.out
    assert "left out               3" in moved.out
    assert (tmp_path / "destination/theirs").read_bytes() == b"other"
    assert kb("run", "--replace").code == 1
    assert (tmp_path / "destination/theirs").read_bytes() == b"mine"


def test_events_are_as_documented(kb: Kb, tmp_path: Path) -> None:
    source = plant(tmp_path / "source", {"a": b"123"})
    (source / "link").symlink_to("a")

    plan = kb("plan", "--json").events
    moved = kb("run", "--json").events
    proof = kb("verify", "--json").events
    status = kb("status", "--json").events

    pair = {"source": str(source), "destination": (tmp_path / "destination").as_uri()}
    scope = {"filters": {}, "names": "check", "rules": {}}
    state = (source / "a").stat()
    assert plan == [
        {"event": "begin", "format": 1, **pair, **scope, "replace": False},
        {
            "event": "step",
            "path": "a",
            "action": "copy",
            "size_bytes": 3,
            "modified_ns": state.st_mtime_ns,
            "inode": state.st_ino,
        },
        {
            "event": "step",
            "path": "link",
            "action": "leave_out",
            "cause": "link",
            "reason": "a symbolic link; links are never followed",
        },
        {
            "event": "plan",
            **pair,
            **scope,
            "counts": {"copy": 1, "replace": 0, "skip": 0, "leave_out": 1, "exclude": 0},
            "left_out": {"link": 1},
            "elsewhere": {},
            "bytes_to_copy": 3,
            "requests": {"list": 1, "write": 1},
            "empty_folders": 0,
        },
    ]
    assert moved[0] == {"event": "begin", "total": 2, "files": 1, "size_bytes": 3}
    files = {event["path"]: event for event in moved[1:-1]}
    assert (
        files["a"].items()
        >= {"event": "file", "total": 2, "result": "copied", "size_bytes": 3}.items()
    )
    assert files["link"].items() >= {"result": "left_out", "cause": "link"}.items()
    assert [event["number"] for event in moved[1:-1]] == [1, 2]
    assert moved[-1].keys() == {
        "event",
        *pair,
        "journal",
        "ending",
        "counts",
        "not_begun",
        "left_out",
        "bytes_copied",
        "bytes_stored",
        "forecast",
        "bytes_already_there",
        "empty_folders",
        "refused",
        "seconds",
    }
    assert moved[-1]["counts"] == {
        "copied": 1,
        "replaced": 0,
        "already_there": 0,
        "left_out": 1,
        "excluded": 0,
    }
    assert (
        proof[-1].items()
        >= {
            "event": "proof",
            **pair,
            "check": "version",
            "holds": True,
            "proved": 1,
            "listed": 1,
            "by_version": 1,
            "by_digest": 0,
            "read": 0,
            "not_files": 1,
        }.items()
    )
    assert status[0] == {
        "event": "not_moved",
        "path": "link",
        "state": "left_out",
        "cause": "link",
        "reason": "a symbolic link; links are never followed",
    }
    assert status[-1]["states"] == {
        "planned": 0,
        "started": 0,
        "done": 1,
        "left_out": 1,
        "failed": 0,
    }


@pytest.mark.parametrize("verb", ["plan", "run", "verify"])
def test_a_source_that_is_no_folder_is_one_sentence(kb: Kb, tmp_path: Path, verb: str) -> None:
    (tmp_path / "source").rmdir()

    missing = kb(verb)
    (tmp_path / "source").write_text("a file")
    file = kb(verb)

    assert (missing.code, missing.err) == (2, "kb: The source source does not exist.\n")
    assert (file.code, file.err) == (
        2,
        "kb: The source source is a file; name the folder it is in.\n",
    )


def test_sides_that_lie_within_each_other_are_refused(kb: Kb, tmp_path: Path) -> None:
    inside = plant(tmp_path / "source" / "inside", {})

    for to in (inside, tmp_path, tmp_path / "source"):
        answer = kb("run", to=to.as_uri())
        assert answer.code == 2
        assert len(answer.err.splitlines()) == 1
    assert list(inside.iterdir()) == []


@pytest.mark.parametrize(
    ("to", "code", "saying"),
    [
        ("file:///no/such/folder", 1, "does not exist"),
        ("ftp://host/x", 2, "names no store"),
        ("s3://b?endpoint_url=http://user:secret@host", 2, "credentials"),
    ],
)
def test_a_destination_that_is_none_is_one_sentence(
    kb: Kb, to: str, code: int, saying: str
) -> None:
    answer = kb("run", to=to)

    assert answer.code == code
    assert saying in answer.err
    assert "secret" not in answer.err
    assert len(answer.err.splitlines()) == 1


@pytest.mark.emulator
def test_a_missing_container_or_bucket_is_one_sentence(
    kb: Kb, moto_url: str, azurite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from infra.local_cloud import credentials

    monkeypatch.setenv(
        "AZURE_STORAGE_CONNECTION_STRING", credentials.azurite_connection_string(azurite_url)
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")

    for to in (
        f"azure://{credentials.AZURITE_ACCOUNT}/nothing-here?endpoint_url={azurite_url}",
        f"s3://nothing-here?endpoint_url={moto_url}",
    ):
        answer = kb("run", "--json", to=to)
        assert answer.code == 1
        assert "nothing-here" in answer.err
        assert len(answer.err.splitlines()) == 1
        assert answer.events[-1]["error"]["code"] == "destination"
        assert kb("run", to=to).out == ""


def test_a_second_run_is_refused_while_one_runs(kb: Kb, tmp_path: Path) -> None:
    file = tmp_path / "journal"
    pair = Pair(str(tmp_path / "source"), (tmp_path / "destination").as_uri())

    with Journal.opened(file, pair):
        answer = kb("run", "--journal", str(file))

    assert answer.code == 1
    assert "Another run" in answer.err


def test_verifying_or_asking_before_any_run_says_what_to_do(kb: Kb) -> None:
    for verb in ("verify", "status"):
        answer = kb(verb)
        assert answer.code == 1
        assert "kb migrate run --source source" in answer.err
    assert kb("verify", "--check", "digest").code == 0
    assert kb("verify", "--check", "guess").code == 2


def test_names_that_could_act_on_a_terminal_are_shown_harmlessly(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"\x1b[31m\nred": b""})

    answers = [kb("plan"), kb("run", "-v"), kb("verify")]

    for answer in answers:
        assert "\x1b" not in answer.out
        assert "\\x1b[31m\\nred" in answer.out


def test_no_name_is_taken_for_markup(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"[bold]x[": b"", "[/]": b""})

    assert "[bold]x[ … copied" in kb("run", "-v").out


def test_many_names_are_cut_but_can_all_be_had(kb: Kb, tmp_path: Path) -> None:
    for number in range(25):
        (tmp_path / "source" / f"link-{number:02}").symlink_to("x")

    kb("run")
    moved = kb("run")
    status = kb("status", "-v")

    assert "… and 15 more" in moved.out
    assert all(f"link-{number:02}" in status.out for number in range(25))


def test_a_limit_that_is_none_is_said_before_anything_is_looked_at(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"a.md": b"1"})
    answer = kb("run", "--limit-rate", "fast")

    assert answer.code == 2
    assert "--limit-rate 'fast' is no rate" in answer.err
    assert not list((tmp_path / "destination").iterdir())


def test_limits_hold_for_a_run(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"a.md": b"1", "b.md": b"22"})

    assert kb("run", "--limit-rate", "400/s", "--limit-rate", "1MB/s").code == 0
