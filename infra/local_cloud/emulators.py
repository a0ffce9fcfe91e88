"""The emulators by name: how each is started."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from infra.local_cloud import go_programs, npm

HOST: Final = "127.0.0.1"
MOTO: Final = "moto"
AZURITE: Final = "azurite"
FAKE_GCS: Final = "fake-gcs-server"


def command(name: str, port: int, directory: Path, *, say: Callable[[str], None]) -> list[str]:
    """Return what starts an emulator, which is installed or built first where it is missing.

    Args:
        name: the emulator's.
        port: it shall listen on.
        directory: of the stack's state.
        say: receives a line when something takes long.

    Raises:
        LocalCloudError: it could not be installed or built.
    """
    if name == MOTO:
        return [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
    if name == FAKE_GCS:
        return [
            str(go_programs.FAKE_GCS.ensure(say=say)),
            *("-backend", "memory", "-scheme", "http", "-host", HOST, "-port", str(port)),
            *("-external-url", f"http://{HOST}:{port}", "-log-level", "error"),
            # Go's client, the engine's, reads objects at /BUCKET/OBJECT: answered for this host only.
            *("-public-host", f"{HOST}:{port}"),
        ]
    azurite = npm.AZURITE.ensure(say=say)
    location = directory / AZURITE
    location.mkdir(exist_ok=True)
    return [
        str(azurite.node),
        str(azurite.main),
        *("--blobHost", HOST, "--blobPort", str(port), "--location", str(location)),
        # The SDKs send newer API versions than any emulator has heard of.
        *("--disableTelemetry", "--skipApiVersionCheck", "--silent"),
    ]


def variables(name: str) -> Mapping[str, str]:
    """Return the variables that an emulator needs beside those of this process."""
    # It writes times of the machine's zone; Google's are UTC, and its SDK reads no others.
    return {"TZ": "UTC"} if name == FAKE_GCS else {}
