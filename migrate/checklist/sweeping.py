"""Leaving nothing behind: of this trial, and of earlier ones that were killed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from app.store.errors import StoreError
from migrate.checklist.place import PREFIX, ages, remove
from migrate.checklist.trial import Trial
from migrate.checklist.workplace import Workplaces

_STRANGERS_AGE: Final = timedelta(hours=1)
"""What another machine's checklist has not written to for so long was left by one that was killed."""


def remove_earlier(trial: Trial, workplaces: Workplaces, say: Callable[[str], None]) -> None:
    """Remove what killed checklists left in the store, and on this machine.

    What cannot be removed is said; the store of a checklist that still runs is left alone.
    """
    known = workplaces.known(str(trial.destination))
    lying = ages(trial.asking.backend())
    old = datetime.now(UTC) - _STRANGERS_AGE
    for name, modified in lying.items():
        if name == trial.folder.name or not known.get(name, modified < old):
            continue
        try:
            removed = remove(trial.asking.usable(), f"{PREFIX}{name}/")
        except StoreError as error:
            say(f"What an earlier checklist left in {PREFIX}{name}/ could not be removed: {error}")
        else:
            say(f"Removed what an earlier checklist left: {removed} blobs in {PREFIX}{name}/")
            workplaces.forget(name)
    for name in known:
        if known[name] and name not in lying:
            workplaces.forget(name)


def remove_own(trial: Trial, workplaces: Workplaces, say: Callable[[str], None]) -> str | None:
    """Remove all that this trial wrote; return where something stays, or None."""
    try:
        remove(trial.asking.usable(), trial.prefix)
    except StoreError as error:
        say(
            f"What this checklist wrote to {trial.prefix} could not be removed: {error}. The next one tries "
            "again; an identity that may delete removes it now."
        )
        return trial.prefix
    workplaces.forget(trial.folder.name)
    return None
