"""What a process opens to race without care."""

from app.environment import open_store_at
from app.store.contract import BlobStore
from tests.contract.planted.writes import ChecksBeforeAndNotWhileWriting


def open_careless(url: str) -> BlobStore:
    """Return a store that looks before it writes, and then writes whatever has happened since."""
    return ChecksBeforeAndNotWhileWriting(open_store_at(url))
