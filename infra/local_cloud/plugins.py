"""The provider plugins of a local stack, where the engine looks for plugins of an exact version."""

import os
import shlex
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from infra.local_cloud import servers
from infra.local_cloud.stacks import PROJECT, state_directory, state_root

PLUGINS: Final[Mapping[str, str]] = {
    "aws": "pulumi-aws",
    "azure-native": "pulumi-azure-native",
    "gcp": "pulumi-gcp",
}
"""The plugin's name → the Python package whose version the engine asks it for."""


def install_plugins(pulumi_home: Path) -> tuple[Path, ...]:
    """Write the plugin of each installed SDK into a Pulumi home; return their files.

    Not on PATH: an ambient plugin makes the engine print a warning in every run, and is taken in any
    version, by every stack.
    """
    written = []
    for name, distribution in PLUGINS.items():
        try:
            folder = pulumi_home / "plugins" / f"resource-{name}-v{version(distribution)}"
        except PackageNotFoundError:
            continue  # this cloud's SDK is not installed, so that no program can use it
        folder.mkdir(parents=True, exist_ok=True)
        plugin = folder / f"pulumi-resource-{name}"
        _write_script(plugin, name)
        written.append(plugin)
    return tuple(written)


def environment(stack: str, *, root: Path | None = None) -> dict[str, str]:
    """Return what a plain `pulumi` needs for a local stack, besides the engine and its state.

    The plugins are installed as a side effect. The emulators need not run yet: a provider that finds none
    says so, and how to start them.

    Raises:
        LocalCloudError: the stack is not local.
    """
    home = state_directory(stack, root=root) / "pulumi-home"
    install_plugins(home)
    endpoints = servers.remembered_endpoints(stack, root=root)
    found = {
        "KB_STATE_DIR": str(root or state_root()),
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(home),
    }
    if endpoints and endpoints.aws_url:
        found["AWS_ENDPOINT_URL_S3"] = endpoints.aws_url
    if endpoints and endpoints.gcs_url:
        found["STORAGE_EMULATOR_HOST"] = endpoints.gcs_url
    return found


def _write_script(path: Path, name: str) -> None:
    # The interpreter is named in full, so that it does not matter which Python is first on PATH; -P keeps the
    # folder that the engine runs in from hiding modules of the standard library.
    text = (
        "#!/bin/sh\n"
        f"PYTHONPATH={shlex.quote(str(PROJECT))} "
        f'exec {shlex.quote(sys.executable)} -P -m infra.local_cloud.plugin {name} "$@"\n'
    )
    scratch = path.with_suffix(f".{os.getpid()}")
    scratch.write_text(text, encoding="utf-8")
    scratch.chmod(0o755)
    os.replace(scratch, path)
