"""What libcurl sends, and what it makes of answers: laws seen from a server on this machine."""

import signal
import subprocess
import sys
import threading
from socket import create_server

import pycurl
import pytest

from app.store.backends.bulk.messages import Reply, Request, Silence
from app.store.backends.bulk.transport import Exchanges, Handles
from tests.app.store.loopback import LOST, Answer, Seen, answered, get, handles_for, loopback, put


def together(handles: Handles, *sent: Request) -> list[Reply | Silence]:
    """Send requests one after the other, so that their connections are used again."""
    exchanges = Exchanges[int](handles)
    came: list[Reply | Silence] = []
    for number, request in enumerate(sent):
        exchanges.start(request, number)
        while len(exchanges):
            exchanges.wait(0.05)
            came += [reply for _, reply in exchanges.finished()]
    exchanges.close()
    return came


@pytest.mark.parametrize("body", [b"content", b""], ids=["bytes", "no bytes"])
def test_an_upload_whose_answer_is_lost_is_not_sent_again(body: bytes) -> None:
    def answer(seen: Seen) -> Answer:
        return LOST if seen.target == "/lost" else answered()

    with loopback(answer) as served, handles_for(served.url) as handles:
        first, lost = together(
            handles, put(f"{served.url}/first", b"content"), put(f"{served.url}/lost", body)
        )

    assert isinstance(first, Reply)
    assert lost == Silence("the answer broke off")
    assert [seen.target for seen in served.seen] == ["/first", "/lost"]


def test_a_connection_is_used_again_for_uploads_and_downloads_in_turn() -> None:
    with loopback(lambda seen: answered(seen.body)) as served, handles_for(served.url) as handles:
        came = together(
            handles,
            put(served.url, b"one"),
            get(served.url),
            put(served.url, b"two"),
            get(served.url),
        )

    assert [reply.body for reply in came if isinstance(reply, Reply)] == [b"one", b"", b"two", b""]
    assert [(seen.method, seen.connection) for seen in served.seen] == [
        ("PUT", 1),
        ("GET", 1),
        ("PUT", 1),
        ("GET", 1),
    ]


def test_an_interim_answer_is_not_the_answer() -> None:
    interim = b"HTTP/1.1 100 Continue\r\nx-interim: yes\r\n\r\n"

    def answer(seen: Seen) -> Answer:
        return Answer(interim + answered(b"", "ETag: whole", status=201).sent)

    with loopback(answer) as served, handles_for(served.url) as handles:
        came = handles.send(put(served.url, b"content"))

    assert came == Reply(201, {"etag": "whole", "content-length": "0"}, b"")


def test_headers_are_read_however_they_are_written() -> None:
    lines = ("ETag:close", "X-Empty:", "X-Far:   away  ", "X-Colons: a: b")
    with (
        loopback(lambda seen: answered(b"", *lines)) as served,
        handles_for(served.url) as handles,
    ):
        came = handles.send(get(served.url))

    assert isinstance(came, Reply)
    assert came.headers == {
        "etag": "close",
        "x-empty": "",
        "x-far": "away",
        "x-colons": "a: b",
        "content-length": "0",
    }


def test_a_body_that_is_not_expected_is_given_up_with_its_size() -> None:
    asked: list[int] = []

    def refuse(size: int) -> bool:
        asked.append(size)
        return False

    with (
        loopback(lambda seen: answered(bytes(1_000_000))) as served,
        handles_for(served.url) as handles,
    ):
        refused = handles.send(get(served.url).expecting(refuse))
        taken = handles.send(get(served.url).expecting(lambda size: size == 1_000_000))

    assert isinstance(refused, Silence)
    assert refused.refused == 1_000_000
    assert not refused.unsent
    assert asked == [1_000_000]
    assert isinstance(taken, Reply)
    assert len(taken.body) == 1_000_000


