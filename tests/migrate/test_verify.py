"""Verification names exactly what differs, from one listing, and reads only what versions cannot tell."""

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from app.store.contract import BlobInfo, digest_of
from app.store.errors import Unavailable
from app.store.keys import Key, parse_key
from migrate.proof import Check, Found
from migrate.reading import LARGE_BYTES_MIN
from migrate.refusals import DestinationFailed
from tests.migrate.scene import Scene, Watched, plant

FILES = {f"folder {number % 3}/문서-{number:02}.md": b"text %d" % number for number in range(12)}
ALL = pytest.mark.parametrize("check", list(Check))


def test_one_listing_proves_what_was_moved(anywhere: Scene) -> None:
    plant(anywhere.root, FILES)
    anywhere.run()
    watched = Watched(anywhere.store)

    proof, notes = anywhere.verify(store=watched)

    assert proof.holds
    assert (proof.proved, proof.listed, proof.read) == (12, 12, 0)
    assert (watched.scans, watched.reads, notes.findings) == (1, {}, [])


def test_the_check_that_reads_reads_everything(anywhere: Scene) -> None:
    plant(anywhere.root, FILES)
    anywhere.run()
    watched = Watched(anywhere.store)

    proof, _ = anywhere.verify(store=watched, read_all=True)

    assert (proof.holds, proof.proved, proof.read) == (True, 12, 12)
    assert watched.reads.keys() == FILES.keys()


def test_by_digest_only_what_is_listed_without_one_is_read(anywhere: Scene) -> None:
    plant(anywhere.root, FILES)
    anywhere.run()
    without = [str(info.key) for info in anywhere.store.scan() if info.digest is None]
    watched = Watched(anywhere.store)

    proof, _ = anywhere.verify(store=watched, check=Check.DIGEST)

    assert (proof.holds, proof.proved, proof.by_version) == (True, 12, 0)
    assert (proof.by_digest, proof.read) == (12 - len(without), len(without))
    assert sorted(watched.reads) == sorted(without)


