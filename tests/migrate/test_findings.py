"""Whatever is done to a destination after a migration, verification names exactly that."""

import random
from pathlib import Path

import pytest

from app.store.backends.memory import MemoryStore
from app.store.contract import BlobInfo, BlobStore, Upload
from app.store.keys import RESERVED_PREFIX, Key
from app.store.stack import StackOptions, open_stack
from migrate.proof import Check, Found
from tests.migrate.scene import Scene, plant

BY_LISTING_AND_DIGEST = pytest.mark.parametrize("check", [Check.VERSION, Check.DIGEST])
FEW = (60, 12)
"""Files, and how many of the destination's objects are flipped, deleted or added."""
MANY = (1000, 100)


def files(count: int, chance: random.Random) -> dict[str, bytes]:
    """Files of all sorts of sizes, some of them large enough to be shared or compressed."""
    return {
        f"{number % 7}/문서 {number:04}.md": chance.randbytes(chance.choice([0, 1, 90, 5000]))
        + b"as it was moved"
        for number in range(count)
    }


def flipped(data: bytes, chance: random.Random) -> bytes:
    """The same bytes but for one bit."""
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def meddle(
    store: BlobStore, known: dict[str, bytes], changes: int, chance: random.Random
) -> dict[str, Found]:
    """Flip, delete or add so many objects; return what is to be found."""
    kinds = chance.choices([Found.DIFFERENT, Found.MISSING, Found.EXTRA], k=changes)
    names = chance.sample(sorted(known), changes)
    expected: dict[str, Found] = {}
    uploads = []
    for kind, name in zip(kinds, names, strict=True):
        if kind is Found.MISSING:
            store.delete(Key(name))
        elif kind is Found.DIFFERENT:
            uploads.append(Upload(Key(name), flipped(known[name], chance)))
        else:
            name = f"{name}.added"
            uploads.append(Upload(Key(name), known[name.removesuffix(".added")]))
        expected[name] = kind
    for answer in store.write_many(uploads):
        assert isinstance(answer, BlobInfo), answer
    return expected


def hold_the_law(scene: Scene, check: Check, sizes: tuple[int, int], seed: int) -> None:
    """Move, meddle, and see that what is found is what was done."""
    chance = random.Random(seed)  # noqa: S311 - the same meddling each time
    known = files(sizes[0], chance)
    plant(scene.root, known)
    scene.run()
    before, _ = scene.verify(check=check)

    expected = meddle(scene.store, known, sizes[1], chance)
    proof, notes = scene.verify(check=check)

    assert before.holds
    assert notes.found() == expected
    assert len(notes.findings) == len(expected)
    differing = sum(kind is not Found.EXTRA for kind in expected.values())
    assert proof.proved == len(known) - differing
    assert proof.holds is (differing == 0)


@BY_LISTING_AND_DIGEST
def test_what_was_flipped_deleted_or_added_is_named(anywhere: Scene, check: Check) -> None:
    hold_the_law(anywhere, check, FEW, seed=1)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(3))
@BY_LISTING_AND_DIGEST
def test_a_hundred_of_a_thousand_are_named(anywhere: Scene, check: Check, seed: int) -> None:
    hold_the_law(anywhere, check, MANY, seed)


@pytest.mark.parametrize("check", list(Check))
@pytest.mark.parametrize(
    "options",
    [
        StackOptions(deduplicate=True),
        StackOptions(compress=True),
        StackOptions(deduplicate=True, compress=True),
    ],
    ids=["deduplicated", "compressed", "both"],
)
def test_layers_hide_nothing(tmp_path: Path, check: Check, options: StackOptions) -> None:
    scene = Scene(tmp_path / "source", open_stack(MemoryStore(), options), tmp_path / "journal")

    hold_the_law(scene, check, FEW, seed=2)


def damage(backend: BlobStore) -> None:
    """Change the contents that lie below a dedup layer, behind everybody's back."""
    for info in list(backend.scan(f"{RESERVED_PREFIX}content/")):
        blob = backend.read(info.key)
        backend.write(info.key, blob.data[::-1], properties=blob.properties)


def test_damage_below_the_layers_is_found_by_contents(tmp_path: Path) -> None:
    backend = MemoryStore()
    store = open_stack(backend, StackOptions(deduplicate=True))
    scene = Scene(tmp_path / "source", store, tmp_path / "journal")
    long = bytes(range(256)) * 40
    plant(scene.root, {"one": long, "same": long, "small": b"small"})
    scene.run()

    damage(backend)
    proof, notes = scene.verify(check=Check.DIGEST)

    assert notes.found() == {"one": Found.UNPROVED, "same": Found.UNPROVED}
    assert (proof.holds, proof.proved) == (False, 1)
