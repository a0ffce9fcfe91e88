"""What the model is told of documents that are locked or archived."""

from datetime import UTC, datetime

from app.agent.ledger import Ledger
from app.agent.toolbox import Toolbox
from app.store.backends.memory import MemoryStore
from app.store.contract import Blob, Span, Version
from app.store.errors import Archived
from app.store.keys import Key
from app.store.lease import leases_of
from app.store.stack import open_stack

_A = Key("a.md")


def test_a_locked_document_is_told_as_locked_and_left_alone() -> None:
    stack, ledger = open_stack(MemoryStore()), Ledger()
    stack.write(_A, b"old\n")
    box = Toolbox(stack, ledger)
    box.call("read_file", {"file_path": "a.md"})
    ledger.end_turn()
    leases_of(stack).acquire(_A, seconds=60)
    for name, arguments in (
        ("write_file", {"file_path": "a.md", "content": "new"}),
        ("delete_file", {"file_path": "a.md"}),
    ):
        result = box.call(name, arguments)
        assert result.is_error
        assert result.text.startswith("a.md is locked by another agent: nothing was changed.")

    assert stack.read(_A).data == b"old\n"


def test_an_archived_document_is_told_with_its_time() -> None:
    class Offline(MemoryStore):
        def read(
            self, key: Key, *, span: Span | None = None, unless: Version | None = None
        ) -> Blob:
            moment = datetime(2026, 11, 26, 3, 30, tzinfo=UTC)
            raise Archived("offline", key=key, available_by=moment, requested=False)

    result = Toolbox(Offline(), Ledger()).call("read_file", {"file_path": "a.md"})
    assert result.is_error
    assert result.text.startswith("a.md is archived")
    assert "2026-11-26 03:30 UTC" in result.text
