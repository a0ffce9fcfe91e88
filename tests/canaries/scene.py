"""A place in which programs run with planted secrets, and which keeps everything that they leave."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import psutil
from azure.storage.blob import ContainerSasPermissions, generate_container_sas

from infra.local_cloud.credentials import AZURITE_ACCOUNT, AZURITE_KEY
from tests.canaries.forms import Canaries, Hit, core

PROJECT = Path(__file__).resolve().parents[2]

_HOOK = """
import os, sys

_FOLDER = os.environ.get("CANARIES_ARGUMENTS")

def _note(event, arguments):
    if _FOLDER and event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"):
        with open(os.path.join(_FOLDER, str(os.getpid())), "a") as notes:
            notes.write(repr(arguments[:2]) + "\\n")

sys.addaudithook(_note)
"""
"""Imported by every Python that is started: what a program starts is noted, however short it lives."""

_NAMES = ("PATH", "LANG", "VIRTUAL_ENV")


@dataclass
class Scene:
    """A folder that is home, temporary folder, state and working folder at once.

    Attributes:
        folder: everything below it is looked through; what commands print is kept there, too.
        variables: of every program, secrets among them.
        planted: the secrets by name, each with what of it no text has by chance.
    """

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    planted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _runs: int = 0

    def __post_init__(self) -> None:
        for name in ("home", "tmp", "state", "work", "said", "arguments", "hook"):
            (self.folder / name).mkdir()
        (self.folder / "hook" / "sitecustomize.py").write_text(_HOOK)

    def plant(self, name: str, template: str) -> str:
        """Return a new secret: the template with a mark in the place of `{}`."""
        mark = core()
        self.planted[name] = (template.format(mark), mark)
        return template.format(mark)

    @property
    def environ(self) -> dict[str, str]:
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        return {
            **{name: os.environ[name] for name in _NAMES if name in os.environ},
            "HOME": str(self.folder / "home"),
            # The engine and the emulators are built once per user, not per test.
            "XDG_CACHE_HOME": cache,
            "TMPDIR": str(self.folder / "tmp"),
            "KB_STATE_DIR": str(self.folder / "state"),
            "CANARIES_ARGUMENTS": str(self.folder / "arguments"),
            "PYTHONPATH": f"{self.folder / 'hook'}:{PROJECT}",
            "COLUMNS": "100",
            "ANTHROPIC_BASE_URL": "http://127.0.0.1:1",
            **self.variables,
        }

    def kb(self, *words: str, **variables: str) -> int:
        """Run `kb WORDS`; what it says stays in the folder. Return its exit code."""
        self._runs += 1
        place = self.folder / "said" / f"{self._runs}-{words[0]}"
        with (
            place.with_suffix(".out").open("wb") as out,
            place.with_suffix(".err").open("wb") as err,
        ):
            process = subprocess.Popen(
                [str(Path(sys.prefix) / "bin" / "kb"), *words],
                cwd=self.folder / "work",
                env={**self.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
            self._watch(process)
        return process.returncode

    def output(self) -> str:
        """What the last command printed, on both of its channels."""
        places = sorted((self.folder / "said").glob(f"{self._runs}-*"))
        return "".join(path.read_text(errors="replace") for path in places)

    def said(self) -> str:
        """The end of it, for the message of a failed test."""
        return self.output()[-4000:]

    def started(self) -> str:
        """The command lines of everything that commands started."""
        notes = (self.folder / "arguments").iterdir()
        return "\n".join(note.read_text(errors="replace") for note in notes)

    def hits(self) -> list[Hit]:
        """Every planted secret that lies in the folder, in a name or in a file, in any form."""
        return Canaries(self.planted).hits_below(self.folder)

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        """Note the command lines of all that it starts, as every user of the machine can see them."""
        seen: set[bytes] = set()
        while process.poll() is None:
            for one in _family(process.pid):
                seen.add(_command_line(one))
            try:
                process.wait(timeout=0.02)
            except subprocess.TimeoutExpired:
                continue
        (self.folder / "arguments" / f"seen-{self._runs}").write_bytes(b"\n".join(seen))


def _family(process_id: int) -> list[int]:
    try:
        here = psutil.Process(process_id)
        return [process_id, *(child.pid for child in here.children(recursive=True))]
    except psutil.Error:
        return []


def _command_line(process_id: int) -> bytes:
    try:
        return Path(f"/proc/{process_id}/cmdline").read_bytes()
    except OSError:
        return b""


def shared_access(azurite_url: str, container: str) -> tuple[str, str]:
    """Return a connection string with a signature for a container, and the signature."""
    token = generate_container_sas(
        AZURITE_ACCOUNT,
        container,
        account_key=AZURITE_KEY,
        permission=ContainerSasPermissions(read=True, write=True, delete=True, list=True),
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    signature = unquote(token.partition("sig=")[2].partition("&")[0])
    return f"BlobEndpoint={azurite_url};SharedAccessSignature={token}", signature
