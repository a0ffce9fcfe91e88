"""Who moves a folder to a sink: this package's command, and the tools that it is measured beside.

`make peers` installs those; any that is not there is left out.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from benchmarks.sinks import Sink

Service = Literal["s3", "azure"]

_PEERS: Final = Path(__file__).resolve().parent.parent / ".peers" / "bin"
_ANY: Final = "the sink checks no signatures"
_SIGNATURE: Final = "sv=2021-08-06&ss=b&srt=sco&sp=rwdlac&se=2100-01-01T00:00:00Z&sig=c2luaw%3D%3D"


@dataclass(frozen=True, slots=True)
class Errand:
    """What a contestant is to do.

    Attributes:
        folder: to be moved.
        state: an empty folder for whatever the contestant keeps.
        at: where to.
        service: which dialect it is to speak.
        workers: how many transfers at once, where a contestant takes such a number; None is its default.
    """

    folder: Path
    state: Path
    at: Sink
    service: Service
    workers: int | None = None

    def environment(self) -> dict[str, str]:
        """Return the variables that a contestant runs with."""
        # Without those that make Python slower for a developer's sake.
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
        }
        return {
            **inherited,
            "AWS_ACCESS_KEY_ID": "sink",
            "AWS_SECRET_ACCESS_KEY": _ANY,
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AZURE_STORAGE_CONNECTION_STRING": self.at.azure_connection_string,
            "AZCOPY_LOG_LOCATION": str(self.state),
            "AZCOPY_JOB_PLAN_LOCATION": str(self.state),
            "AZCOPY_DISABLE_SYSLOG": "true",
            "KB_STATE_DIR": str(self.state),
        }


@dataclass(frozen=True, slots=True)
class Contestant:
    """A command that moves a folder.

    Attributes:
        name: of the command.
        services: that it can move to.
        command: makes its words, the program's first.
    """

    name: str
    services: frozenset[Service]
    command: Callable[[Errand], list[str]]

    @property
    def is_peer(self) -> bool:
        """Whether it is somebody else's."""
        return self.name != "kb"


def _kb(errand: Errand) -> list[str]:
    to = {
        "s3": f"s3://benchmark/x?endpoint_url={errand.at.url}&region=us-east-1",
        "azure": f"azure://sink/benchmark/x?endpoint_url={errand.at.url}/sink",
    }[errand.service]
    journal = str(errand.state / "journal.sqlite")
    source = ["--source", str(errand.folder)]
    return [_program("kb"), "migrate", "run", *source, "--to", to, "--journal", journal]


def _rclone(errand: Errand) -> list[str]:
    remote = {
        # no_head: what it would ask after each file is not asked of the others either.
        "s3": f":s3,provider=Other,env_auth=true,endpoint='{errand.at.url}',region=us-east-1,"
        "force_path_style=true,no_check_bucket=true,no_head=true:benchmark/x",
        "azure": f":azureblob,account=sink,key='c2luaw==',endpoint='{errand.at.url}/sink',"
        "no_check_container=true:benchmark/x",
    }[errand.service]
    workers = str(errand.workers)
    many = ["--transfers", workers, "--checkers", workers] if errand.workers else []
    quiet = ["--ignore-times", "-q", "--config", str(errand.state / "none")]
    return [_program("rclone"), "copy", str(errand.folder), remote, *many, *quiet]


def _s5cmd(errand: Errand) -> list[str]:
    many = ["--numworkers", str(errand.workers)] if errand.workers else []
    flags = ["--endpoint-url", errand.at.url, *many, "--log", "error"]
    return [_program("s5cmd"), *flags, "cp", f"{errand.folder}/", "s3://benchmark/x/"]


def _azcopy(errand: Errand) -> list[str]:
    to = f"{errand.at.url}/sink/benchmark/x?{_SIGNATURE}"
    flags = ["--recursive", "--from-to=LocalBlob", "--check-length=false", "--log-level=NONE"]
    return [_program("azcopy"), "copy", f"{errand.folder}/*", to, *flags]


_CONTESTANTS: Final = (
    Contestant("kb", frozenset({"s3", "azure"}), _kb),
    Contestant("rclone", frozenset({"s3", "azure"}), _rclone),
    Contestant("s5cmd", frozenset({"s3"}), _s5cmd),
    Contestant("azcopy", frozenset({"azure"}), _azcopy),
)
NAMES: Final = tuple(each.name for each in _CONTESTANTS)


def contestants(service: Service, only: Iterable[str] | None = None) -> list[Contestant]:
    """Return those that are installed and can move to a service, this package's command first.

    Args:
        service: which.
        only: their names; None for all.
    """
    chosen = NAMES if only is None else set(only)
    return [
        each
        for each in _CONTESTANTS
        if each.name in chosen and service in each.services and shutil.which(_program(each.name))
    ]


def plant(folder: Path, *, files: int, size: int) -> None:
    """Make so many files of `size` bytes, each with content of its own.

    Args:
        folder: is made, with a folder in it for each thousand.
        files: how many.
        size: of each, in bytes; a multiple of 16.
    """
    for number in range(files):
        path = folder / f"{number // 1000:03}" / f"{number:06}.md"
        if not number % 1000:
            path.parent.mkdir(parents=True)
        part = f"{number:016}".encode() * min(size // 16, 1 << 16)
        with path.open("wb") as file:
            for start in range(0, size, len(part)):
                file.write(part[: size - start])


def _program(name: str) -> str:
    if name == "kb":
        return str(Path(sys.prefix) / "bin" / "kb")
    own = _PEERS / name
    return str(own) if own.exists() else name
