"""Names that a destination cannot hold are known before the first byte."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.store.contract import Capabilities
from migrate.journal import Journal
from migrate.names import fold, refuse_name
from migrate.outcomes import Cause
from migrate.survey import survey_of
from migrate.walk import Folder
from tests.migrate.scene import Scene, Watched, contents, plant

ANY = Capabilities(conditional_writes=True)


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        (b"fine/name.txt", None),
        ("한글/👨‍👩‍👧.md".encode(), None),
        (b"caf\xe9", Cause.NAME),
        (b"new\nline", Cause.NAME),
        (b"back\\slash", Cause.NAME),
        (b"dot.", Cause.NAME),
        (b"dot./inside", Cause.NAME),
        (b"/".join([b"x" * 200] * 6), Cause.NAME),
        (b"x/" * 254 + b"x", Cause.NAME),
        (b".kb/index", Cause.RESERVED),
        (b"a/.kb/index", None),
    ],
)
def test_names_that_no_store_holds_are_refused(path: bytes, cause: Cause | None) -> None:
    refusal = refuse_name(path, ANY)

    assert (refusal and refusal[0]) == cause


def test_a_segment_longer_than_the_store_takes_is_refused() -> None:
    short = replace(ANY, segment_bytes_max=255)

    assert refuse_name(b"a/" + b"x" * 300, ANY) is None
    assert refuse_name(b"a/" + b"x" * 300, short)
    assert refuse_name("한".encode() * 85, short) is None
    assert refuse_name("한".encode() * 86, short)


def test_spellings_of_one_name_fold_alike() -> None:
    assert fold("Café") == fold("cafe\u0301") == fold("CAFÉ")
    assert fold("a") != fold("b")


def test_twins_are_left_out_where_names_are_not_exact(scene: Scene) -> None:
    plant(
        scene.root,
        {
            "README": b"1",
            "readme": b"2",
            "Docs/a": b"3",
            "docs/b": b"4",
            "docs2/a": b"5",
            "z": b"6",
        },
    )
    inexact = Watched(scene.store, narrowed=replace(scene.store.capabilities, exact_names=False))

    _, notes = scene.run(store=inexact)

    assert notes.causes() == dict.fromkeys(["README", "readme", "Docs/a", "docs/b"], Cause.TWIN)
    assert contents(scene.store) == {"docs2/a": b"5", "z": b"6"}


def test_a_file_and_a_folder_are_twins_too_where_names_are_not_exact(scene: Scene) -> None:
    plant(scene.root, {"A": b"1", "a/b": b"2", ".KB/x": b"3"})
    inexact = Watched(scene.store, narrowed=replace(scene.store.capabilities, exact_names=False))

    _, notes = scene.run(store=inexact)

    assert notes.causes() == {"A": Cause.TWIN, ".KB/x": Cause.RESERVED}
    assert contents(scene.store) == {"a/b": b"2"}


def test_twins_are_two_files_where_names_are_exact(scene: Scene) -> None:
    plant(scene.root, {"README": b"1", "readme": b"2", "caf\u00e9": b"3", "cafe\u0301": b"4"})

    summary, _ = scene.run()

    assert summary.ending == "complete"
    assert len(contents(scene.store)) == 4


def test_a_folder_in_the_place_of_a_file_is_planned_as_left_out(
    tmp_path: Path, anywhere: Scene
) -> None:
    plant(anywhere.root, {"a/b": b"1", "c": b"2", "d": b"3"})
    before = Scene(
        plant(tmp_path / "earlier", {"a": b"x", "c/d": b"y"}), anywhere.store, tmp_path / "j"
    )
    before.run()

    _, notes = anywhere.run()

    flat = anywhere.store.capabilities.flat_keys
    assert notes.causes() == ({} if flat else dict.fromkeys(["a/b", "c"], Cause.NAME))
    assert contents(anywhere.store).items() >= {"a": b"x", "c/d": b"y", "d": b"3"}.items()


def elsewhere(scene: Scene, store: Watched) -> dict[str, Cause]:
    with Journal.blank() as blank:
        survey = survey_of(Folder(scene.root), store, blank, keep_going=lambda: None)
        return {name.decode(): cause for name, cause, _ in survey.names_elsewhere()}


def test_what_other_stores_could_not_hold_is_told(scene: Scene) -> None:
    plant(scene.root, {"README": b"", "readme": b"", "Docs/a": b"", "docs/b": b"", "z": b""})
    exact = Watched(scene.store)
    inexact = Watched(scene.store, narrowed=replace(scene.store.capabilities, exact_names=False))

    assert elsewhere(scene, exact) == dict.fromkeys(
        ["Docs", "README", "docs", "readme"], Cause.TWIN
    )
    assert elsewhere(scene, inexact) == {}
