"""What the laws cannot see: a folder that other programs use too, and processes that are killed."""

import os
import stat
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest

from app.store.backends.local import LocalStore
from app.store.conformance.expecting import keys_of
from app.store.contract import ABSENT, IfVersion
from app.store.errors import ConditionFailed, InvalidKey, NotFound, StoreMissing
from app.store.keys import Key

_A = Key("notes/a.md")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    return root


@pytest.fixture
def store(root: Path) -> LocalStore:
    return LocalStore(root)


def test_a_blob_is_a_file_with_its_bytes(store: LocalStore, root: Path) -> None:
    store.write(_A, b"data")

    assert (root / "notes" / "a.md").read_bytes() == b"data"


def test_a_file_of_another_program_is_a_blob(store: LocalStore, root: Path) -> None:
    (root / "notes").mkdir()
    (root / "notes" / "a.md").write_bytes(b"theirs")

    assert store.read(_A).data == b"theirs"
    assert keys_of(store.scan()) == [_A]


def test_an_edit_by_another_program_is_another_version(store: LocalStore, root: Path) -> None:
    version = store.write(_A, b"ours").version
    file = root / "notes" / "a.md"
    before = file.stat()
    file.write_bytes(b"mine")
    # Even with size and time put back: the time of change cannot be.
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert store.stat(_A).version != version
    with pytest.raises(ConditionFailed):
        store.write(_A, b"later", when=IfVersion(version))


def test_versions_differ_within_a_tick_of_the_clock(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without waiting for the disk, writes follow each other faster than the kernel's clock ticks, and the
    # file system takes turns with a few inodes.
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    versions = [store.write(_A, b"%03d" % number).version for number in range(300)]

    assert len(set(versions)) == 300


def test_a_write_is_stamped_by_a_clock_that_counts_nanoseconds(
    store: LocalStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Newer kernels stamp finely by themselves; elsewhere two writes within a tick would look alike.
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_123_456_789)
    store.write(_A, b"data")

    assert (root / "notes" / "a.md").stat().st_mtime_ns == 1_700_000_000_123_456_789


def test_an_edit_in_place_is_never_read_by_half(
    store: LocalStore, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(_A, b"old, and so on")
    pread, edits = os.pread, [b"new and longer than before", b"newest"]

    def edited_meanwhile(descriptor: int, length: int, start: int) -> bytes:
        data = pread(descriptor, 3, start)
        if edits and not start:
            (root / "notes" / "a.md").write_bytes(edits.pop(0))
        return data

    monkeypatch.setattr(os, "pread", edited_meanwhile)
    blob = store.read(_A)

    assert blob.data == b"newest"
    assert blob.info == store.stat(_A)


def test_a_refused_write_leaves_nothing_behind(store: LocalStore, root: Path) -> None:
    store.write(_A, b"data")
    with pytest.raises(ConditionFailed):
        store.write(_A, b"other", when=ABSENT)

    assert list((root / ".kb-private." / "unfinished").iterdir()) == []


def test_folders_end_with_their_last_blob(store: LocalStore, root: Path) -> None:
    store.write(Key("a/b/c/one"), b"")
    store.write(Key("a/two"), b"")
    store.delete(Key("a/b/c/one"))

    assert [path.name for path in (root / "a").iterdir()] == ["two"]


def test_a_folder_that_is_only_read_stays_as_it_is(root: Path) -> None:
    (root / "a").write_bytes(b"data")
    store = LocalStore(root)
    store.read(Key("a"))
    store.delete(Key("missing"))
    keys_of(store.scan())

    assert [path.name for path in root.iterdir()] == ["a"]


def test_the_permissions_of_a_replaced_file_stay(store: LocalStore, root: Path) -> None:
    store.write(_A, b"one")
    (root / "notes" / "a.md").chmod(0o640)
    store.write(_A, b"two")

    assert stat.S_IMODE((root / "notes" / "a.md").stat().st_mode) == 0o640


def test_a_new_file_has_the_permissions_of_any_new_file(store: LocalStore, root: Path) -> None:
    store.write(_A, b"data")
    (root / "other").touch()

    assert (root / "notes" / "a.md").stat().st_mode == (root / "other").stat().st_mode


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    return outside


@pytest.fixture
def linked(root: Path, outside: Path) -> Path:
    (root / "folder").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret")
    (root / "dangling").symlink_to(outside / "nothing")
    (root / "loop").symlink_to(root / "loop")
    (root / "inner").symlink_to("plain")
    (root / "plain").write_bytes(b"plain")
    return root


def test_links_are_neither_read_nor_listed(linked: Path) -> None:
    store = LocalStore(linked)

    assert keys_of(store.scan()) == ["plain"]
    for raw in ("folder/secret", "file", "dangling", "loop", "inner"):
        with pytest.raises(NotFound):
            store.read(Key(raw))
        with pytest.raises(NotFound):
            store.stat(Key(raw))


def test_nothing_is_written_or_deleted_through_links(linked: Path, outside: Path) -> None:
    store = LocalStore(linked)
    for raw in ("folder/secret", "folder/new", "file", "dangling", "inner"):
        with pytest.raises(InvalidKey):
            store.write(Key(raw), b"overwritten")
        store.delete(Key(raw))

    assert [path.name for path in outside.iterdir()] == ["secret"]
    assert (outside / "secret").read_bytes() == b"secret"
    assert (linked / "plain").read_bytes() == b"plain"
    assert all((linked / name).is_symlink() for name in ("folder", "file", "dangling", "inner"))


def test_what_is_no_blob_is_named_with_its_reason(linked: Path) -> None:
    os.mkfifo(linked / "pipe")
    (linked / "a\\b").touch()
    (linked / "dots.").mkdir()
    (linked / "dots." / "x").touch()
    Path(os.fsdecode(os.fsencode(linked) + b"/latin-\xe9")).touch()
    (linked / "empty").mkdir()

    store = LocalStore(linked)
    reasons = {found.name: found.reason for found in store.strangers()}
    assert keys_of(store.scan()) == ["plain"]
    assert {name: reason.split(",")[0] for name, reason in reasons.items()} == {
        "a\\b": "it has a backslash",
        "dangling": "a symbolic link",
        "dots./x": "a segment ends with a dot",
        "file": "a symbolic link",
        "folder": "a symbolic link",
        "inner": "a symbolic link",
        "latin-\udce9": "it is not valid Unicode",
        "loop": "a symbolic link",
        "pipe": "neither a file nor a folder",
    }
    with pytest.raises(NotFound):
        store.read(Key("pipe"))
    with pytest.raises(InvalidKey):
        store.write(Key("pipe"), b"data")


def test_empty_folders_are_in_nobodys_way(store: LocalStore, root: Path) -> None:
    (root / "a" / "b" / "c").mkdir(parents=True)
    (root / "a" / "d").mkdir()
    store.write(Key("a"), b"data")

    assert store.read(Key("a")).data == b"data"


def test_a_folder_with_something_in_it_is_not_replaced(store: LocalStore, root: Path) -> None:
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "link").symlink_to("nowhere")

    with pytest.raises(InvalidKey):
        store.write(Key("a"), b"data")
    assert (root / "a" / "b" / "link").is_symlink()


def test_the_root_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    LocalStore(tmp_path / "link").write(_A, b"data")

    assert (root / "notes" / "a.md").read_bytes() == b"data"


def test_a_root_that_is_no_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreMissing, match="is not a folder"):
        LocalStore(tmp_path / "file")
    with pytest.raises(StoreMissing, match="does not exist"):
        LocalStore(tmp_path / "nothing")


