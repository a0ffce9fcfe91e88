"""A real HTTP server on this machine, whose answers are a test's, to the byte; and what speaks to it."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any, Final

from app.store.backends.bulk.messages import Request
from app.store.backends.bulk.transport import Handles


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came.

    Attributes:
        method: HTTP's.
        target: as it stood in the request line.
        headers: by their names in lower case.
        body: b"" for none.
        connection: counted from 1.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The bytes to send; the connection ends after them if it `closes`."""

    sent: bytes
    closes: bool = False


def answered(body: bytes = b"", *lines: str, status: int = 200) -> Answer:
    """A whole answer with these lines of headers."""
    head = [f"HTTP/1.1 {status} So", *lines, f"Content-Length: {len(body)}", "", ""]
    return Answer("\r\n".join(head).encode("latin-1") + body)


LOST: Final = Answer(b"", closes=True)
"""The request arrives, and its answer never does."""


@dataclass
class Loopback:
    """What the test sees of the server.

    Attributes:
        url: where it answers.
        seen: the requests that arrived, in their order.
    """

    url: str
    seen: list[Seen] = field(default_factory=list)


@contextmanager
def loopback(
    answer: Callable[[Seen], Answer], *, identity: ssl.SSLContext | None = None
) -> Iterator[Loopback]:
    """Serve on a free port until the block ends; `identity` makes it speak TLS."""
    connections = 0

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            nonlocal connections
            super().setup()
            connections += 1
            self.number = connections

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

        def serve(self) -> None:
            headers = {name.lower(): text for name, text in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            seen = Seen(self.command, self.path, headers, body, self.number)
            served.seen.append(seen)
            found = answer(seen)
            self.close_connection = found.closes
            self.wfile.write(found.sent)

        do_GET = do_PUT = serve  # noqa: N815 - the names are those of http.server

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def get_request(self) -> tuple[socket, Any]:
            connection, address = super().get_request()
            if identity:
                # Shaking hands is the connection's own thread's.
                connection = identity.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                )
            return connection, address

        def handle_error(self, request: object, client_address: object) -> None:
            """Print nothing: a client may hang up, or not trust this server."""

    with Server(("127.0.0.1", 0), Handler) as server:
        scheme = "https" if identity else "http"
        served = Loopback(f"{scheme}://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def handles_for(url: str, *, ca_bundle: str | None = None) -> Iterator[Handles]:
    """Handles of a patient client, closed with the block."""
    handles = Handles(url, connect_seconds_max=60, read_seconds_max=60, ca_bundle=ca_bundle)
    try:
        yield handles
    finally:
        handles.close()


def put(url: str, body: bytes, *lines: str) -> Request:
    """An upload, as the dialects send it."""
    return Request(url, list(lines), body)


def get(url: str, *lines: str) -> Request:
    """A download."""
    return Request(url, list(lines))
