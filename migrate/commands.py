"""`kb migrate`: which command is where."""

from typing import Final

import typer

from app.terms.entries import Entry, LazyGroup

_ENTRIES: Final = tuple(
    Entry(name, module, text, "Commands")
    for name, module, text in (
        ("plan", "migrate.plan_command", "Say what a run would do, and change nothing."),
        ("run", "migrate.run_command", "Move the files."),
        ("verify", "migrate.verify_command", "Prove that the store holds what the source holds."),
        ("status", "migrate.status_command", "Say what the journal knows."),
        ("report", "migrate.report_command", "Write the migration's report, a page in one file."),
        ("rollback", "migrate.rollback_command", "Put back what stood in the store before."),
        ("forecast", "migrate.forecast.command", "Say how long a run takes, and what it costs."),
    )
)


class _Verbs(LazyGroup):
    """What can be done with a migration."""

    entries = _ENTRIES


APP: Final = typer.Typer(
    cls=_Verbs,
    name="migrate",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@APP.callback()
def _migrate() -> None:
    """Move a folder or a store into a store, and prove that it arrived."""
