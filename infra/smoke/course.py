"""A smoke test step by step: each one a `kb` command of its own, as a person would type it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SAMPLES: Final = Path(__file__).resolve().parents[2] / "samples" / "kb"
QUESTION: Final = "How often does a holder have to renew its lease?"

_SAID_LINES_MAX: Final = 40
_LINE_CHARACTERS_MAX: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a step did.

    Attributes:
        name: of the step.
        words: of the command.
        code: its exit code; None: it was left out.
        seconds: wall time.
        said: the end of what it printed.
    """

    name: str
    words: Sequence[str]
    code: int | None
    seconds: float = 0.0
    said: str = ""

    @property
    def passed(self) -> bool:
        """Whether it did what it should."""
        return self.code == 0


def steps_of(trial: str, *, offline: bool) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the steps up to the last but one: name and words of each."""
    here, source = ("-s", trial), ("--source", str(SAMPLES))
    model = ("--model", "offline") if offline else ()
    return (
        ("up", ("up", *here, "--yes")),
        ("migrate", ("migrate", "run", *here, *source)),
        ("verify", ("migrate", "verify", *here, *source, "--check", "digest")),
        ("ask", ("ask", *here, *model, "--json", QUESTION)),
        ("drift", ("drift", *here, "--json")),
    )


Command = Callable[[Sequence[str], Mapping[str, str]], tuple[int, str]]
"""Words and environment → exit code and what was printed."""


def run_kb(words: Sequence[str], environ: Mapping[str, str]) -> tuple[int, str]:
    """Run `kb WORDS` as a process of its own."""
    kb = Path(sys.prefix) / "bin" / "kb"
    # In a session of its own, ctrl-C ends this process only, which then takes everything down.
    done = subprocess.run(
        [kb, *words],
        env=environ,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def run_course(
    trial: str,
    *,
    offline: bool,
    environ: Mapping[str, str] = os.environ,
    command: Command = run_kb,
) -> Generator[Outcome, None, None]:
    """Yield what each step did; after the first that fails only the last is run: taking everything down.

    The last is run whatever happens, also when nobody waits for it any more.
    """
    failed = False
    try:
        for name, words in steps_of(trial, offline=offline):
            if failed:
                yield Outcome(name=name, words=words, code=None)
                continue
            outcome = _run(name, words, environ, command)
            failed = not outcome.passed
            yield outcome
    except BaseException:
        _run("down", _down(trial), environ, command)
        raise
    yield _run("down", _down(trial), environ, command)


def _down(trial: str) -> tuple[str, ...]:
    return ("down", "-s", trial, "--yes")


def _cut(line: str) -> str:
    return line if len(line) <= _LINE_CHARACTERS_MAX else f"{line[:_LINE_CHARACTERS_MAX]} …"


def _run(name: str, words: Sequence[str], environ: Mapping[str, str], command: Command) -> Outcome:
    start = time.monotonic()
    code, said = command(words, {**environ, "COLUMNS": "100"})
    lines = [_cut(line) for line in said.strip().splitlines()]
    return Outcome(
        name=name,
        words=words,
        code=code,
        seconds=time.monotonic() - start,
        said="\n".join(lines[-_SAID_LINES_MAX:]),
    )