def test_a_large_file_is_compared_by_its_listed_digest(scene: Scene) -> None:
    plant(scene.root, {"large": b"0123456789abcdef" * (LARGE_BYTES_MIN // 16)})
    scene.run()

    proof, _ = scene.verify(check=Check.DIGEST)

    assert (proof.holds, proof.by_digest, proof.read) == (True, 1, 0)


@dataclass
class Encrypting(Watched):
    """As S3 with KMS: what looks like an MD5 sum in a listing is none."""

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        for info in super().scan(prefix, after=after):
            yield replace(info, digest=digest_of(info.key.encode(), "md5"))


def test_a_listed_digest_that_does_not_agree_proves_no_difference(scene: Scene) -> None:
    plant(scene.root, FILES)
    scene.run()

    proof, notes = scene.verify(store=Encrypting(scene.store), check=Check.DIGEST)

    assert (proof.holds, proof.by_digest, proof.read) == (True, 0, 12)
    assert notes.findings == []


def test_by_digest_no_journal_is_needed(scene: Scene) -> None:
    plant(scene.root, FILES)
    scene.run()
    scene.journal.unlink()

    proof, _ = scene.verify(read_all=True)

    assert (proof.holds, proof.proved) == (True, 12)


@ALL
def test_missing_different_and_extra_keys_are_named_and_nothing_else(
    anywhere: Scene, check: Check
) -> None:
    plant(anywhere.root, FILES)
    anywhere.run()
    names = sorted(FILES)
    anywhere.store.delete(parse_key(names[0]))
    anywhere.store.write(parse_key(names[5]), FILES[names[5]][::-1])
    anywhere.store.write(parse_key("folder 1/extra"), b"")

    proof, notes = anywhere.verify(check=check)

    assert notes.found() == {
        names[0]: Found.MISSING,
        names[5]: Found.DIFFERENT,
        "folder 1/extra": Found.EXTRA,
    }
    assert not proof.holds
    assert proof.proved == 10


def test_extra_keys_alone_are_no_difference(scene: Scene) -> None:
    plant(scene.root, FILES)
    scene.run()
    scene.store.write(parse_key("extra"), b"")
    scene.store.write(parse_key(".kb/record"), b"our own")

    proof, notes = scene.verify()

    assert proof.holds
    assert notes.found() == {"extra": Found.EXTRA}


def test_the_same_bytes_written_again_are_no_difference(anywhere: Scene) -> None:
    plant(anywhere.root, FILES)
    anywhere.run()
    name = min(FILES)
    before = anywhere.store.stat(parse_key(name)).version
    info = anywhere.store.write(parse_key(name), FILES[name])

    proof, notes = anywhere.verify()

    assert proof.holds
    assert proof.proved == 12
    # A service whose versions are digests cannot tell, and need not.
    assert notes.found() == ({} if info.version == before else {name: Found.REWRITTEN})


@ALL
def test_a_source_that_changed_since_is_named(scene: Scene, check: Check) -> None:
    plant(scene.root, FILES)
    scene.run()
    changed, touched = sorted(FILES)[:2]
    plant(scene.root, {changed: b"new text", touched: FILES[touched], "added": b""})

    proof, notes = scene.verify(check=check)

    assert notes.found() == {changed: Found.SOURCE_CHANGED, "added": Found.NOT_MOVED}
    assert proof.proved == 11


@ALL
def test_what_left_the_source_is_still_proved(scene: Scene, check: Check) -> None:
    plant(scene.root, FILES)
    scene.run()
    shutil.rmtree(scene.root / "folder 0")

    proof, notes = scene.verify(check=check)

    assert (proof.holds, proof.proved) == (True, 12)
    assert set(notes.found().values()) == {Found.SOURCE_GONE}


def test_files_that_were_left_out_are_named(scene: Scene) -> None:
    plant(scene.root, {"theirs": b"mine", "dot.": b"", "fine": b""})
    (scene.root / "link").symlink_to("fine")
    scene.store.write(parse_key("theirs"), b"other")
    scene.run()

    proof, notes = scene.verify()

    assert notes.found() == {"theirs": Found.NOT_MOVED, "dot.": Found.NOT_MOVED}
    assert (proof.holds, proof.proved, proof.not_files) == (False, 1, 1)


def test_what_cannot_be_read_is_not_called_proved(scene: Scene) -> None:
    plant(scene.root, FILES)
    scene.run()
    watched = Watched(scene.store)
    name = min(FILES)

    def fail(key: Key) -> None:
        if key == name:
            raise Unavailable(f"{key}: no answer", key=key)

    watched.before_read = fail
    proof, notes = scene.verify(store=watched, read_all=True)

    assert notes.found() == {name: Found.UNPROVED}
    assert (proof.holds, proof.proved) == (False, 11)


def test_a_destination_that_does_not_answer_ends_the_verification_early(scene: Scene) -> None:
    plant(scene.root, {f"{number:03}": b"" for number in range(600)})
    scene.run()
    watched = Watched(scene.store)

    def fail(key: Key) -> None:
        raise Unavailable(f"{key}: no answer", key=key)

    watched.before_read = fail
    with pytest.raises(DestinationFailed):
        scene.verify(store=watched, read_all=True)

    assert len(watched.reads) < 300


def test_the_root_digest_is_what_sha256sum_says(scene: Scene) -> None:
    plant(scene.root, FILES)
    scene.run()

    proof, _ = scene.verify()
    again = [scene.verify(check=check)[0].root_sha256 for check in (Check.DIGEST, Check.READ)]

    # The command that docs/guide/migrate.md gives.
    command = "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"
    told = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=scene.root,
        capture_output=True,
        check=True,
    ).stdout.split()[0]
    assert {proof.root_sha256, *again} == {told.decode()}


def test_the_root_digest_of_nothing_is_that_of_no_lines(scene: Scene) -> None:
    scene.run()

    proof, _ = scene.verify()

    assert proof.root_sha256 == hashlib.sha256(b"").hexdigest()
