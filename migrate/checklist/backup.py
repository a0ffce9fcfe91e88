"""The check of the backup: a sample is backed up and restored, or an existing backup is looked at."""

import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from app.store.backends.local import LocalStore
from app.store.contract import Blob, BlobStore, Properties
from app.store.errors import Archived, InvalidKey
from app.store.keys import RESERVED_PREFIX, Key
from app.store.stack import open_stack
from migrate.checklist.moving import Notes, moved, proved
from migrate.checklist.sample import PATH_BYTES_MAX, taken
from migrate.checklist.trial import Trial
from migrate.checklist.verdict import Verdict, failed, passed
from migrate.compare import Comparison
from migrate.journal import Journal
from migrate.origin import Origin
from migrate.outage import Outage
from migrate.outcomes import Cause
from migrate.paths import printable
from migrate.plan import Action, Step, steps
from migrate.refusals import SourceRefused
from migrate.store_source import StoreOrigin
from migrate.survey import survey_of
from migrate.walk import Folder
from migrate.wording import bytes_text, count_text

_PART: Final = "backup"
_BEHIND_RESERVED: Final = f"{RESERVED_PREFIX}\U0010ffff"
_DAMAGED: Final = frozenset({Cause.UNREADABLE, Cause.CHANGED, Cause.FAILED})


def check_backup(trial: Trial) -> Verdict:
    """Restore a backup on trial, and compare it with what the store holds."""
    if trial.choices.backup is not None:
        return _existing(trial, trial.choices.backup)
    return _rehearsed(trial)


def _rehearsed(trial: Trial) -> Verdict:
    """Back a sample up to a folder, restore it elsewhere in the store, and compare."""
    folder = trial.folder / _PART
    folder.mkdir()
    kept, restored = LocalStore(folder), trial.store(f"{_PART}/restored")
    count = size = 0
    origin = "of the store's documents"
    documents = _documents(trial)
    first = next(documents, None)
    if first is None:
        origin, documents = "made for this: the store has no documents", _made(trial)
        first = next(documents)
    for blob in _chain(first, documents):
        trial.stop.keep_going()
        key, properties = blob.info.key, replace(blob.properties, tier=None)
        try:
            kept.write(key, blob.data)
        except InvalidKey as error:
            return failed(
                f"{key} cannot be backed up to a folder: {error}.",
                "Rename it, or back up to another store (--to URL).",
            )
        restored.write(key, kept.read(key).data, properties=properties)
        again = restored.read(key)
        if again.data != blob.data or replace(again.properties, tier=None) != properties:
            return failed(
                f"{key} was restored, but is not what was backed up.",
                "Something between here and the store changes contents: kb store conformance URL tells what.",
            )
        count, size = count + 1, size + len(blob.data)
    return passed(
        f"{count_text(count, 'file')} ({bytes_text(size)}, {origin}) backed up to a folder, restored and "
        f"read back: equal, {trial.compared}. It was removed again.",
        f"Make a real one, then have it looked at: {trial.choices.command('checklist')} --backup DIR",
        figures={"files": count, "bytes": size},
    )


def _documents(trial: Trial) -> Iterator[Blob]:
    """Yield the store's first documents, as many as a sample holds."""
    store = open_stack(trial.asking.backend(), trial.destination.options)
    extent = trial.choices.extent
    count = size = 0
    for key, size_stored in _listed(store):
        trial.stop.keep_going()
        if size + size_stored > extent.bytes_max or len(key.encode()) > PATH_BYTES_MAX:
            continue
        try:
            yield store.read(key)
        except Archived:
            continue  # offline: whoever backs it up has to ask for it first
        count, size = count + 1, size + size_stored
        if count == extent.files_max:
            return


def _listed(store: BlobStore) -> Iterator[tuple[Key, int]]:
    for info in store.scan():
        if not info.key.startswith(RESERVED_PREFIX):
            yield info.key, info.size_stored
        elif store.capabilities.sorted_scan:
            # Our own records may be many more than the documents: shared contents, for one.
            break
    else:
        return
    for info in store.scan(after=_BEHIND_RESERVED):
        yield info.key, info.size_stored


def _made(trial: Trial) -> Iterator[Blob]:
    """Write what the migration's sample holds, and yield it as read back."""
    store, sample = trial.store(f"{_PART}/documents"), trial.sample()
    properties = Properties(content_type="text/plain", metadata={"made_by": "kb checklist"})
    for path in sorted(sample.folder.rglob("*")):
        key = path.relative_to(sample.folder).as_posix()
        if path.is_file() and key.isprintable():
            store.write(Key(key), path.read_bytes(), properties=properties)
            yield store.read(Key(key))


