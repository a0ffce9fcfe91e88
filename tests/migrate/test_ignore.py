"""`.kbignore` means what git would mean by it."""

import os
import subprocess
from pathlib import Path

import pytest

from migrate.ignore import IgnoreFiles
from migrate.outcomes import Cause, Result
from migrate.refusals import SourceRefused
from migrate.walk import Folder
from tests.migrate.scene import Scene, contents, plant

TREE = [
    f"{folder}{name}"
    for folder in ("", "build/", "src/", "src/build/", "src/deep/er/", "keep/")
    for name in ("a.log", "keep.log", "b.txt", "#c", "!d", "sp ace", "é.txt", "[x].md", "x")
]


def ignored(root: Path) -> set[str]:
    folder = Folder(root)
    rules = IgnoreFiles(folder)
    return {
        entry.path.decode()
        for entry in folder.walk()
        if rules.refuse(entry.path, is_folder=entry.is_folder)
    }


def ignored_by_git(root: Path) -> set[str]:
    for file in root.rglob(".kbignore"):
        file.with_name(".gitignore").write_bytes(file.read_bytes())
    environ = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(root)}
    subprocess.run(["git", "init", "-q", root], check=True, env=environ)
    told = subprocess.run(
        ["git", "ls-files", "-z", "--others", "--ignored", "--exclude-standard"],
        cwd=root,
        env=environ,
        check=True,
        capture_output=True,
    )
    return {os.fsdecode(path) for path in told.stdout.split(b"\0") if path}


@pytest.mark.parametrize(
    "rules",
    [
        {"": "*.log\n!keep.log\n"},
        {"": "/build/\n"},
        {"": "build/\n!build/keep.log\n"},
        {"": "*\n!*/\n!*.txt\n"},
        {"": "/*\n!/keep/\n"},
        {"": "src/**/x\n**/er/*.txt\n"},
        {"": "\\#c\n\\!d\n# a comment\n\n"},
        {"": "sp ace   \n\\[x].md\r\n[a-b].*\n"},
        {"": "src/*\n!src/deep\n"},
        {"": "*.txt\n", "src/": "!*.txt\n", "src/deep/": "b.txt\n"},
        {"": "src/\n", "src/": "!*\n"},
        {"src/": "/build\ndeep/er\n*.md\n"},
        {"": "src/build\n!src/build/\nx\n"},
        {"": "a.log\n!a.log\nkeep/a.log\n"},
        {"": "src/**\n!src/x\n!src/deep/\n!src/deep/er/a.log\n"},
        {"": "keep/\n!keep/\nx\n!**/er/x\n"},
        {"": "**/\n!src/\n"},
        {"": "src/**/\nkeep/*/\n/*.txt\n"},
    ],
)
def test_it_ignores_exactly_what_git_ignores(tmp_path: Path, rules: dict[str, str]) -> None:
    root = plant(tmp_path / "source", dict.fromkeys(TREE, b""))
    plant(root, {f"{base}.kbignore": text.encode() for base, text in rules.items()})

    ours, theirs = ignored(root), ignored_by_git(root)

    assert theirs
    assert {path for path in ours if not path.endswith(".kbignore")} == {
        path for path in theirs if not path.endswith((".kbignore", ".gitignore"))
    }


def test_both_spellings_of_a_name_are_ignored(tmp_path: Path) -> None:
    root = plant(tmp_path / "source", {"cafe\u0301": b"", ".kbignore": "caf\u00e9".encode()})

    assert ignored(root) == {"cafe\u0301"}


def test_what_is_ignored_is_no_error_and_not_moved(scene: Scene) -> None:
    plant(
        scene.root,
        {"a": b"1", "b.log": b"2", "c/d": b"3", ".kbignore": b"*.log\n", "c/.kbignore": b"d"},
    )

    summary, notes = scene.run()
    proof, _ = scene.verify()

    assert summary.ending == "complete"
    assert notes.results() == {Result.COPIED: 3, Result.EXCLUDED: 2}
    assert contents(scene.store).keys() == {"a", ".kbignore", "c/.kbignore"}
    assert (proof.holds, proof.excluded) == (True, 2)


@pytest.mark.parametrize(
    ("data", "saying"),
    [
        (b"*.log\n!\n", "line 2"),
        (b"[z-a]", "line 1"),
        (b"caf\xe9", "UTF-8"),
        (b"#" * (1 << 20) + b"#", "longer"),
    ],
)
def test_what_cannot_be_understood_ends_the_run_before_the_first_byte(
    scene: Scene, data: bytes, saying: str
) -> None:
    plant(scene.root, {"a": b"1", "c/.kbignore": data})

    with pytest.raises(SourceRefused, match=saying) as refused:
        scene.run()

    assert "c/.kbignore" in str(refused.value)
    assert contents(scene.store) == {}


def test_beside_one_that_cannot_be_read_nothing_is_moved(scene: Scene) -> None:
    plant(scene.root, {"a": b"1", "c/secret": b"2", "c/d/e": b"3"})
    (scene.root / "c" / ".kbignore").symlink_to("a")

    _, notes = scene.run()

    assert contents(scene.store).keys() == {"a"}
    causes = dict.fromkeys(["c/secret", "c/d/e"], Cause.UNREADABLE)
    assert notes.causes() == {**causes, "c/.kbignore": Cause.LINK}
