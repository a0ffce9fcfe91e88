"""What the tests open by a name: `tests.contract.openers:…`."""

from app.environment import open_store_at
from app.store.backends.memory import MemoryStore
from app.store.contract import BlobStore
from tests.contract.narrow import WithoutConditions
from tests.contract.planted.writes import ChecksBeforeAndNotWhileWriting


def open_careless(url: str) -> BlobStore:
    """Return a store that looks before it writes, and then writes whatever has happened since."""
    return ChecksBeforeAndNotWhileWriting(open_store_at(url))


def open_without_conditions(_: str) -> BlobStore:
    """Return an empty store that checks no conditions."""
    return WithoutConditions(MemoryStore())
