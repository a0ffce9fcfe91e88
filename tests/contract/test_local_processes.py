"""A folder that several processes write to, some of which are killed."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.store.backends.local import LocalStore
from app.store.contract import ABSENT, Source
from app.store.keys import Key

_A = Key("notes/a.md")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    return root


@pytest.fixture
def store(root: Path) -> LocalStore:
    return LocalStore(root)


def test_conditions_hold_among_processes(store: LocalStore, root: Path) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", _APPEND, str(root), str(number)])
        for number in range(3)
    ]
    for process in processes:
        assert process.wait(timeout=120) == 0

    lines = store.read(Key("log")).data.decode().splitlines()
    assert sorted(lines) == sorted(f"{one} {two}" for one in range(3) for two in range(15))


_APPEND = """
import sys
from app.store.backends.local import LocalStore
from app.store.keys import Key
from app.store.operations import append
for number in range(15):
    append(LocalStore(sys.argv[1]), Key("log"), f"{sys.argv[2]} {number}\\n".encode())
"""


def test_a_killed_writer_leaves_old_or_new(root: Path) -> None:
    _kill_writers(root, kills=4, seed=1)


@pytest.mark.proof
def test_many_killed_writers_leave_old_or_new(root: Path) -> None:
    _kill_writers(root, kills=60, seed=2)


_SIZE = 3_000_000
_WRITE = """
import io, sys
from app.store.backends.local import LocalStore
from app.store.contract import Source
from app.store.keys import Key
store = LocalStore(sys.argv[1])
print("ready", flush=True)
number = 0
while True:
    number += 1
    data = bytes([number % 256]) * 3_000_000
    store.write(Key("notes/a.md"), Source(len(data), lambda: io.BytesIO(data)))
    store.write(Key(f"many/{number % 5}/x"), b"x" * 100)
    store.delete(Key(f"many/{(number - 2) % 5}/x"))
"""


def _kill_writers(root: Path, *, kills: int, seed: int) -> None:
    moments = random.Random(seed)  # noqa: S311 - the same moments in each run
    store = LocalStore(root)
    store.write(_A, bytes(_SIZE))
    for _ in range(kills):
        writer = subprocess.Popen([sys.executable, "-c", _WRITE, str(root)], stdout=subprocess.PIPE)
        assert writer.stdout
        writer.stdout.readline()
        # Not a wait for something: the moment of the kill is what is tried.
        time.sleep(moments.uniform(0, 0.15))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()

        data = store.read(_A).data
        assert len(data) == _SIZE
        assert len(set(data)) == 1
        for info in store.scan():
            assert info.key == _A or (info.key.startswith("many/") and info.size_stored == 100)
    # The next writer finds no lock held, and clears what the killed ones had begun.
    LocalStore(root).write(_A, b"after")
    assert list((root / ".kb-private." / "unfinished").iterdir()) == []


def test_a_write_in_use_is_not_swept(store: LocalStore, root: Path) -> None:
    seen: list[int] = []

    class Slow:
        def __enter__(self) -> "Slow":
            return self

        def __exit__(self, *_: object) -> None:
            """Nothing to close."""

        def read(self, size: int = -1, /) -> bytes:
            # Another writer of the same folder begins and sweeps, in the middle of this write.
            LocalStore(root).write(Key("other"), b"other")
            seen.append(size)
            return b"x" if len(seen) == 1 else b""

    source: Source = Source(1, Slow)  # type: ignore[arg-type] # the part of a stream that is used
    store.write(_A, source, when=ABSENT)

    assert store.read(_A).data == b"x"
