"""Mapped names: every name gets a key that the store holds, and the key tells the name."""

import base64
import os
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.store.contract import Capabilities
from app.store.keys import parse_key
from migrate.mapping import mapped, name_of
from migrate.names import fold, refuse_name
from migrate.outcomes import Cause, Result
from migrate.proof import Found
from migrate.scope import Naming, Scope
from tests.migrate.scene import Scene, Watched, contents, plant

ANY = Capabilities(conditional_writes=True)
FOLDER = replace(ANY, segment_bytes_max=255, flat_keys=False, exact_names=False)
MAP = Scope(naming=Naming.MAP)

# Names as a file system could have them, dense in what mapping is about.
PIECES = st.sampled_from(
    [
        "a",
        "A",
        "é",
        "e\u0301",
        "É",
        ".",
        "!",
        "0",
        "33",
        "!033",
        "\\",
        "\n",
        "\u2028",
        "한",
        ".kb",
        "ß",
    ]
).map(str.encode) | st.binary(min_size=1, max_size=3).map(
    lambda data: re.sub(rb"[/\0]", b"x", data)
)
SEGMENTS = st.lists(PIECES, min_size=1, max_size=6).map(b"".join)
PATHS = (
    st.lists(SEGMENTS, min_size=1, max_size=4)
    .filter(lambda segments: not {b".", b".."} & set(segments))
    .map(b"/".join)
)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (b"fine/name!.txt", b"fine/name!.txt"),
        ("한글/👨‍👩‍👧.md".encode(), "한글/👨‍👩‍👧.md".encode()),
        (b"new\nline", b"new!010line"),
        (b"back\\slash", b"back!092slash"),
        (b"caf\xe9", b"caf!233"),
        (b"dots..", b"dots.!046"),
        (b"dot./inside", b"dot!046/inside"),
        (b".kb/index", b"!046kb/index"),
        (b"a/.kb/index", b"a/.kb/index"),
        (b"wow!033", b"wow!033033"),
        (b"wow!12", b"wow!12"),
    ],
)
def test_a_code_stands_for_a_byte(path: bytes, key: bytes) -> None:
    assert mapped(path, ANY) == (key, None)
    assert name_of(key) == path


def fits(path: bytes, is_twin: Callable[[bytes], bool] = lambda prefix: False) -> bytes | None:
    key, refusal = mapped(path, FOLDER, is_twin=is_twin)
    return None if refusal else key


@given(PATHS)
@example(b"a!04.")
@example(b"!!001")
@example(b"!12\x01")
@example("\n\u0301".encode())
def test_a_key_is_valid_and_tells_its_name(path: bytes) -> None:
    key = fits(path)

    assert key is not None
    assert parse_key(key.decode()).encode() == key
    assert refuse_name(key, FOLDER) is None
    assert name_of(key) == path


@given(PATHS)
def test_a_name_that_fits_stays_and_mapping_again_changes_nothing(path: bytes) -> None:
    key = fits(path)

    assert key is not None
    if refuse_name(path, FOLDER) is None and not re.search(rb"![0-9]{3}", path):
        assert key == path
    assert fits(name_of(key)) == key


@given(st.lists(PATHS, unique=True, max_size=8))
def test_no_two_names_share_a_key_even_where_case_is_one(paths: list[bytes]) -> None:
    def folded(data: bytes) -> str:
        return fold(data.decode("utf-8", "surrogateescape"))

    prefixes = {
        b"/".join(path.split(b"/")[:end])
        for path in paths
        for end in range(1, 1 + len(path.split(b"/")))
    }
    twins = {
        one
        for one in prefixes
        if any(one != two and folded(one) == folded(two) for two in prefixes)
    }
    keys = [fits(path, twins.__contains__) for path in paths]

    assert None not in keys
    assert [name_of(key) for key in keys if key] == paths
    assert len({folded(key) for key in keys if key}) == len(paths)


@pytest.mark.parametrize("path", [b"\n" * 300, b"/".join([b"x" * 200] * 6), b"x/" * 254 + b"x"])
def test_what_is_too_long_even_as_a_key_is_refused(path: bytes) -> None:
    key, refusal = mapped(path, FOLDER)

    assert refusal
    assert refusal[0] is Cause.NAME
    assert name_of(key) == path


NAMES = {
    b"fine.md": b"1",
    b"new\nline": b"22",
    b"back\\slash/dot.": b"333",
    b"caf\xe9": b"4444",
    b".kb/own": b"55555",
    b"wow!010": b"666666",
}


def plant_bytes(scene: Scene) -> None:
    for path, data in NAMES.items():
        file = os.fsencode(scene.root) + b"/" + path
        os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120 - bytes are no Path
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
        os.write(descriptor, data)
        os.close(descriptor)


