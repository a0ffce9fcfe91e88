"""Groups of commands whose modules are imported when a command of theirs is called."""

import gc
from importlib import import_module
from typing import Any, ClassVar, NamedTuple

from typer.core import TyperGroup
from typer.main import get_command


class Entry(NamedTuple):
    """Where a command lives: `module` has a typer app `APP` that holds it under `name`."""

    name: str
    module: str
    help: str
    section: str


class LazyGroup(TyperGroup):
    """A group that imports a command's module only when that command is called.

    Attributes:
        entries: its table of commands; a subclass has one.
    """

    entries: ClassVar[tuple[Entry, ...]] = ()

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names, in the order of the table."""
        return [entry.name for entry in self.entries]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import and return a command, or None if there is none of that name."""
        entry = next((entry for entry in self.entries if entry.name == cmd_name), None)
        if entry is None:
            return None
        command = get_command(_imported(entry.module).APP)
        children = getattr(command, "commands", {})
        return children.get(cmd_name, command)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the table by sections, without importing what it lists."""
        for section in dict.fromkeys(entry.section for entry in self.entries):
            with formatter.section(section):
                formatter.write_dl(
                    [(entry.name, entry.help) for entry in self.entries if entry.section == section]
                )


def _imported(module: str) -> Any:
    """Import without looking for garbage: what a module makes stays."""
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.enable()
