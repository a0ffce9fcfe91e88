"""The check of the migration: a copy of a sample is moved, stopped midway, resumed, and read back."""

from migrate.checklist.moving import Halt, Halting, Notes, moved, proved
from migrate.checklist.sample import Sample
from migrate.checklist.trial import Trial
from migrate.checklist.verdict import Verdict, failed, passed
from migrate.outcomes import Result
from migrate.paths import printable
from migrate.refusals import Stopped
from migrate.summary import Summary
from migrate.wording import bytes_text, count_text

PART = "migration"


def check_migration(trial: Trial) -> Verdict:
    """Move the sample into a part of the store, with a stop in between, and compare by content."""
    sample = trial.sample()
    if sample.unreadable_count:
        path, reason = sample.unreadable[0]
        return failed(
            f"{count_text(sample.unreadable_count, 'entry', 'entries')} of the source cannot be read: {path} "
            f"({reason}).",
            "Let this process's user read them (chmod, chown), or leave them out: --exclude, .kbignore.",
            figures={"unreadable": sample.unreadable_count},
        )
    if not sample.files:
        return failed(
            "The source holds no file that could be tried.",
            "Name the folder with the documents: --source DIR.",
        )
    return _tried(trial, sample)


def _tried(trial: Trial, sample: Sample) -> Verdict:
    store, notes = trial.store(PART), Notes()
    stopped_after = _stopped(trial, sample)
    with trial.journal(PART) as journal:
        summary = moved(sample.folder, store, journal, stop=trial.stop)
        if summary.causes:
            return _left_out(trial, summary)
    with trial.journal(PART) as journal:
        proof = proved(sample.folder, store, journal, notes, stop=trial.stop)
    what = f"{count_text(sample.files, 'file')} ({bytes_text(sample.size)}, {sample.origin})"
    figures = {
        "files": sample.files,
        "bytes": sample.size,
        "stopped_after": stopped_after,
        "root_sha256": proof.root_sha256,
    }
    if not proof.holds or proof.proved != sample.files:
        found = notes.differences[0] if notes.differences else None
        named = f"{printable(found.path)}: {found.reason}" if found else "some did not arrive"
        return failed(
            f"{what} moved, but what is there differs: {named}.",
            "Something between here and the store changes contents: kb store conformance URL tells what.",
            figures=figures,
        )
    again = stopped_after - summary.results[Result.ALREADY_THERE]
    return passed(
        f"{what} moved, stopped after {stopped_after} and resumed ({again} of those sent again), and read "
        f"back: equal. Root sha256 {proof.root_sha256}.",
        figures=figures,
    )


def _stopped(trial: Trial, sample: Sample) -> int:
    """Move until half of it is under way, and return how many files had arrived."""
    halt = Halt(trial.stop)
    store = Halting(trial.store(PART), halt, writes=max(1, sample.files // 2))
    try:
        with trial.journal(PART) as journal:
            return moved(sample.folder, store, journal, stop=halt).results[Result.COPIED]
    except Stopped:
        trial.stop.keep_going()
        return sum(1 for _ in trial.store(PART).scan())


def _left_out(trial: Trial, summary: Summary) -> Verdict:
    cause, examples = next(iter(summary.examples.items()))
    count = sum(summary.causes.values())
    return failed(
        f"{count_text(count, 'file')} of the sample would be left out: {printable(examples[0].path)}: "
        f"{examples[0].reason}.",
        f"{trial.choices.command('migrate', 'plan', source=True)} names all of them and what to do about "
        f"{cause.value!r}; --names=map moves names that the store cannot hold.",
        figures={cause.value: number for cause, number in summary.causes.items()},
    )
