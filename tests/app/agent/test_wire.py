"""What goes over the wire, and what happens when the wire breaks."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from anthropic import Anthropic

from app.agent.agent import KnowledgeBaseAgent
from app.agent.answer import TextArrived, TextDropped, ToolStarted
from app.agent.ledger import Ledger
from app.agent.loop import Conversation, Limits
from app.agent.model import ModelError
from app.agent.toolbox import Toolbox
from app.store.backends.memory import MemoryStore
from tests.app.agent.conftest import store_of

KEY = "sk-ant-test-7c1f"
USAGE = {"input_tokens": 5, "output_tokens": 3}


def event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def start() -> bytes:
    message: dict[str, Any] = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": USAGE,
    }  # fmt: skip
    return event("message_start", message=message)


def text(words: str) -> bytes:
    return (
        event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        + event("content_block_delta", index=0, delta={"type": "text_delta", "text": words})
        + event("content_block_stop", index=0)
    )


def tool(name: str, arguments: str) -> bytes:
    block = {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}
    delta = {"type": "input_json_delta", "partial_json": arguments}
    return (
        event("content_block_start", index=0, content_block=block)
        + event("content_block_delta", index=0, delta=delta)
        + event("content_block_stop", index=0)
    )


def stop(reason: str, **delta: Any) -> bytes:
    fields = {"stop_reason": reason, "stop_sequence": None, **delta}
    return event("message_delta", delta=fields, usage=USAGE) + event("message_stop")


def whole(words: str, reason: str = "end_turn") -> bytes:
    return start() + text(words) + stop(reason)


def cut(beginning: bytes) -> Iterator[bytes]:
    yield beginning
    raise httpx2.ReadError("connection reset")


Reply = Callable[[], httpx2.Response]


def stream(content: bytes | Iterator[bytes]) -> httpx2.Response:
    return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=content)


class Service:
    """The API, played: answers in order and keeps what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self.replies.pop(0)()

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]


def client_of(service: Service, *, retries: int = 0) -> Anthropic:
    return Anthropic(
        api_key=KEY,
        max_retries=retries,
        http_client=httpx2.Client(transport=httpx2.MockTransport(service)),
    )


def conversation_of(
    service: Service, store: MemoryStore | None = None, *, retries: int = 0, **limits: int
) -> Conversation:
    ledger = Ledger()
    return Conversation(
        client_of(service, retries=retries),
        model="claude-sonnet-5-5",
        toolbox=Toolbox(store or store_of({}), ledger),
        ledger=ledger,
        limits=Limits(**limits),
        sleep=lambda _: None,
    )


def test_a_stream_that_is_cut_is_asked_for_again_from_the_transcript() -> None:
    service = Service(
        lambda: stream(cut(start() + text("The ans"))), lambda: stream(whole("The answer."))
    )

    events = list(conversation_of(service).stream("Why?"))

    assert events[:3] == [
        TextArrived("The ans"),
        TextDropped("the connection was cut"),
        TextArrived("The answer."),
    ]
    assert service.bodies[0]["messages"] == service.bodies[1]["messages"]


def test_a_stream_that_ends_early_without_an_error_is_no_answer() -> None:
    service = Service(lambda: stream(start() + text("Half")), lambda: stream(whole("Whole.")))

    assert conversation_of(service).ask("Why?").text == "Whole."


def test_an_overload_told_within_the_stream_is_asked_for_again() -> None:
    error = event("error", error={"type": "overloaded_error", "message": "Overloaded"})
    service = Service(lambda: stream(start() + error), lambda: stream(whole("Whole.")))

    assert conversation_of(service).ask("Why?").text == "Whole."


def test_a_cut_tool_call_is_not_run() -> None:
    store = store_of({})
    half = event(
        "content_block_start",
        index=0,
        content_block={"type": "tool_use", "id": "t", "name": "write_file", "input": {}},
    )
    service = Service(lambda: stream(cut(start() + half)), lambda: stream(whole("Nothing done.")))

    answer = conversation_of(service, store).ask("Write")

    assert answer.tool_calls == ()
    assert list(store.scan()) == []


def test_cuts_are_bounded_and_end_in_a_sentence() -> None:
    service = Service(*[lambda: stream(cut(start()))] * 3)

    with pytest.raises(ModelError, match="did not arrive"):
        conversation_of(service, resumes_max=2).ask("Why?")

    assert len(service.requests) == 3


def test_a_question_without_an_answer_is_taken_back() -> None:
    service = Service(lambda: httpx2.Response(401), lambda: stream(whole("Yes.")))
    conversation = conversation_of(service)

    with pytest.raises(ModelError):
        conversation.ask("First?")
    conversation.ask("Second?")

    assert service.bodies[1]["messages"] == [{"role": "user", "content": "Second?"}]