def _chain(first: Blob, rest: Iterator[Blob]) -> Iterator[Blob]:
    yield first
    yield from rest


@dataclass(slots=True)
class _Looked:
    """What a look at a backup found: how many of each, and the first of each."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, path: bytes, reason: str = "") -> None:
        self.counts[kind] += 1
        self.first.setdefault(kind, printable(path) + (f" ({reason})" if reason else ""))

    def line(self, kind: str, what: str) -> str:
        return f"{count_text(self.counts[kind], 'file')} {what}, first {self.first[kind]}"


def _existing(trial: Trial, backup: Path) -> Verdict:
    """Read every file of a backup, compare it with the store, and restore a sample of it."""
    mend = f"Make a new one: {_making(trial)}"
    try:
        folder = Folder(backup)
    except SourceRefused as error:
        return failed(f"The backup cannot be used: {error}", mend)
    url = trial.destination.url
    if url.scheme == "file" and folder.root.resolve() == Path(url.place).resolve():
        return failed("The backup is the store itself: it would be lost together with it.", mend)
    # As a restore reads it: with the names and properties that a manifest gives.
    looked = _looked(trial, StoreOrigin(LocalStore(folder.root), str(folder.root)))
    if looked.counts["damaged"]:
        return failed(f"The backup is damaged: {looked.line('damaged', 'cannot be read')}.", mend)
    if looked.counts["different"]:
        line = looked.line("different", "of it hold other bytes than the store")
        return failed(
            f"Restoring would bring back something else: {line}: damaged, or of an earlier state.",
            f"{mend}. {trial.choices.command('migrate', 'plan')} --source {backup} names all of them.",
            figures=looked.counts,
        )
    if looked.counts["lacking"]:
        line = looked.line("lacking", "of the store are not in it")
        return failed(f"The backup is incomplete: {line}.", mend, figures=looked.counts)
    return _restored(trial, folder, looked)


def _making(trial: Trial) -> str:
    """Return the command that makes a backup of the store."""
    if trial.choices.to is None:
        return f"{trial.choices.command('backup')} --to DIR"
    stack = ["--source-stack", trial.choices.stack] if trial.choices.stack else []
    words = ["kb", "migrate", "run", *stack, "--source", trial.choices.to]
    return f"{shlex.join(words)} --to file:///DIR --names=map"


def _looked(trial: Trial, folder: Origin) -> _Looked:
    store = open_stack(trial.asking.backend(), trial.destination.options)
    looked = _Looked()
    with Journal.blank() as blank:
        survey = survey_of(folder, store, blank, keep_going=trial.stop.keep_going)
        comparison = Comparison(
            folder,
            store,
            replace_others=False,
            keep_going=trial.stop.keep_going,
            outage=Outage(),
        )
        for step in comparison.decided(steps(survey.source_sights())):
            looked.add(_kind(step), step.entry.path, step.reason)
        for sight in survey.all_sights():
            if sight.entry is None and sight.listed is not None:
                looked.add("lacking", sight.path)
    return looked


def _kind(step: Step) -> str:
    if step.action is Action.SKIP:
        return "equal"
    if step.action is Action.COPY:
        return "removed_since"
    if step.cause is Cause.CONFLICT:
        return "different"
    return "damaged" if step.cause in _DAMAGED else "other"


def _restored(trial: Trial, folder: Folder, looked: _Looked) -> Verdict:
    into, store, notes = trial.folder / "restoring", trial.store(f"{_PART}/restored"), Notes()
    into.mkdir()
    sample = taken(
        folder,
        into,
        trial.choices.extent,
        keep_going=trial.stop.keep_going,
        without=RESERVED_PREFIX.encode(),
    )
    with trial.journal(_PART) as journal:
        moved(into, store, journal, stop=trial.stop)
    with trial.journal(_PART) as journal:
        proof = proved(into, store, journal, notes, stop=trial.stop)
    if not proof.holds:
        found = notes.differences[0]
        return failed(
            f"A sample of the backup was restored, and differs: {printable(found.path)}: {found.reason}.",
            "kb store conformance URL tells which promise the store breaks.",
        )
    counts = looked.counts
    more = (
        f"; {counts['removed_since']} are no longer in the store" if counts["removed_since"] else ""
    )
    return passed(
        f"{folder.root}: {count_text(counts['equal'], 'file')} read, equal to the store's{more}; "
        f"{sample.files} of them restored on trial and read back.",
        figures=counts,
    )
