"""`kb run`: another program with an environment's variables, in the place of this one."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.child import child_environ
from app.environment import Environments
from app.terms.outputs import Outputs, parse_outputs
from tests.terms.test_outputs import AWS

SECRET = "the-secret-of-the-account"
SHELL = {
    "STORAGE_TYPE": "azure",
    "AZURE_STORAGE_CONNECTION_STRING": f"AccountName=a;AccountKey={SECRET}",
}
ROLE_ONLY = {name: value for name, value in AWS.items() if "key" not in name and name != "given"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where everything lies that a program may write to: the current folder, home, temporary files."""
    (tmp_path / "tmp").mkdir()
    return tmp_path


def start(folder: Path, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [Path(sys.prefix) / "bin" / "kb", "run", *words],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "PYTHONDONTWRITEBYTECODE": "1",
            **SHELL,
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(folder: Path, *words: str, given: str = "") -> tuple[int, str, str]:
    with start(folder, *words) as process:
        out, err = process.communicate(given)
    return process.returncode, out, err


def seen(environ: dict[str, str], folder: Path) -> dict[str, str]:
    """What a program that reads its variables, and `.env` behind them, works with."""
    return dict(Environments(None, environ, folder).variables(None).values)


def of(outputs: dict[str, object], shell: dict[str, str], folder: Path) -> dict[str, str]:
    def read(environment: str) -> Outputs:
        return parse_outputs({**outputs, "given": list(outputs)}, environment=environment)

    environments = Environments(read, shell, folder)
    return child_environ(environments.variables("dev").values, shell, folder)


def test_input_output_arguments_and_exit_code_are_the_programs_own(folder: Path) -> None:
    script = "import sys; print(sys.stdin.read(), sys.argv[1:]); sys.exit(7)"

    code, out, err = answer(folder, "--", sys.executable, "-c", script, "-s", "--json", given="hi")

    assert (code, out, err) == (7, "hi ['-s', '--json']\n", "")


def test_a_signal_reaches_the_program_which_is_the_same_process(folder: Path) -> None:
    with start(folder, "--", "sh", "-c", "echo $$; exec sleep 60") as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        process.communicate()

    assert pid == process.pid
    assert process.returncode == -signal.SIGTERM


def test_the_program_inherits_no_ignored_signal(folder: Path) -> None:
    _, out, _ = answer(folder, "--", "grep", "SigIgn", "/proc/self/status")

    ignored = int(out.split()[1], 16)
    assert not ignored & (1 << signal.SIGPIPE - 1 | 1 << signal.SIGXFSZ - 1)


def test_a_secret_is_in_the_environment_alone(folder: Path) -> None:
    with start(folder, "--", "sh", "-c", "echo started; exec cat") as process:
        assert process.stdout
        process.stdout.readline()
        running = psutil.Process(process.pid)
        arguments, environ = running.cmdline(), running.environ()
        process.communicate("")

    assert SECRET in environ["AZURE_STORAGE_CONNECTION_STRING"]
    assert SECRET not in " ".join(arguments)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        ((), 2, "kb run -s ENV -- CMD"),
        (("--",), 2, "kb run -s ENV -- CMD"),
        (("--", "no-such-program"), 127, "no-such-program"),
        (("--", "/"), 126, "'/'"),
        (("-s", "nowhere", "--", "true"), 2, "nowhere"),
    ],
    ids=["nothing", "only dashes", "no such program", "a folder", "no such environment"],
)
def test_what_cannot_be_run_is_one_sentence(
    folder: Path, words: tuple[str, ...], code: int, named: str
) -> None:
    exit_code, out, err = answer(folder, *words)

    assert (exit_code, out) == (code, "")
    assert named in err
    assert len(err.splitlines()) == 1


def test_settings_that_no_program_could_work_with_are_refused_first(folder: Path) -> None:
    (folder / ".env").write_text("KB_CACHE_SECONDS=-1\n")

    code, _, err = answer(folder, "--", "true")

    assert code == 2
    assert "KB_CACHE_SECONDS" in err


def test_a_named_environment_leaves_nothing_of_another_store(tmp_path: Path) -> None:
    shell = {
        **SHELL,
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
        "AWS_SESSION_TOKEN": "of another key",
        "PATH": "/bin",
        "KB_MODEL": "offline",
    }

    environ = of(AWS, shell, tmp_path)

    assert environ["STORAGE_TYPE"] == "s3"
    assert environ["AWS_SECRET_ACCESS_KEY"] == "agent-secret"
    assert environ["PATH"] == "/bin"
    assert environ["KB_MODEL"] == "offline"
    assert not environ.keys() & {*SHELL, "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"} - {
        "STORAGE_TYPE"
    }


def test_an_environment_without_a_key_is_entered_as_who_the_shell_is(tmp_path: Path) -> None:
    who = {
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
    }

    environ = of(dict(ROLE_ONLY), who, tmp_path)

    assert {name: environ[name] for name in who} == who


def test_a_program_that_reads_the_env_file_mixes_nothing_in(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "STORAGE_TYPE=azure\nAWS_ENDPOINT_URL_S3=http://127.0.0.1:1\nKB_PREFIX=file/\nOTHER=1\n"
    )

    environ = of(dict(ROLE_ONLY), {}, tmp_path)

    assert "OTHER" not in environ
    assert seen(environ, tmp_path) == {
        "STORAGE_TYPE": "s3",
        "AWS_BUCKET_NAME": "kb-1",
        "AWS_REGION": "eu-central-1",
        "KB_PREFIX": "kb/",
        "KB_STACK": "dev",
    }


def test_without_a_name_the_shell_decides_and_keeps_its_session(tmp_path: Path) -> None:
    shell = {
        "STORAGE_TYPE": "s3",
        "AWS_BUCKET_NAME": "b-1",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
    }
    environments = Environments(None, shell, tmp_path)

    assert child_environ(environments.variables(None).values, shell, tmp_path) == shell


def test_a_program_prints_what_the_environment_says(folder: Path) -> None:
    script = "import json, os; print(json.dumps(os.environ['AZURE_STORAGE_CONNECTION_STRING']))"

    _, out, _ = answer(folder, sys.executable, "-c", script)

    assert json.loads(out) == SHELL["AZURE_STORAGE_CONNECTION_STRING"]
