"""Following pointers: from the small blobs that stand for shared content to that content."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from app.store.contract import Blob, ReadableStore, Span
from app.store.errors import CorruptBlob, NotFound, StoreError
from app.store.layers.pointers import Pointer, may_be_pointer, parse_pointer


def resolved(store: ReadableStore, blob: Blob, span: Span | None) -> Blob:
    """Return the content that a whole small blob stands for: another blob's, or its own.

    Raises:
        CorruptBlob: the content is gone, or, read whole, is not what the pointer names.
    """
    key = blob.info.key
    while pointer := parse_pointer(key, blob.data):
        try:
            content = store.read(pointer.content_key, span=span)
        except NotFound as error:
            # The pointer may have been replaced, and what it named collected, since it was read.
            now = store.read(key)
            if now.info.version == blob.info.version:
                raise CorruptBlob(
                    f"{key}: the content that it stands for is gone", key=key
                ) from error
            blob = now
        except StoreError as error:
            error.about(key)
            raise
        else:
            return _put_together(blob, pointer, content, whole=span is None)
    part = slice(None) if span is None else slice(span.start, span.start + span.length)
    return replace(blob, data=blob.data[part])


def with_contents(
    store: ReadableStore, answers: list[tuple[Blob | StoreError, Pointer | None]]
) -> Iterator[Blob | StoreError]:
    """Yield each answer of `pointer_in` with its content, in order; what stands for none as it is."""
    contents = store.read_many(
        [pointer.content_key for _, pointer in answers if pointer is not None]
    )
    for answer, pointer in answers:
        if pointer is None or isinstance(answer, StoreError):
            yield answer
            continue
        content = next(contents)
        try:
            if isinstance(content, NotFound):
                yield resolved(store, answer, None)
            elif isinstance(content, StoreError):
                yield content.about(answer.info.key)
            else:
                yield _put_together(answer, pointer, content, whole=True)
        except StoreError as error:
            yield error


def pointer_in(answer: Blob | StoreError) -> tuple[Blob | StoreError, Pointer | None]:
    """Return a whole blob and the pointer that it is, if it is one; a broken one is an error."""
    if isinstance(answer, StoreError) or not may_be_pointer(
        answer.info.key, answer.info.size_stored
    ):
        return answer, None
    try:
        return answer, parse_pointer(answer.info.key, answer.data)
    except CorruptBlob as error:
        return error, None


def _put_together(blob: Blob, pointer: Pointer, content: Blob, *, whole: bool) -> Blob:
    """Return the blob with its content.

    Raises:
        CorruptBlob: the whole content does not have the digest that the pointer names.
    """
    if whole and hashlib.sha256(content.data).hexdigest() != pointer.sha256:
        key = blob.info.key
        raise CorruptBlob(f"{key}: the content that it stands for has changed", key=key)
    return replace(blob, data=content.data)
