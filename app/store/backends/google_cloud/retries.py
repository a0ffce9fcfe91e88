"""How often a call to Google Cloud Storage is tried."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Final

from google.api_core.exceptions import GoogleAPICallError
from google.api_core.retry import Retry
from google.auth.exceptions import TransportError
from google.cloud.storage.exceptions import InvalidResponse
from requests import exceptions as requests_exceptions
from urllib3.exceptions import HTTPError

ATTEMPTS_MAX: Final = 3
TOO_MANY: Final = 429
_BUSY: Final = frozenset({408, TOO_MANY})
_BROKEN: Final = (
    ConnectionError,
    requests_exceptions.ConnectionError,
    requests_exceptions.ChunkedEncodingError,
    requests_exceptions.Timeout,
    HTTPError,
    TransportError,
)
"""What is raised when nobody answers, or an answer breaks off: three libraries are at work."""

_PAUSES: Final[Mapping[str, Any]] = {"initial": 0.5, "multiplier": 2.0, "maximum": 4.0}
"""In seconds."""


def status_of(error: Exception) -> int:
    """Return the HTTP status that an error reports; 0 for none."""
    if isinstance(error, InvalidResponse):
        return int(error.response.status_code)
    return int(error.code or 0) if isinstance(error, GoogleAPICallError) else 0


def is_no_answer(error: Exception) -> bool:
    """Return whether an error means that nobody answered, or answered that it cannot."""
    status = status_of(error)
    return isinstance(error, _BROKEN) or status in _BUSY or status >= 500


def was_turned_away(error: Exception) -> bool:
    """Return whether the service refused to begin: it allows a blob about one write a second."""
    return status_of(error) == TOO_MANY


class Attempts(Retry):
    """A retry in the SDK's form with so many attempts for each call; its own kind counts only time.

    Args:
        may_repeat: whether a call that failed so may be made again.
    """

    def __init__(self, may_repeat: Callable[[Exception], bool]) -> None:
        super().__init__(predicate=may_repeat, timeout=None, **_PAUSES)
        self._may_repeat = may_repeat

    def __call__(self, func: Callable[..., Any], on_error: Any = None) -> Callable[..., Any]:
        """Return `func` with its repetitions."""
        attempts = count(1)

        def again(error: Exception) -> bool:
            return next(attempts) < ATTEMPTS_MAX and self._may_repeat(error)

        return Retry(predicate=again, timeout=None, **_PAUSES)(func, on_error)


PATIENT: Final = Attempts(is_no_answer)
"""For calls that may be repeated."""

ONCE: Final = Attempts(was_turned_away)
"""For calls with a condition: if the answer is lost, a repeat would fail against its own effect."""
