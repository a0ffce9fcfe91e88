"""What is sent to a service, and what comes of it."""

from collections.abc import Callable

from app.store.values import value


@value(frozen=True, slots=True)
class Request:
    """What is to be sent: a PUT where there is a body, else a GET.

    Attributes:
        url: with everything in it quoted.
        headers: as lines of libcurl's, without those that it makes: the host and the length.
        body: of an upload, also b""; None for a download.
        expects: asked with the size of the answer's body, before that comes; False gives it up.
    """

    url: str
    headers: list[str]
    body: bytes | None = None
    expects: Callable[[int], bool] | None = None

    def expecting(self, expects: Callable[[int], bool]) -> "Request":
        """Return this request with a look at the answer's size."""
        return Request(self.url, self.headers, self.body, expects)


@value(frozen=True, slots=True)
class Reply:
    """What a service answered, whole.

    Attributes:
        status: HTTP's.
        headers: by their names in lower case.
        body: b"" where none came.
    """

    status: int
    headers: dict[str, str]
    body: bytes


@value(frozen=True, slots=True)
class Silence:
    """No whole answer came.

    Attributes:
        reason: as a phrase.
        unsent: surely nothing has reached the service.
        refused: `Request.expects` gave the body up; its size in bytes, else None.
    """

    reason: str
    unsent: bool = False
    refused: int | None = None