@pytest.mark.parametrize("raw", ["file", "folder/file"])
def test_no_key_leads_to_the_private_folder(store: LocalStore, root: Path, raw: str) -> None:
    store.write(Key(raw), b"data")

    assert (root / ".kb-private.").is_dir()
    assert keys_of(store.scan()) == [raw]
    assert keys_of(store.scan(".kb")) == []


def test_a_decomposed_name_is_another_file_where_names_are_exact(store: LocalStore) -> None:
    for form in ("NFC", "NFD"):
        store.write(Key(unicodedata.normalize(form, "한글.md")), form.encode())

    assert len(keys_of(store.scan())) == (2 if store.capabilities.exact_names else 1)


def test_a_forbidden_folder_is_said_and_not_left_out(root: Path) -> None:
    (root / "open").mkdir()
    (root / "open" / "a").touch()
    (root / "shut").mkdir()
    (root / "shut" / "b").touch()
    (root / "shut").chmod(0)
    try:
        done = subprocess.run(
            [*_WITHOUT_PRIVILEGE, sys.executable, "-c", _SCAN, str(root)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        (root / "shut").chmod(0o755)

    assert done.stdout == "open/a\nAccessDenied shut/\nshut/: the folder may not be listed True\n"


# For root no folder is forbidden.
_WITHOUT_PRIVILEGE = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    if os.getuid() == 0
    else []
)
_SCAN = """
import sys
from app.store.backends.local import LocalStore
from app.store.errors import AccessDenied
store = LocalStore(sys.argv[1])
try:
    for info in store.scan():
        print(info.key)
except AccessDenied as error:
    print(type(error).__name__, error.key)
for found in store.strangers():
    print(f"{found.name}: {found.reason}", found.hides)
"""
