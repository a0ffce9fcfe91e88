"""A relay in front of an emulator: what goes over the wire is written down, and answers can be lost."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

Fate = Literal["pass", "lose the answer", "say busy", "say too many", "cut the answer"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]


@dataclass
class Relay:
    """What the test sees of the relay, and tells it.

    Attributes:
        url: where it answers, with the upstream's path.
        requests: in the order in which they came.
        fate: decides, by the request, what becomes of its answer.
    """

    url: str
    requests: list[Request] = field(default_factory=list)
    fate: Callable[[Request], Fate] = lambda request: "pass"


@contextmanager
def relayed(upstream: str) -> Iterator[Relay]:
    """Relay to `upstream` for the time of the block."""
    parts = urlsplit(upstream)
    relay = Relay("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            # The method's name is the verb: this answers all of them alike.
            self.raw_requestline = self.rfile.readline(65_537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers)
            body = self.rfile.read(int(headers.get("content-length", 0)))
            relay.requests.append(request)
            self._answer(request, body, relay.fate(request))

        def _answer(self, request: Request, body: bytes, fate: Fate) -> None:
            if fate in ("say busy", "say too many"):
                self._send(503 if fate == "say busy" else 429, [], b"")
                return
            connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
            try:
                connection.request(request.method, request.target, body, dict(self.headers.items()))
                answer = connection.getresponse()
                data = answer.read()
            finally:
                connection.close()
            if fate == "lose the answer":
                self.close_connection = True
                return
            self._send(answer.status, answer.getheaders(), data, cut=fate == "cut the answer")

        def _send(
            self, status: int, headers: list[tuple[str, str]], data: bytes, *, cut: bool = False
        ) -> None:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            known = {name.lower(): value for name, value in headers}.get("content-length")
            self.send_header("Content-Length", known or str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if cut else data)
            self.wfile.flush()
            self.close_connection |= cut

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    relay.url = f"http://127.0.0.1:{server.server_port}{parts.path}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
