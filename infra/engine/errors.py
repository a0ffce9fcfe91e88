"""Why there is no engine, in one sentence that says what to do."""

from typing import Final

OFFICIAL: Final = "install Pulumi with its official installer"
"""The way out for whoever can reach it. By name: no address of a host stands in this repository."""


class EngineError(Exception):
    """There is no engine and none could be built; nothing half-done was left behind."""

    exit_code: Final = 1
