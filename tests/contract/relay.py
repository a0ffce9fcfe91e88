"""A relay in front of an emulator: what goes over the wire is written down, and answers can be lost."""

import hashlib
import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Literal
from urllib.parse import urlsplit

Fate = Literal[
    "pass",
    "lose the answer",
    "say busy",
    "say when",
    "say too many",
    "cut the answer",
    "deny",
    "fail after the effect",
    "stall",
    "damage the upload",
    "damage the answer",
    "answer as if encrypted",
    "forget the condition",
    "delay",
]
"""`stall`: the effect happens, and the answer never comes. `damage`: one bit of the body is turned.
`delay`: it comes `DELAY_SECONDS` later. `say when`: busy, and to be asked after `RETRY_AFTER_SECONDS`."""

DELAY_SECONDS: Final = 0.015
RETRY_AFTER_SECONDS: Final = 7

_SAID: Final[dict[str, tuple[int, str]]] = {
    "say busy": (503, "SlowDown"),
    "say too many": (429, "TooManyRequests"),
    "deny": (403, "AccessDenied"),
    "fail after the effect": (500, "InternalError"),
}


_BEGINNING_BYTES: Final = 2048
_CONDITIONS: Final = frozenset({"if-match", "if-none-match"})


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came, with the first bytes of its body."""

    method: str
    target: str
    headers: dict[str, str]
    beginning: bytes = b""


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
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body leave apart: without this each answer waits 40 ms for an acknowledgement.
        disable_nagle_algorithm = True

        def handle_one_request(self) -> None:
            # The method's name is the verb: this answers all of them alike.
            self.raw_requestline = self.rfile.readline(65_537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            request = Request(self.command, self.path, headers, body[:_BEGINNING_BYTES])
            relay.requests.append(request)
            self._answer(request, body, relay.fate(request))

        def _answer(self, request: Request, body: bytes, fate: Fate) -> None:
            if fate == "say when":
                self._say(503, "SlowDown", retry_after=RETRY_AFTER_SECONDS)
                return
            if fate in ("say busy", "say too many", "deny"):
                self._say(*_SAID[fate])
                return
            if fate == "damage the upload":
                body = _damaged(body)
            sent = dict(self.headers.items())
            if fate == "forget the condition":
                sent = {name: sent[name] for name in sent if name.lower() not in _CONDITIONS}
            connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
            try:
                connection.request(request.method, request.target, body, sent)
                answer = connection.getresponse()
                data = answer.read()
            finally:
                connection.close()
            if fate == "delay":
                ended.wait(DELAY_SECONDS)
            if fate == "stall":
                ended.wait()
            if fate in ("lose the answer", "stall"):
                self.close_connection = True
                return
            if fate == "fail after the effect":
                self._say(*_SAID[fate])
                return
            headers = answer.getheaders()
            if fate == "damage the answer":
                data = _damaged(data)
            if fate == "answer as if encrypted":
                headers = _encrypted(headers)
            self._send(answer.status, headers, data, cut=fate == "cut the answer")

        def _say(self, status: int, code: str, *, retry_after: int | None = None) -> None:
            headers = [("Content-Type", "application/xml"), ("x-ms-error-code", code)]
            if retry_after is not None:
                headers.append(("Retry-After", str(retry_after)))
            self._send(
                status,
                headers,
                f"<Error><Code>{code}</Code><Message>relayed</Message></Error>".encode(),
            )

        def _send(
            self, status: int, headers: list[tuple[str, str]], data: bytes, *, cut: bool = False
        ) -> None:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            known = {name.lower(): value for name, value in headers}.get("content-length")
            self.send_header("Content-Length", known or str(len(data)))
            # Who no longer waits for the answer has closed the connection.
            with suppress(ConnectionError):
                self.end_headers()
                if self.command != "HEAD":
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
        ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _damaged(data: bytes) -> bytes:
    # In the middle: at its ends a body may have what wraps the content.
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :] if data else data


def _encrypted(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return S3's answer for an object encrypted with KMS: an ETag that is no MD5 sum, but looks like one."""
    values = {name.lower(): value for name, value in headers}
    other = hashlib.sha256(values.get("etag", "").encode()).hexdigest()[:32]
    kept = [(name, value) for name, value in headers if name.lower() != "etag"]
    return [*kept, ("ETag", f'"{other}"'), ("x-amz-server-side-encryption", "aws:kms")]
