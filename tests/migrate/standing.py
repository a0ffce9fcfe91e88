"""What stands in a destination, seen whole."""

from app.store.contract import BlobStore, Properties
from migrate.journal import Journal
from migrate.rollback import Rollback
from migrate.stop import Stop
from migrate.undo import SAVED_PREFIX
from tests.migrate.scene import Notes, Scene

Everything = dict[str, tuple[bytes, Properties]]


def everything(store: BlobStore) -> Everything:
    """All bytes and properties, our own records' too."""
    blobs = {str(info.key): store.read(info.key) for info in store.scan()}
    return {key: (blob.data, blob.properties) for key, blob in blobs.items()}


def saved(store: BlobStore) -> list[bytes]:
    return sorted(store.read(info.key).data for info in store.scan(SAVED_PREFIX))


def forget(scene: Scene) -> None:
    with Journal.opened(scene.journal, scene.pair) as journal:
        Rollback(scene.store, journal, dry_run=False, stop=Stop(), watcher=Notes()).forget()
