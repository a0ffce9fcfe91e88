"""What lies beside the bytes arrives as it is, or the blob is left out and says why."""

from pathlib import Path

import pytest

from app.store.backends.memory import MemoryStore
from app.store.contract import Properties
from migrate.outcomes import Cause
from tests.migrate.moving import Moves, documents, fill, folder
from tests.migrate.standing import Everything


@pytest.mark.parametrize(
    ("properties", "service", "elsewhere"),
    [
        (Properties("text/plain; charset=utf-8", "gzip", {"a_1": "b c"}), True, True),
        (Properties(metadata={"with-hyphen": "1"}), True, False),
        (Properties(metadata={"1digit": "1"}), True, False),
        (Properties(metadata={"Upper": "1"}), False, False),
        (Properties(metadata={"a": "한"}), False, False),
        (Properties(metadata={"a": " led by a space"}), False, False),
        (Properties(metadata={"a": "x" * 3000}), False, False),
        (Properties("text/plain\r\nx: y"), False, False),
    ],
)
def test_properties_are_kept_as_they_are_or_the_blob_is_left_out(
    moves: Moves, tmp_path: Path, properties: Properties, service: bool, elsewhere: bool
) -> None:
    source, back = MemoryStore(), MemoryStore()
    blob: Everything = {"a": (b"1", properties)}
    fill(source, blob)
    s3, azure, backup = MemoryStore(), MemoryStore(), folder(tmp_path / "backup")

    moves.run(source, s3, to="s3://bucket")
    _, notes = moves.run(source, azure, to="azure://account/container")
    moves.run(source, backup)
    moves.run(backup, back, to="s3://bucket")

    assert (documents(s3) == blob, documents(azure) == blob) == (service, elsewhere)
    assert documents(back) == documents(s3)
    assert set(notes.causes().values()) == (set() if elsewhere else {Cause.PROPERTIES})
