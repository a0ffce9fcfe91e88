"""Kills migrations between statements of their journal: `python -m tests.migrate.killing_marks FOLDER STEP`.

A process of its own, of one thread, so that it may fork; prints how many died.
"""

import os
import signal
import sqlite3
import sys
from itertools import count
from pathlib import Path

from app.store.backends.local import LocalStore
from app.store.keys import Key
from migrate import journal
from migrate.journal import Journal
from migrate.records import State
from tests.migrate.scene import Scene, contents, plant
from tests.migrate.test_kills import versions

FILES = {f"{number % 5}/{number:02}": b"x%d" % number for number in range(80)}


def _die_before_statement(moment: int) -> None:
    """From here on, end this process before the statement of its journal that has this number."""
    connect, passed = journal._connect, count()

    def trace(statement: str) -> None:
        if next(passed) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(file: Path | None, mode: str) -> sqlite3.Connection:
        connection = connect(file, mode)
        connection.set_trace_callback(trace)
        return connection

    journal._connect = traced


def _ran(scene: Scene, moment: int | None) -> bool:
    """Run in a child that dies at the moment; return whether it came to that."""
    child = os.fork()
    if not child:
        if moment is not None:
            _die_before_statement(moment)
        scene.run(replace=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status not in (0, signal.SIGKILL):
        raise AssertionError(f"a run at {moment} ended with {status}")
    return status != 0


def _tried(folder: Path, moment: int) -> bool:
    """Die at the moment, run again in peace, and look whether anything can be seen of it."""
    (folder / "there").mkdir(parents=True)
    scene = Scene(
        plant(folder / "source", FILES), LocalStore(folder / "there"), folder / "journal.sqlite"
    )
    for key in ("0/00", "0/05"):
        scene.store.write(Key(key), b"former")
    before = versions(scene.store)
    died = _ran(scene, moment)
    standing = versions(scene.store).items() - before.items()
    _ran(scene, None)
    if contents(scene.store) != FILES:
        raise AssertionError(f"a death at {moment} left {contents(scene.store)}")
    if not standing <= versions(scene.store).items():
        raise AssertionError(f"after a death at {moment} something was written again")
    with Journal.seen(scene.journal, scene.pair) as kept:
        if kept is None or {state for state, _ in kept.counts()} != {State.DONE}:
            raise AssertionError(f"after a death at {moment} the journal does not know the end")
    return died


def main(folder: Path, step: int) -> None:
    """Try every step-th moment, until nothing dies any more."""
    for number in count():
        if not _tried(folder / f"{number}", number * step):
            break
    print(number)  # noqa: T201 - the answer to the process that started this one


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
