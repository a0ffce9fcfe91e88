"""The walk tells everything in a folder apart and follows no link."""

import os
import socket
from pathlib import Path

import pytest

from migrate.paths import path_fields, printable
from migrate.refusals import SourceRefused
from migrate.walk import Folder, Kind
from tests.migrate.scene import plant


def kinds(root: Path, **options: object) -> dict[bytes, Kind]:
    return {entry.path: entry.kind for entry in Folder(root, **options).walk()}  # type: ignore[arg-type] # passed through


def test_every_kind_of_entry_is_told_apart(tmp_path: Path) -> None:
    root = plant(tmp_path / "s", {"file": b"x", "deep/er/file": b"y"})
    (root / "empty").mkdir()
    (root / "link").symlink_to("file")
    (root / "folder-link").symlink_to("deep")
    (root / "broken").symlink_to("nowhere")
    (root / "loop").symlink_to("loop")
    (root / "deep" / "up").symlink_to("..")
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "socket"))
        found = kinds(root)

    assert found == {
        b"file": Kind.FILE,
        b"deep/er/file": Kind.FILE,
        b"empty": Kind.EMPTY_FOLDER,
        b"link": Kind.LINK,
        b"folder-link": Kind.LINK,
        b"broken": Kind.LINK,
        b"loop": Kind.LINK,
        b"deep/up": Kind.LINK,
        b"pipe": Kind.SPECIAL,
        b"socket": Kind.SPECIAL,
    }


def test_a_file_without_permission_is_unreadable(tmp_path: Path) -> None:
    root = plant(tmp_path / "s", {"open": b"", "shut": b""})

    found = kinds(root, is_readable=lambda path: not path.endswith(b"shut"))

    assert found == {b"open": Kind.FILE, b"shut": Kind.UNREADABLE}


def test_names_that_are_not_text_are_walked(tmp_path: Path) -> None:
    root = plant(tmp_path / "s", {})
    name = b"caf\xe9\n"
    (Path(os.fsdecode(os.fsencode(root) + b"/" + name))).write_bytes(b"")

    assert kinds(root) == {name: Kind.FILE}


def test_the_workplace_of_a_folder_store_is_not_walked(tmp_path: Path) -> None:
    root = plant(tmp_path / "s", {".kb-private./locks/00": b"", "a/.kb-private./x": b"", "b": b""})

    assert set(kinds(root)) == {b"a/.kb-private./x", b"b"}


def test_a_file_behind_a_folder_that_became_a_link_is_gone(tmp_path: Path) -> None:
    root = plant(tmp_path / "s", {"folder/file": b"mine"})
    plant(tmp_path / "other", {"file": b"secret"})
    folder = Folder(root)
    (root / "folder").rename(root / "moved")
    (root / "folder").symlink_to(tmp_path / "other")

    assert folder.look_again(b"folder/file") is None


def test_a_link_may_lead_to_the_source_itself(tmp_path: Path) -> None:
    root = plant(tmp_path / "s", {"a": b""})
    (tmp_path / "alias").symlink_to(root)

    assert kinds(tmp_path / "alias") == {b"a": Kind.FILE}


def test_a_source_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    file = plant(tmp_path, {"f": b""}) / "f"

    with pytest.raises(SourceRefused, match="does not exist"):
        Folder(tmp_path / "nothing")
    with pytest.raises(SourceRefused, match="is a file"):
        Folder(file)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (b"plain name.txt", "plain name.txt"),
        ("한글 👨‍👩‍👧.md".encode(), "한글 👨‍👩‍👧.md"),
        (b"new\nline", "new\\nline"),
        (b"caf\xe9", "caf\\xe9"),
        (b"\x1b[31mred", "\\x1b[31mred"),
        ("right\u202eleft".encode(), "right\\u202eleft"),
    ],
)
def test_a_path_is_shown_as_one_harmless_line(path: bytes, shown: str) -> None:
    assert printable(path) == shown


def test_a_path_that_is_not_text_is_exact_in_json() -> None:
    assert path_fields(b"a\nb") == {"path": "a\nb"}
    assert path_fields(b"caf\xe9") == {"path": "caf\\xe9", "path_base64": "Y2Fm6Q=="}