def test_an_overloaded_service_is_asked_again_by_the_sdk() -> None:
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
    service = Service(
        lambda: httpx2.Response(529, json=overloaded, headers={"retry-after-ms": "1"}),
        lambda: stream(whole("Yes.")),
    )

    assert conversation_of(service, retries=1).ask("Why?").text == "Yes."


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "refused the request"), (401, "API key"), (403, "may not use"), (404, "knows no model"),
        (413, "too large"), (429, "rate"), (500, "overloaded or down"), (529, "overloaded or down"),
    ],
)  # fmt: skip
def test_each_refusal_of_the_service_is_one_sentence_without_the_key(
    status: int, words: str
) -> None:
    error = {"type": "error", "error": {"type": "some_error", "message": "no"}}
    service = Service(lambda: httpx2.Response(status, json=error))

    with pytest.raises(ModelError, match=words) as raised:
        conversation_of(service).ask("Why?")

    assert KEY not in str(raised.value)


def test_a_service_that_cannot_be_reached_is_one_sentence() -> None:
    def unreachable() -> httpx2.Response:
        raise httpx2.ConnectError("no route")

    with pytest.raises(ModelError, match="cannot be reached"):
        conversation_of(Service(unreachable)).ask("Why?")


def test_a_refusal_says_the_models_reason() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "That is harmful."}
    service = Service(lambda: stream(start() + stop("refusal", stop_details=details)))

    answer = conversation_of(service).ask("Why?")

    assert answer.stop == "refused"
    assert "That is harmful." in answer.note


def test_a_paused_turn_is_continued() -> None:
    service = Service(
        lambda: stream(whole("First half, ", "pause_turn")), lambda: stream(whole("second half."))
    )

    answer = conversation_of(service).ask("Why?")

    assert answer.text == "First half, second half."
    assert service.bodies[1]["messages"][-1]["role"] == "assistant"


@pytest.mark.parametrize(
    ("reason", "stopped"),
    [("model_context_window_exceeded", "cut"), ("stop_sequence", "answered"), ("tired", "unknown")],
)
def test_each_other_stop_reason_ends_the_question(reason: str, stopped: str) -> None:
    service = Service(lambda: stream(whole("So far.", reason)))

    assert conversation_of(service).ask("Why?").stop == stopped


def test_a_tool_call_cut_by_the_token_limit_is_neither_run_nor_left_unanswered() -> None:
    service = Service(
        lambda: stream(start() + tool("write_file", '{"file_path": "a.md"') + stop("max_tokens")),
        lambda: stream(whole("Yes.")),
    )
    store = store_of({})
    conversation = conversation_of(service, store)

    conversation.ask("Write")
    conversation.ask("Again")

    assert list(store.scan()) == []
    assert "tool_use" not in json.dumps(service.bodies[1])


def test_in_the_last_turn_the_model_must_answer_without_tools() -> None:
    service = Service(
        lambda: stream(start() + tool("list_files", "{}") + stop("tool_use")),
        lambda: stream(whole("So far.")),
    )

    answer = conversation_of(service, turns_max=2).ask("Why?")

    assert [body["tool_choice"]["type"] for body in service.bodies] == ["auto", "none"]
    assert (answer.stop, answer.text) == ("answered", "So far.")


def test_a_listener_that_leaves_while_tools_run_leaves_no_call_unanswered() -> None:
    service = Service(
        lambda: stream(start() + tool("list_files", "{}") + stop("tool_use")),
        lambda: stream(whole("Yes.")),
    )
    conversation = conversation_of(service)

    events = conversation.stream("First?")
    assert any(isinstance(each, ToolStarted) for each in events)
    events.close()  # type: ignore[attr-defined] # a generator, promised as an iterator only
    conversation.ask("Second?")

    roles = [message["role"] for message in service.bodies[1]["messages"]]
    assert roles == ["user", "assistant", "user", "user"]
    assert service.bodies[1]["messages"][2]["content"][0]["is_error"] is True


def test_the_key_goes_into_its_header_and_nowhere_else() -> None:
    service = Service(
        lambda: stream(start() + tool("list_files", "{}") + stop("tool_use")),
        lambda: stream(whole("Yes.")),
    )

    conversation_of(service).ask("Why?")

    assert all(KEY in str(request.headers.raw) for request in service.requests)
    assert not [request for request in service.requests if KEY.encode() in request.content]


def test_a_reading_agent_is_offered_no_tool_that_writes() -> None:
    service = Service(lambda: stream(whole("Yes.")))
    agent = KnowledgeBaseAgent.over(store_of({}), client=client_of(service), writes=False)

    agent.ask("Why?")

    offered = {each["name"] for each in service.bodies[0]["tools"]}
    assert offered == {"read_file", "list_files", "search_files"}
