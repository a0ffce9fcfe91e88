"""Whatever tree it is: what is planned is what is done, and what is done is proved."""

import os
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.store.backends.local import LocalStore
from app.store.backends.memory import MemoryStore
from app.store.contract import BlobStore
from app.store.errors import StoreError
from app.store.keys import broken_rule, parse_key
from migrate.compare import Comparison
from migrate.journal import Journal
from migrate.outage import Outage
from migrate.outcomes import Cause, Result
from migrate.plan import Action, steps
from migrate.refusals import SourceRefused
from migrate.survey import survey_of
from migrate.walk import Folder
from tests.migrate.scene import Scene, contents

SEGMENT = st.binary(min_size=1, max_size=12).filter(
    lambda name: b"/" not in name and b"\0" not in name and name not in (b".", b"..")
) | st.sampled_from(
    [b"a", b"b", "한글".encode(), b".kb", b"A", b"x" * 255, b"dot.", b"back\\slash"]
)
PATH = st.lists(SEGMENT, min_size=1, max_size=3).map(b"/".join)
DATA = st.binary(max_size=4)
KINDS = st.sampled_from(["file", "file", "file", "link", "folder"])
TREE = st.dictionaries(PATH, st.tuples(KINDS, DATA), max_size=12)
STORED = st.dictionaries(st.sampled_from(["a", "b", "A", "a/b", "한글", "zz"]), DATA, max_size=3)


def grow(root: Path, tree: dict[bytes, tuple[str, bytes]]) -> None:
    """Make what of the tree can be made: a file may stand in another path's way."""
    for path, (kind, data) in tree.items():
        where = root / os.fsdecode(path)
        try:
            where.parent.mkdir(parents=True, exist_ok=True)
            if kind == "file":
                where.write_bytes(data)
            elif kind == "link":
                where.symlink_to("anywhere")
            else:
                where.mkdir(exist_ok=True)
        except OSError:
            continue


def movable(root: Path) -> dict[str, bytes]:
    """Say, without the code under test, what should arrive."""
    found = {}
    for where in root.rglob("*"):
        path = where.relative_to(root).as_posix()
        if (
            where.is_file()
            and not where.is_symlink()
            and not broken_rule(path)
            and not path.startswith(".kb/")
        ):
            found[path] = where.read_bytes()
    return found


def plan(scene: Scene) -> Counter[tuple[str, Action, Cause | None]]:
    """Plan without changing anything."""
    with Journal.seen(scene.journal, scene.pair) as kept, Journal.blank() as blank:
        folder = Folder(scene.root)
        survey = survey_of(folder, scene.store, kept or blank, keep_going=lambda: None)
        comparison = Comparison(
            folder, scene.store, replace_others=False, keep_going=lambda: None, outage=Outage()
        )
        return Counter(
            (step.entry.path.decode(errors="surrogateescape"), step.action, step.cause)
            for step in comparison.decided(steps(survey.source_sights()))
        )


ACTIONS = {
    Result.COPIED: Action.COPY,
    Result.REPLACED: Action.REPLACE,
    Result.ALREADY_THERE: Action.SKIP,
    Result.LEFT_OUT: Action.LEAVE_OUT,
}


def check(
    tree: dict[bytes, tuple[str, bytes]], stored: dict[str, bytes], store: BlobStore, place: Path
) -> None:
    root = place / "source"
    root.mkdir()
    grow(root, tree)
    for key, data in stored.items():
        try:
            store.write(parse_key(key), data)
        except StoreError:
            continue  # a file and a folder of one name
    before = contents(store)
    scene = Scene(root, store, place / "journal")

    try:
        planned = plan(scene)
    except SourceRefused:
        # A .kbignore that nobody can read the meaning of: nothing is moved.
        with pytest.raises(SourceRefused):
            scene.run()
        assert contents(store) == before
        return
    assert contents(store) == before
    _, notes = scene.run()
    proof, _ = scene.verify()
    after = contents(store)

    assert planned == Counter(
        (outcome.path.decode(errors="surrogateescape"), ACTIONS[outcome.result], outcome.cause)
        for outcome in notes.outcomes
    )
    # Nothing that stood there changed, and every file is there or named.
    assert before.items() <= after.items()
    expected = movable(root)
    arrived = {path for path, data in expected.items() if after.get(path) == data}
    assert arrived.isdisjoint(notes.causes())
    assert expected.keys() - arrived <= notes.causes().keys()
    assert after.keys() <= before.keys() | arrived
    assert proof.proved == len(arrived)


@settings(max_examples=60)
@given(TREE, STORED)
@example({b".kbignore": ("file", b"\x80"), b"a": ("file", b"1")}, {})
def test_the_plan_is_what_a_run_into_memory_does(
    tree: dict[bytes, tuple[str, bytes]], stored: dict[str, bytes]
) -> None:
    with TemporaryDirectory() as place:
        check(tree, stored, MemoryStore(), Path(place))


@settings(max_examples=40)
@given(TREE, STORED)
def test_the_plan_is_what_a_run_into_a_folder_does(
    tree: dict[bytes, tuple[str, bytes]], stored: dict[str, bytes]
) -> None:
    with TemporaryDirectory() as place:
        destination = Path(place) / "destination"
        destination.mkdir()
        check(tree, stored, LocalStore(destination), Path(place))
