"""Putting content where it shall be: written so that a repeat is no failure, copied, moved."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace

from app.store.contract import (
    ABSENT,
    ALWAYS,
    NO_PROPERTIES,
    BlobInfo,
    BlobStore,
    Content,
    IfVersion,
    Properties,
    Source,
    Span,
    When,
)
from app.store.errors import ConditionFailed, NotFound, Unavailable, Unsupported
from app.store.keys import Key, folded
from app.store.operations.reading import PART_BYTES, read_in_parts, source_of


def ensure(
    store: BlobStore,
    key: Key,
    content: Content,
    *,
    when: When = ALWAYS,
    properties: Properties = NO_PROPERTIES,
    lease: str | None = None,
) -> BlobInfo:
    """Write `content` under `key`, content with an end in view: that the store holds it.

    Like `write`, but a write that was refused or got no answer is settled by looking: if the store holds
    equal bytes, whoever wrote them, that state is returned. For copies, where a repeat must not fail against
    itself. Not for appends and locks, where equal bytes of another writer are not one's own.

    Raises:
        ConditionFailed: the store holds other bytes than `content`, or none.
        Unavailable: no answer, and the store does not hold `content` (as far as it answers at all).
    """
    try:
        return store.write(key, content, when=when, properties=properties, lease=lease)
    except (ConditionFailed, Unavailable):
        held = _holding(store, key, content)
        if held is None:
            raise
        return held


def copy(
    store: BlobStore,
    source: Key,
    target: Key,
    *,
    when: When = ALWAYS,
    lease: str | None = None,
    part_bytes_max: int = PART_BYTES,
) -> BlobInfo:
    """Write what is stored under `source` under `target` too, with its properties; return the new state.

    Content larger than `part_bytes_max` is read in spans of one version and is never whole in memory. Like
    `ensure`, a copy that is there already is no conflict: a repeat does not fail against itself.

    Args:
        store: where both are.
        source: the blob that is copied.
        target: its second name.
        when: the condition for the target.
        lease: the caller's own lease of the target.
        part_bytes_max: how much is in memory.

    Raises:
        NotFound: nothing is stored under `source`.
        ConditionFailed: `when` does not hold, and the target has other bytes; nothing was written.
        ContentChanged: the source was written to meanwhile; nothing was written.
    """
    _, content, properties = _content_of(store, source, part_bytes_max)
    return ensure(store, target, content, when=when, properties=properties, lease=lease)


def move(
    store: BlobStore,
    source: Key,
    target: Key,
    *,
    replace_target: bool = False,
    lease: str | None = None,
    part_bytes_max: int = PART_BYTES,
) -> BlobInfo:
    """Give what is stored under `source` the name `target`; return its state there.

    It is copied, the copy is checked, and the source is deleted if it still is what was copied. Killed in
    between, both exist, or only the target: nothing is lost, and while both exist a repeat finishes. After
    the source is gone a repeat is NotFound. If the source was written to meanwhile, both exist: the target
    is what the source was.

    Args:
        store: with `conditional_writes`.
        source: the blob's old name.
        target: its new name.
        replace_target: whether other content under the new name may be replaced.
        lease: the caller's own lease of the source.
        part_bytes_max: how much is in memory.

    Raises:
        NotFound: nothing is stored under `source`.
        ConditionFailed: other content is stored under `target`, or the source was written to meanwhile.
        ContentChanged: the source was written to while it was copied; nothing was written.
        Unsupported: the two names are one in this store, or it cannot check conditions.
    """
    if source == target:
        return store.stat(source)
    if not store.capabilities.exact_names and folded(source) == folded(target):
        raise Unsupported(f"{source} and {target} are one name in this store", key=source)
    info, content, properties = _content_of(store, source, part_bytes_max)
    when = ALWAYS if replace_target else ABSENT
    ensure(store, target, content, when=when, properties=properties)
    copied = _verified(store, target, content, properties)
    store.delete(source, when=IfVersion(info.version), lease=lease)
    return copied


def _content_of(
    store: BlobStore, key: Key, part_bytes_max: int
) -> tuple[BlobInfo, Content, Properties]:
    head = read_in_parts(store, key, part_bytes_max=part_bytes_max)
    first = next(head.parts, b"")
    if len(first) < part_bytes_max:
        return head.info, first, head.properties
    source = source_of(store, head.info, part_bytes_max=part_bytes_max)
    return head.info, source, head.properties


def _verified(store: BlobStore, key: Key, content: Content, properties: Properties) -> BlobInfo:
    """Return the state of the copy if it is one, with its properties; tiers are the service's to change."""
    info = _holding(store, key, content)
    held = store.read(key, span=Span(0, 1)).properties if info else NO_PROPERTIES
    if info is None or replace(held, tier=None) != replace(properties, tier=None):
        raise ConditionFailed(f"{key} has other content or properties; it was kept", key=key)
    return info


def _holding(store: BlobStore, key: Key, content: Content) -> BlobInfo | None:
    """Return the state of the blob if its bytes are known to equal `content`."""
    try:
        info = store.stat(key)
        equal = _digests_agree if info.digest and store.capabilities.exact_size else _bytes_agree
        return info if equal(store, info, content) else None
    except (NotFound, Unavailable):
        return None


def _digests_agree(_: BlobStore, info: BlobInfo, content: Content) -> bool:
    assert info.digest is not None  # noqa: S101 - chosen by its only caller for that
    checksum = hashlib.new(info.digest.algorithm, usedforsecurity=False)
    for part in _parts(content):
        checksum.update(part)
    return checksum.hexdigest() == info.digest.value


def _bytes_agree(store: BlobStore, info: BlobInfo, content: Content) -> bool:
    start = 0
    for part in _parts(content):
        blob = store.read(info.key, span=Span(start, len(part)))
        if blob.data != part or blob.info.version != info.version:
            return False
        start += len(part)
    end = store.read(info.key, span=Span(start, 1))
    return not end.data and end.info.version == info.version


def _parts(content: Content) -> Iterator[bytes]:
    with content.reopen() if isinstance(content, Source) else io.BytesIO(content) as stream:
        while part := stream.read(PART_BYTES):
            yield part
