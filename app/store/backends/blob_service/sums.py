"""The checksum of a part of a blob, which the service takes when it is asked."""

from typing import Any, Final

from app.store.backends.content import md5_base64
from app.store.contract import Span
from app.store.errors import Unavailable
from app.store.keys import Key

# "Get Blob", x-ms-range-get-content-md5.
_SPAN_BYTES_MAX: Final = 4 << 20


class SpanSum:
    """Asks for the checksum of `span` and compares it; of a longer one than 4 MiB there is none.

    Not through the SDK's validate_content: azure-storage-blob 12.31 repeats a download whose sum differs, and
    then gives no bytes at all and no error.
    """

    def __init__(self, span: Span) -> None:
        self._asked = span.length <= _SPAN_BYTES_MAX
        self._sum: str | None = None

    def options(self) -> dict[str, Any]:
        """Return the options of the download."""
        if not self._asked:
            return {}
        return {
            "headers": {"x-ms-range-get-content-md5": "true"},
            "raw_response_hook": self._keep,
        }

    def expect(self, key: Key, data: bytes) -> None:
        """Make sure that `data` is what the service sent.

        Raises:
            Unavailable: it is not.
        """
        if self._sum is None:
            return
        if md5_base64(data) != self._sum:
            raise Unavailable(f"{key}: a part of it was damaged on the way", key=key)

    def _keep(self, response: Any) -> None:
        self._sum = response.http_response.headers.get("content-md5")
