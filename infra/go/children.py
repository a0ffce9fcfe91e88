"""The programs that a build starts: heard line by line, and ended with it, however it ends."""

import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Final

_TAIL_LINES: Final = 4


_GUARD: Final = """
exec {watched}<&0
(cat; kill -9 0) <&{watched} >/dev/null 2>&1 &
exec {watched}<&-
"$@" </dev/null
code=$?
kill $!
exit $code
"""
"""Runs a command beside a watch on standard input. The system closes that when this process ends, even by
`kill -9`; the watch then kills the whole group: a compiler or a stalled download would go on for nobody."""


class ChildFailed(Exception):
    """A child ended with another code than 0; its last words."""


@dataclass(frozen=True, slots=True)
class Children:
    """Starts children that hold the build's lock, log what they say, and do not outlive an interrupted build.

    Attributes:
        lock: file descriptor that every child inherits, see EngineCache.locked.
        log: file that their words are appended to.
    """

    lock: int
    log: Path

    def run(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        directory: Path | None = None,
        on_line: Callable[[str], None] | None = None,
        output: Path | None = None,
    ) -> None:
        """Run a command to its end; it ends earlier if this process does.

        Args:
            command: program and arguments.
            environment: all variables of the child.
            directory: it runs in; None for this process's.
            on_line: called with each line that it says on standard error (and on standard output, unless that
                goes into a file).
            output: file for its standard output.

        Raises:
            ChildFailed: it did not end well.
        """
        tail: deque[str] = deque(maxlen=_TAIL_LINES)
        with contextlib.ExitStack() as stack:
            log = stack.enter_context(self.log.open("a", encoding="utf-8", errors="replace"))
            log.write(f"$ {' '.join(map(str, command))}\n")
            sink = subprocess.PIPE if output is None else stack.enter_context(output.open("wb"))
            child = stack.enter_context(_started(command, environment, directory, sink, self.lock))
            said = child.stdout if output is None else child.stderr
            assert said is not None  # noqa: S101 - both are pipes
            for raw in said:
                line = raw.decode(errors="replace").rstrip()
                log.write(f"{line}\n")
                if line:
                    tail.append(line)
                    if on_line is not None:
                        on_line(line)
            code = child.wait()
        if code:
            raise ChildFailed(" | ".join(tail) or f"{Path(command[0]).name} ended with {code}")


@contextlib.contextmanager
def _started(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    directory: Path | None,
    output: int | IO[bytes],
    lock: int,
) -> Iterator[subprocess.Popen[bytes]]:
    # A shell knows descriptors of one digit only, and the lock's may be one of them.
    guard = _GUARD.format(watched=4 if lock == 3 else 3)
    child = subprocess.Popen(
        ("/bin/sh", "-c", guard, "sh", *command),
        cwd=directory,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT if output == subprocess.PIPE else subprocess.PIPE,
        pass_fds=(lock,),
        # A group of its own: its compilers end with it, and Ctrl-C reaches this process alone.
        process_group=0,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()


@contextlib.contextmanager
def termination_as_exit() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into SystemExit while a build runs, so that it cleans up behind itself.

    Only where nobody else handles them: a program that does is asked to raise in its handler. Outside
    the main thread Python does not allow it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    taken = [
        number
        for number in (signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is signal.SIG_DFL
    ]
    for number in taken:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
