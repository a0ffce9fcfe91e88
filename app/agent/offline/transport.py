"""The Messages API as a transport: requests in, JSON or server-sent events out, all in this process."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from app.agent.offline.rules import next_reply
from app.agent.offline.transcript import Reply, Text, ToolUse, Transcript

_CHARACTERS_PER_TOKEN: Final = 4
"""A rough count, so that usage is never zero; the real API counts with its own tokenizer."""

_PIECE_CHARACTERS: Final = 24


class _Request(BaseModel):
    """What is read of a request; the rest of what the API takes is accepted and has no effect."""

    model_config = ConfigDict(extra="allow", frozen=True)

    model: str
    max_tokens: int
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] = []
    tool_choice: dict[str, Any] = {}
    stream: bool = False


class OfflineTransport(httpx2.BaseTransport):
    """Answers POST /v1/messages by fixed rules; the same request gives the same answer, byte for byte."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        if (request.method, request.url.path) != ("POST", "/v1/messages"):
            return _error(404, "not_found_error", "the offline model has only POST /v1/messages")
        body = request.read()
        try:
            asked = _Request.model_validate_json(body)
            transcript = Transcript.parse(asked.messages)
        except (ValidationError, ValueError) as error:
            return _error(400, "invalid_request_error", str(error))
        tools = frozenset() if asked.tool_choice.get("type") == "none" else _names(asked.tools)
        reply = next_reply(transcript, tools=tools)
        message = _message(reply, asked.model, body)
        if not asked.stream:
            return httpx2.Response(200, json=message)
        return httpx2.Response(
            200, headers={"content-type": "text/event-stream"}, content=_events(message)
        )


def _names(tools: list[dict[str, Any]]) -> frozenset[str]:
    return frozenset(str(tool.get("name")) for tool in tools)


def _message(reply: Reply, model: str, body: bytes) -> dict[str, Any]:
    name = sha256(body).hexdigest()[:20]
    content = [_block(block, f"{name}{number}") for number, block in enumerate(reply.blocks)]
    return {
        "id": f"msg_{name}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": reply.stop_reason,
        "stop_sequence": None,
        "usage": {
            "input_tokens": _tokens(len(body)),
            "output_tokens": _tokens(len(json.dumps(content, ensure_ascii=False))),
        },
    }


def _block(block: Text | ToolUse, name: str) -> dict[str, Any]:
    match block:
        case Text(text):
            return {"type": "text", "text": text}
        case ToolUse(tool, arguments):
            return {
                "type": "tool_use",
                "id": f"toolu_{name}",
                "name": tool,
                "input": dict(arguments),
            }


def _tokens(characters: int) -> int:
    return characters // _CHARACTERS_PER_TOKEN + 1


def _events(message: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield a message as the API streams it: start, each block by deltas, the stop reason, stop."""
    usage = message["usage"]
    start = {
        **message,
        "content": [],
        "stop_reason": None,
        "usage": {**usage, "output_tokens": 1},
    }
    yield _event("message_start", message=start)
    for index, block in enumerate(message["content"]):
        empty = {**block, **({"text": ""} if block["type"] == "text" else {"input": {}})}
        yield _event("content_block_start", index=index, content_block=empty)
        for delta in _deltas(block):
            yield _event("content_block_delta", index=index, delta=delta)
        yield _event("content_block_stop", index=index)
    yield _event(
        "message_delta",
        delta={"stop_reason": message["stop_reason"], "stop_sequence": None},
        usage={"output_tokens": usage["output_tokens"]},
    )
    yield _event("message_stop")


def _deltas(block: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    if block["type"] == "tool_use":
        whole = json.dumps(block["input"], ensure_ascii=False)
        yield {"type": "input_json_delta", "partial_json": whole}
        return
    text = block["text"]
    for start in range(0, len(text), _PIECE_CHARACTERS):
        yield {"type": "text_delta", "text": text[start : start + _PIECE_CHARACTERS]}


def _event(kind: str, **fields: Any) -> bytes:
    data = json.dumps({"type": kind, **fields}, ensure_ascii=False)
    return f"event: {kind}\ndata: {data}\n\n".encode()


def _error(status: int, kind: str, message: str) -> httpx2.Response:
    error = {"type": "error", "error": {"type": kind, "message": message}}
    return httpx2.Response(status, json=error)