def test_what_an_error_says_is_taken_whatever_is_expected() -> None:
    with (
        loopback(lambda seen: answered(b"why", status=503)) as served,
        handles_for(served.url) as handles,
    ):
        came = handles.send(get(served.url).expecting(lambda size: False))

    assert came == Reply(503, {"content-length": "3"}, b"why")


def test_a_refused_connection_has_surely_sent_nothing() -> None:
    with create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with handles_for(url) as handles:
        came = [handles.send(put(url, b"content")), *together(handles, put(url, b"content"))]

    assert came == [Silence("no connection", unsent=True)] * 2


def test_half_a_body_is_no_answer() -> None:
    with (
        loopback(lambda seen: Answer(answered(b"whole body").sent[:-4], closes=True)) as served,
        handles_for(served.url) as handles,
    ):
        came = handles.send(get(served.url))

    assert came == Silence("the answer broke off")


def test_half_a_head_is_no_answer_and_its_connection_is_not_used_again() -> None:
    def answer(seen: Seen) -> Answer:
        whole = answered()
        return Answer(whole.sent[:-2], closes=True) if seen.target == "/half" else whole

    with loopback(answer) as served, handles_for(served.url) as handles:
        paths = ("/first", "/half", "/next", "/last")
        came = together(handles, *[put(f"{served.url}{path}", b"content") for path in paths])

    assert [isinstance(reply, Reply) for reply in came] == [True, False, True, True]
    assert [seen.target for seen in served.seen] == list(paths)


def test_an_answer_that_does_not_come_may_have_had_its_effect_on_any_connection() -> None:
    ended = threading.Event()

    def answer(seen: Seen) -> Answer:
        if seen.target == "/stalled":
            ended.wait()
        return answered()

    with loopback(answer) as served, handles_for(served.url) as handles:
        impatient = handles.take()
        impatient.setopt(pycurl.TIMEOUT_MS, 200)
        handles.give_back(impatient)
        fresh, *_ = together(handles, put(f"{served.url}/stalled", b"content"))
        _, reused = together(
            handles,
            put(f"{served.url}/first", b"content"),
            put(f"{served.url}/stalled", b"content"),
        )
        ended.set()

    assert [fresh, reused] == [Silence("it took too long", unsent=False)] * 2
    assert [seen.connection for seen in served.seen][1:] == [2, 2]


def test_dots_in_a_path_stay() -> None:
    with loopback(lambda seen: answered()) as served, handles_for(served.url) as handles:
        handles.send(get(f"{served.url}/bucket/../a/./b/.."))

    assert served.seen[0].target == "/bucket/../a/./b/.."


def test_only_the_headers_given_are_sent_beside_those_that_http_needs() -> None:
    with loopback(lambda seen: answered()) as served, handles_for(served.url) as handles:
        handles.send(put(served.url, b"content", "x-own: yes"))
        handles.send(put(served.url, b"", "x-own: yes"))

    assert [set(seen.headers) for seen in served.seen] == [
        {"host", "user-agent", "accept", "x-own", "content-length"}
    ] * 2


WAITING = """
import sys
from app.store.backends.bulk.messages import Request
from app.store.backends.bulk.transport import Exchanges, Handles

handles = Handles(sys.argv[1], connect_seconds_max=10, read_seconds_max=600, ca_bundle=None)
exchanges = Exchanges(handles)
exchanges.start(Request(sys.argv[1], []), None)
try:
    while not exchanges.finished():
        exchanges.wait(600)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_who_waits_for_an_answer_is_interrupted_at_once() -> None:
    asked, ended = threading.Event(), threading.Event()

    def answer(seen: Seen) -> Answer:
        asked.set()
        ended.wait()
        return LOST

    with loopback(answer) as served:
        waiting = subprocess.Popen(
            [sys.executable, "-c", WAITING, served.url], stdout=subprocess.PIPE, text=True
        )
        assert asked.wait(60)
        waiting.send_signal(signal.SIGINT)
        said, _ = waiting.communicate(timeout=60)
        ended.set()

    assert said == "interrupted\n"
