"""A layer that stores text compressed, so that every other client can read it: gzip, said in a header."""

import io
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from app.store.backends.content import PART_BYTES, parts, size_of
from app.store.contract import (
    Blob,
    BlobStore,
    Capabilities,
    Content,
    Properties,
    Source,
    Upload,
)
from app.store.errors import CorruptBlob, Unsupported
from app.store.keys import Key
from app.store.layers.base import end
from app.store.layers.codec import Codec

PLAIN_SIZE: Final = "kb_plain_size"
"""The name in the metadata that marks what this layer has compressed; its value is the size before."""

COMPRESSED_BYTES_MIN: Final = 1024
COMPRESSED_BYTES_MAX: Final = 64 << 20
_GZIP: Final = 31
_LEVEL: Final = 6
_CHUNK_BYTES: Final = 64 << 10
"""How much is read at once, and how much of a larger blob is tried before all of it is compressed."""


class CompressedStore(Codec):
    """Compresses what gets smaller by it; reads that and everything else.

    - What is stored is gzip with `Content-Encoding: gzip`, under the content type given: browsers, SDKs and
      `gunzip` read it without this layer. Equal content is equal bytes (no time in the header).
    - A name in the metadata marks what this layer has written. A blob without it, plain or with an encoding
      of somebody else's, comes back untouched; so the layer can be put on a store that is in use.
    - Stored as they are: blobs under `bytes_min` or over `bytes_max`, what has an encoding already, what a
      try of its beginning or the result shows to shrink to more than `ratio_max`. Above `bytes_max`, spans
      would be dear: gzip has no middle, so each costs everything before it.
    - `size_stored` and `digest` are those of the stored bytes.
    - Where the store keeps no properties, nothing could say that a blob is compressed: none is, and the
      layer does nothing.

    Args:
        inner: the store around which it stands.
        bytes_min: smaller content is stored as it is.
        bytes_max: larger content is stored as it is.
        ratio_max: how large the result may be, as a part of the content.
    """

    def __init__(
        self,
        inner: BlobStore,
        *,
        bytes_min: int = COMPRESSED_BYTES_MIN,
        bytes_max: int = COMPRESSED_BYTES_MAX,
        ratio_max: float = 0.9,
    ) -> None:
        super().__init__(inner)
        self._bytes_min = bytes_min
        self._bytes_max = bytes_max
        self._ratio_max = ratio_max

    @property
    def capabilities(self) -> Capabilities:
        """Those of `inner`, but for sizes where it compresses."""
        inner = self.inner.capabilities
        return replace(inner, exact_size=inner.exact_size and not inner.properties)

    @contextmanager
    def outgoing(self, upload: Upload) -> Iterator[Upload]:
        """See Codec.

        Raises:
            Unsupported: the metadata has the name that marks what this layer has written.
            ContentChanged: a source that was read to be compressed has another size, or cannot be read.
        """
        if not self.inner.capabilities.properties:
            yield upload
            return
        if PLAIN_SIZE in upload.properties.metadata:
            raise Unsupported(
                f"{upload.key}: the name {PLAIN_SIZE} in the metadata is the system's own",
                key=upload.key,
            )
        if not self._may_pay(upload):
            yield upload
            return
        with _compressed(upload) as (content, size):
            if size > self._ratio_max * size_of(upload.content):
                yield upload
            else:
                yield replace(upload, content=content, properties=_marked(upload), sha256=None)

    def is_encoded(self, blob: Blob) -> bool:
        """See Codec."""
        properties = blob.properties
        return properties.content_encoding == "gzip" and PLAIN_SIZE in properties.metadata

    def incoming(self, blob: Blob) -> Blob:
        """See Codec."""
        metadata = dict(blob.properties.metadata)
        data = _decompressed(blob.info.key, blob.data, metadata.pop(PLAIN_SIZE))
        properties = replace(blob.properties, content_encoding=None, metadata=metadata)
        return replace(blob, data=data, properties=properties)

    def _may_pay(self, upload: Upload) -> bool:
        size = size_of(upload.content)
        if upload.properties.content_encoding or not self._bytes_min <= size <= self._bytes_max:
            return False
        if size <= _CHUNK_BYTES:
            return True
        chunks = parts(upload.key, upload.content, part_bytes_max=_CHUNK_BYTES)
        try:
            beginning = next(chunks, b"")
        finally:
            end(chunks)
        return len(b"".join(_gzipped([beginning]))) <= self._ratio_max * len(beginning)


@contextmanager
def _compressed(upload: Upload) -> Iterator[tuple[Content, int]]:
    """Give the content compressed, and its size; that of a large source lies in a file meanwhile."""
    chunks = parts(upload.key, upload.content, part_bytes_max=_CHUNK_BYTES)
    if size_of(upload.content) <= PART_BYTES or isinstance(upload.content, bytes):
        data = b"".join(_gzipped(chunks))
        yield data, len(data)
        return
    with tempfile.NamedTemporaryFile(prefix="kb-") as file:
        size = sum(file.write(piece) for piece in _gzipped(chunks))
        file.flush()
        yield Source(size, partial(io.FileIO, file.name)), size


def _gzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    # Without a time in the header, and always cut alike: equal content has equal versions on S3.
    compressor = zlib.compressobj(_LEVEL, wbits=_GZIP)
    for chunk in chunks:
        yield compressor.compress(chunk)
    yield compressor.flush()


def _marked(upload: Upload) -> Properties:
    return replace(
        upload.properties,
        content_encoding="gzip",
        metadata={**upload.properties.metadata, PLAIN_SIZE: str(size_of(upload.content))},
    )


def _decompressed(key: Key, data: bytes, promised: str) -> bytes:
    if not promised.isdecimal():
        raise CorruptBlob(f"{key}: its size before compression is noted as {promised!r}", key=key)
    decompressor = zlib.decompressobj(wbits=_GZIP)
    try:
        # One byte more than promised shows that there is more, whatever it would unpack to.
        plain = decompressor.decompress(data, int(promised) + 1)
    except zlib.error as error:
        raise CorruptBlob(f"{key} cannot be decompressed: {error}", key=key) from error
    if len(plain) != int(promised) or not decompressor.eof or decompressor.unused_data:
        raise CorruptBlob(
            f"{key} does not decompress to the {promised} bytes that were written", key=key
        )
    return plain
