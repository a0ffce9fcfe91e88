"""Requests over HTTP, many at once on one thread: libcurl's."""

import math
from collections import deque
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlsplit

import certifi
import pycurl

from app.store.backends.bulk.messages import Reply, Request, Silence

Tag = TypeVar("Tag")

_AGENT: Final = "kb-bulk"
_SPEED_BYTES_MIN: Final = 1
_BUFFER_BYTES: Final = 512 << 10
_END_OF_HEAD: Final = b"\r\n"
_FADING: Final = 1.01
_FRESH_SECONDS: Final = 2.0
"""libcurl looks once a second which of its connections have ended."""

_NO_CONNECTION: Final = frozenset(
    {
        pycurl.E_COULDNT_RESOLVE_PROXY,
        pycurl.E_COULDNT_RESOLVE_HOST,
        pycurl.E_COULDNT_CONNECT,
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CACERT_BADFILE,
    }
)


class Handles:
    """Makes and keeps libcurl's handles for one service; safe for threads.

    Args:
        endpoint: the service's address: it decides on proxies, as it does for the vendors' SDKs.
        connect_seconds_max: for a connection.
        read_seconds_max: without a single byte in either direction.
        ca_bundle: a file or folder with the certificates to trust; None for those that the SDKs trust.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        connect_seconds_max: float,
        read_seconds_max: float,
        ca_bundle: str | None,
    ) -> None:
        # Imported here: it takes longer than libcurl, and who never sends needs none of it.
        import requests.utils

        parts = urlsplit(endpoint)
        proxies = requests.utils.get_environ_proxies(endpoint)
        self._options: dict[int, Any] = {
            pycurl.NOSIGNAL: 1,
            pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
            # A key may look like a path with dots in it: it is a name and stays as it is.
            pycurl.PATH_AS_IS: 1,
            pycurl.USERAGENT: _AGENT,
            pycurl.CONNECTTIMEOUT_MS: int(connect_seconds_max * 1000),
            pycurl.LOW_SPEED_LIMIT: _SPEED_BYTES_MIN,
            pycurl.LOW_SPEED_TIME: math.ceil(read_seconds_max),
            **_trusted(ca_bundle or certifi.where()),
            # "" keeps libcurl from looking for variables of its own.
            pycurl.PROXY: proxies.get(parts.scheme) or proxies.get("all") or "",
            pycurl.NOPROXY: "",
            pycurl.BUFFERSIZE: _BUFFER_BYTES,
            pycurl.UPLOAD_BUFFERSIZE: _BUFFER_BYTES,
        }
        self._idle: deque[pycurl.Curl] = deque()
        # With connections of their own: those of the others are kept beside them.
        self._idle_alone: deque[pycurl.Curl] = deque()

    def take(self) -> pycurl.Curl:
        """Return a handle that nobody uses."""
        return self._taken(self._idle)

    def give_back(self, handle: pycurl.Curl) -> None:
        """Let others use it."""
        self._idle.append(handle)

    def close(self) -> None:
        """Close those that nobody uses."""
        for idle in (self._idle, self._idle_alone):
            while idle:
                idle.pop().close()

    def send(self, request: Request) -> Reply | Silence:
        """Send one request on this thread, and wait for what comes of it."""
        handle = self._taken(self._idle_alone)
        exchange = _Exchange(handle, request)
        try:
            handle.perform()
        except pycurl.error as error:
            return exchange.silence(int(error.args[0]))
        else:
            return exchange.reply()
        finally:
            self._idle_alone.append(handle)

    def _taken(self, idle: deque[pycurl.Curl]) -> pycurl.Curl:
        try:
            return idle.pop()
        except IndexError:
            handle = pycurl.Curl()
        for option, setting in self._options.items():
            handle.setopt(option, setting)
        return handle


class Exchanges(Generic[Tag]):
    """Requests that are on their way together; for one thread at a time.

    Args:
        handles: of the service.

    Attributes:
        fastest_seconds: what the fastest of the last answers took; an old one counts for more and more. 0
            before the first.
    """

    def __init__(self, handles: Handles) -> None:
        self.fastest_seconds = 0.0
        self._handles = handles
        self._multi = pycurl.CurlMulti()
        self._running: dict[pycurl.Curl, tuple[_Exchange, Tag]] = {}
        self._fresh_until = 0.0

    def __len__(self) -> int:
        return len(self._running)

    def keep(self, connections_max: int) -> None:
        """Keep so many connections open for what comes next."""
        self._multi.setopt(pycurl.M_MAXCONNECTS, connections_max)

    def start(self, request: Request, tag: Tag) -> None:
        """Begin to send; what comes of it is said by `finished`, with the tag."""
        handle = self._handles.take()
        self._running[handle] = (_Exchange(handle, request), tag)
        if self._fresh_until and monotonic() < self._fresh_until:
            handle.setopt(pycurl.FRESH_CONNECT, 1)
        self._multi.add_handle(handle)

    def finished(self) -> list[tuple[Tag, Reply | Silence]]:
        """Send and receive what can be without waiting; return what has ended."""
        self._multi.perform()
        found: list[tuple[Tag, Reply | Silence]] = []
        more = 1
        while more:
            more, ended, failed = self._multi.info_read()
            for handle in ended:
                exchange, tag = self._ended(handle)
                seconds: float = handle.getinfo(pycurl.TOTAL_TIME)
                self.fastest_seconds = min(seconds, self.fastest_seconds * _FADING or seconds)
                came = exchange.reply()
                if isinstance(came, Silence):
                    # It would be used again, and what is sent on it would be lost.
                    self._fresh_until = monotonic() + _FRESH_SECONDS
                found.append((tag, came))
                self._handles.give_back(handle)
            for handle, code, _ in failed:
                exchange, tag = self._ended(handle)
                found.append((tag, exchange.silence(code)))
                self._handles.give_back(handle)
        return found

    def wait(self, seconds: float) -> None:
        """Wait until something can be sent or received, at most so long."""
        # libcurl's own timers end a connection that does not come about; -1 where none is set.
        due = self._multi.timeout()
        self._multi.select(seconds if due < 0 else min(seconds, due / 1000))

    def close(self) -> None:
        """End what is on its way, and close the connections."""
        for handle in list(self._running):
            self._ended(handle)
            handle.close()
        self._multi.close()

    def _ended(self, handle: pycurl.Curl) -> "tuple[_Exchange, Tag]":
        self._multi.remove_handle(handle)
        return self._running.pop(handle)


class _Exchange:
    """One request in a handle, and what has come of it so far."""

    __slots__ = ("_body", "_expects", "_handle", "_head", "_refused")

    def __init__(self, handle: pycurl.Curl, request: Request) -> None:
        self._handle = handle
        self._head: list[bytes] = []
        self._body: BytesIO | None = None
        self._expects = request.expects
        self._refused: int | None = None
        setopt = handle.setopt
        setopt(pycurl.URL, request.url)
        setopt(pycurl.HEADERFUNCTION, self._head.append)
        setopt(pycurl.WRITEFUNCTION, self._receive)
        if request.body is None:
            setopt(pycurl.HTTPHEADER, request.headers)
            setopt(pycurl.HTTPGET, 1)
            setopt(pycurl.FRESH_CONNECT, 0)
            return
        # With "Expect: 100-continue" each upload waits a round trip more; only redirects gain from it.
        setopt(pycurl.HTTPHEADER, [*request.headers, "Expect:"])
        setopt(pycurl.UPLOAD, 1)
        setopt(pycurl.INFILESIZE_LARGE, len(request.body))
        # A stream that cannot be rewound: libcurl would send a request again whose connection ended without
        # an answer, although it may have had its effect. One without bytes needs no rewinding.
        setopt(pycurl.READFUNCTION, BytesIO(request.body).read)
        setopt(pycurl.FRESH_CONNECT, 0 if request.body else 1)

    def reply(self) -> Reply | Silence:
        if not self._head or self._head[-1] != _END_OF_HEAD:
            # libcurl takes the end of the connection for the end of the headers.
            self._forget()
            return Silence("the answer broke off")
        status, headers = _parsed(self._head)
        body = self._body.getvalue() if self._body else b""
        self._forget()
        return Reply(status, headers, body)

    def silence(self, code: int) -> Silence:
        refused = self._refused
        self._forget()
        if code in _NO_CONNECTION:
            return Silence("no connection", unsent=True)
        if code == pycurl.E_OPERATION_TIMEDOUT:
            # Not the time of the connection: one that is used again has none.
            sent = self._handle.getinfo(pycurl.REQUEST_SIZE) > 0
            return Silence("it took too long", unsent=not sent)
        return Silence("the answer broke off", refused=refused)

    def _forget(self) -> None:
        # An idle handle must not keep content alive.
        self._handle.setopt(pycurl.READFUNCTION, _nothing)
        self._head = []
        self._body = None

    def _receive(self, data: bytes) -> int | None:
        if self._body is None:
            self._body = BytesIO()
            if self._expects and self._is_refused():
                return -1
        self._body.write(data)
        return None

    def _is_refused(self) -> bool:
        assert self._expects is not None  # noqa: S101 - looked at by who calls
        status, headers = _parsed(self._head)
        size = int(headers.get("content-length", 0))
        if status >= 300 or self._expects(size):
            return False
        self._refused = size
        return True


def _trusted(ca_bundle: str) -> dict[int, str]:
    # As `requests` takes it: a folder has one file for each certificate.
    return {pycurl.CAPATH if Path(ca_bundle).is_dir() else pycurl.CAINFO: ca_bundle}


def _parsed(head: list[bytes]) -> tuple[int, dict[str, str]]:
    """Return the status and the headers by their names in lower case."""
    status = 0
    headers: dict[str, str] = {}
    for line in b"".join(head).decode("latin-1").split("\r\n"):
        if line.startswith("HTTP/"):
            # Another answer came first: "100 Continue", or a proxy's.
            status, headers = int(line.split(" ", 2)[1]), {}
            continue
        name, colon, text = line.partition(":")
        if colon:
            headers[name.lower()] = text.strip()
    return status, headers


def _nothing(size: int) -> bytes:
    return b""
