"""The check of the way back: over documents that stood there before, then rolled back, and compared."""

from typing import Final

from app.store.contract import BlobStore, Properties
from app.store.errors import AccessDenied
from app.store.keys import Key
from app.terms.permissions import PERMISSIONS
from migrate.checklist.migration import PART as MIGRATED
from migrate.checklist.moving import Notes, moved, standing
from migrate.checklist.trial import Trial
from migrate.checklist.verdict import Verdict, failed, passed
from migrate.refusals import DestinationFailed
from migrate.rollback import Rollback
from migrate.wording import count_text

_PART: Final = "rollback"
_BEFORE: Final = Properties(content_type="text/plain", metadata={"stood": "before"})


def check_rollback(trial: Trial) -> Verdict:
    """Migrate the sample over other content, take it back, and compare with what stood before."""
    store = trial.store(_PART)
    keys = sorted(str(info.key) for info in trial.store(MIGRATED).scan())
    documents = [Key(key) for key in keys if not key.startswith(".kb/")]
    for key in documents[::2]:
        trial.stop.keep_going()
        store.write(key, f"What stood under {key} before.".encode(), properties=_BEFORE)
    before = standing(store)
    with trial.journal(_PART) as journal:
        summary = moved(trial.sample().folder, store, journal, stop=trial.stop, replace_others=True)
    if summary.causes or standing(store).keys() != set(map(str, documents)):
        return failed(
            f"The sample did not arrive over what stood before: {dict(summary.causes)}.",
            "See what the migration's check says.",
        )
    notes = Notes()
    with trial.journal(_PART) as journal:
        rolling = Rollback(store, journal, dry_run=False, stop=trial.stop, watcher=notes)
        try:
            whole = rolling.run().whole
        except DestinationFailed:
            whole = False
    return _judged(trial, store, notes, whole=whole, as_before=before, documents=len(documents))


def _judged(
    trial: Trial,
    store: BlobStore,
    notes: Notes,
    *,
    whole: bool,
    as_before: dict[str, tuple[bytes, Properties]],
    documents: int,
) -> Verdict:
    if isinstance(notes.failure, AccessDenied):
        return failed(
            f"A rollback deletes what a migration created, and the migrator may not delete: {notes.failure}.",
            _grant(trial),
        )
    after = standing(store)
    if not whole or after != as_before:
        wrong = sorted(
            key for key in as_before.keys() | after.keys() if as_before.get(key) != after.get(key)
        )
        why = f": {notes.failure}" if notes.failure else ""
        return failed(
            f"After the rollback {count_text(len(wrong), 'document')} of {documents} were not as before{why}"
            + (f" (first: {wrong[0]})." if wrong else "."),
            "Back up before you migrate: the way back is not sure. kb store conformance URL tells which "
            "promise the store breaks.",
            figures={"different": len(wrong)},
        )
    return passed(
        f"{count_text(documents, 'file')} were migrated, {len(as_before)} of them over others, and taken "
        f"back: all is as it was, {trial.compared}.",
        _plan(trial),
        figures={"files": documents, "replaced": len(as_before)},
    )


def _plan(trial: Trial) -> str:
    way = trial.choices.command("migrate", "rollback", source=True)
    plan = (
        f"Keep the journal and do not --forget until all is looked at. The way back is: {way} --dry-run, "
        "then without it."
    )
    if trial.destination.environment and "delete" not in PERMISSIONS["migrator"]["open"]:
        plan += (
            " On a real cloud the migrator may delete only under 'migration: rollback' (an emulator does not "
            "look): set it before you need it."
        )
    return plan


def _grant(trial: Trial) -> str:
    if trial.destination.environment:
        return (
            "Let it for the time of the migration: 'migration: rollback' in the environment's configuration, "
            f"then {trial.choices.command('up')}."
        )
    return (
        "Give these credentials the right to delete for the time of the migration (s3:DeleteObject, Storage "
        "Blob Data Contributor, storage.objects.delete)."
    )
