"""A shared access signature is a secret in each request's URL: hidden from logs and errors."""

import logging
import re
from typing import Any, Final

from azure.core.exceptions import AzureError
from azure.core.pipeline.transport import HttpRequest, RequestsTransport
from azure.core.rest import HttpRequest as RestHttpRequest

_SIGNATURE: Final = re.compile(r"(?<=[?&]sig=)[^&\s\"'()]+", re.IGNORECASE)
_HIDDEN: Final = "…"

_LOGGERS: Final = ("urllib3.connectionpool", "urllib3.util.retry")
"""They name the URL of a request, at DEBUG and when it is tried again."""


def without_signature(text: str) -> str:
    """Return a text with each signature in it replaced."""
    return _SIGNATURE.sub(_HIDDEN, text)


class QuietTransport(RequestsTransport):  # type: ignore[misc]  # the SDK imports it lazily
    """The SDK's transport, whose errors do not say the URL's signature.

    An error's causes say it, too: where one does, they are left out.
    """

    def send(self, request: HttpRequest | RestHttpRequest, **options: Any) -> Any:
        """Send a request, as the SDK's transport does."""
        try:
            return super().send(request, **options)
        except AzureError as error:
            kind, said = type(error), without_signature(str(error))
            if said == str(error):
                raise
        # Not within `except`: an AzureError keeps what is being handled when it is made.
        raise kind(said)


class _Filter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = without_signature(said)
        if hidden != said:
            record.msg, record.args = hidden, None
        return True


def hide_signatures() -> None:
    """Hide the signatures in what the HTTP library logs in this process."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, _Filter) for one in logger.filters):
            logger.addFilter(_Filter())