KEYS = {
    "fine.md": b"1",
    "new!010line": b"22",
    "back!092slash/dot!046": b"333",
    "caf!233": b"4444",
    "!046kb/own": b"55555",
    "wow!033010": b"666666",
}


def test_every_name_arrives_is_proved_and_can_be_had_back(anywhere: Scene) -> None:
    plant_bytes(anywhere)

    summary, _ = anywhere.run(scope=MAP)
    proof, notes = anywhere.verify()
    by_digest, _ = anywhere.verify(read_all=True)
    _, again = anywhere.run(scope=MAP)

    assert summary.ending == "complete"
    assert contents(anywhere.store) == KEYS
    assert {name_of(key.encode()): data for key, data in KEYS.items()} == NAMES
    assert (proof.holds, proof.proved, notes.findings) == (True, 6, [])
    assert (by_digest.holds, by_digest.root_sha256) == (True, proof.root_sha256)
    assert again.results() == {Result.ALREADY_THERE: 6}
    if anywhere.store.capabilities.properties:
        for key in KEYS:
            kept = anywhere.store.read(parse_key(key)).properties.metadata.get("kb_name")
            name = name_of(key.encode())
            assert kept == (None if name == key.encode() else base64.b64encode(name).decode())


def test_without_mapping_they_are_left_out_and_named(scene: Scene) -> None:
    plant_bytes(scene)

    _, notes = scene.run()

    causes = {path: cause for path, cause in notes.causes().items() if cause is Cause.NAME}
    assert causes.keys() == {"new\nline", "back\\slash/dot.", "caf\udce9"}
    assert notes.causes()[".kb/own"] is Cause.RESERVED
    assert contents(scene.store) == {"fine.md": b"1", "wow!010": b"666666"}


def test_what_differs_is_named_by_its_path(scene: Scene) -> None:
    plant_bytes(scene)
    scene.run(scope=MAP)
    scene.store.delete(parse_key("new!010line"))
    scene.store.write(parse_key("wow!033010"), b"other!")
    scene.store.write(parse_key("wow!010"), b"not from here")
    (scene.root / "back\\slash" / "dot.").unlink()

    _, notes = scene.verify()

    found = [(finding.path, finding.found) for finding in notes.findings]
    assert sorted(found) == [
        (b"back\\slash/dot.", Found.SOURCE_GONE),
        (b"new\nline", Found.MISSING),
        (b"wow!010", Found.DIFFERENT),
        (b"wow!010", Found.EXTRA),
    ]


def test_twins_arrive_side_by_side_where_names_are_not_exact(scene: Scene) -> None:
    files = {
        "README": b"1",
        "readme": b"2",
        "Docs/a": b"3",
        "docs/b": b"4",
        "z": b"5",
        "Plain/X": b"6",
        ".KB/own": b"7",
    }
    plant(scene.root, files)
    inexact = Watched(scene.store, narrowed=replace(scene.store.capabilities, exact_names=False))

    summary, _ = scene.run(store=inexact, scope=MAP)
    proof, _ = scene.verify(store=inexact)
    _, again = scene.run(store=inexact, scope=MAP)

    assert summary.ending == "complete"
    assert contents(scene.store) == {
        "!082!069!065!068!077!069": b"1",
        "readme": b"2",
        "!068ocs/a": b"3",
        "docs/b": b"4",
        "z": b"5",
        "Plain/X": b"6",
        "!046KB/own": b"7",
    }
    assert (proof.holds, proof.proved) == (True, 7)
    assert again.results() == {Result.ALREADY_THERE: 7}


def test_a_twin_that_the_store_has_from_elsewhere_is_left_out(scene: Scene) -> None:
    plant(scene.root, {"readme": b"2", "z": b"5"})
    scene.store.write(parse_key("README"), b"theirs")
    inexact = Watched(scene.store, narrowed=replace(scene.store.capabilities, exact_names=False))

    _, notes = scene.run(store=inexact, scope=MAP)

    assert notes.causes() == {"readme": Cause.TWIN}
    assert contents(scene.store) == {"README": b"theirs", "z": b"5"}


@given(st.lists(SEGMENTS.map(lambda segment: segment * 40), min_size=1, max_size=2).map(b"/".join))
@example(b"x" * 256)
@example("길".encode() * 86)
@example(b"!" * 254 + b"033")
@example(b"." * 256)
def test_a_segment_that_a_folder_cannot_hold_lies_in_several(path: bytes) -> None:
    key, refusal = mapped(path, FOLDER)

    assert refusal or max(map(len, key.split(b"/"))) <= 255
    assert refusal or name_of(key) == path
    assert refusal or parse_key(key.decode())
