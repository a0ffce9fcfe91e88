"""Whole conversations with a mock Messages API server."""

import threading

from app.agent.loop import Limits
from app.store.backends.memory import MemoryStore
from app.store.contract import Blob, Span, Version
from app.store.keys import Key, parse_key
from tests.app.agent.conftest import Connect, store_of

LEASES = {"reference/leases.md": "# Leases\n\nA lease lasts 60 seconds.\n"}


def test_an_answer_cites_what_was_read_and_flags_what_was_not(connect: Connect) -> None:
    answer = connect(store_of(LEASES)).ask("How long does a lease last?")

    assert answer.found
    assert [(each.path, each.line, each.verified) for each in answer.citations] == [
        ("reference/leases.md", 3, True),
        ("reference/weekend.md", 9, False),
    ]
    assert answer.citations[0].text == "A lease lasts 60 seconds."


def test_an_answer_tells_the_tools_used_and_the_tokens_of_all_turns(connect: Connect) -> None:
    answer = connect(store_of(LEASES)).ask("How long does a lease last?")

    assert [call.name for call in answer.tool_calls] == [
        "search_files",
        "search_files",
        "read_file",
    ]
    assert answer.usage.output_tokens >= 22
    assert answer.usage.input_tokens >= 111


class MeetingStore(MemoryStore):
    """Its reads wait for each other: they end only if all four are under way at once."""

    def __init__(self) -> None:
        super().__init__()
        self.meeting = threading.Barrier(4, timeout=30)

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        self.meeting.wait()
        return super().read(key, span=span, unless=unless)


def test_reads_of_one_turn_run_at_once(connect: Connect) -> None:
    store = MeetingStore()
    for name in "abcd":
        store.write(parse_key(f"{name}.md"), b"text\n")

    answer = connect(store).ask("Read four documents at once")

    assert [call.succeeded for call in answer.tool_calls] == [True] * 4


def test_writes_of_one_turn_happen_in_order_and_before_the_read_behind_them(
    connect: Connect,
) -> None:
    store = store_of({})

    answer = connect(store).ask("Write two lines in order")

    assert store.read(parse_key("log.md")).data == b"one\ntwo\n"
    assert answer.text == "Both are there [log.md:2]."


def test_a_document_read_and_replaced_in_the_same_turn_is_not_replaced(connect: Connect) -> None:
    store = store_of({"plan.md": "theirs\n"})

    answer = connect(store).ask("Replace the plan unseen")

    assert store.read(parse_key("plan.md")).data == b"theirs\n"
    assert answer.text == "It was refused."


def test_a_document_that_was_read_whole_is_replaced(connect: Connect) -> None:
    store = store_of({"plan.md": "old\n"})

    answer = connect(store).ask("Replace the plan")

    assert store.read(parse_key("plan.md")).data == b"new\n"
    assert answer.text == "Replaced."


class ContestedStore(MemoryStore):
    """Another agent changes a document right after it was read."""

    def read(self, key: Key, *, span: Span | None = None, unless: Version | None = None) -> Blob:
        blob = super().read(key, span=span, unless=unless)
        if blob.data == b"old\n":
            self.write(key, b"theirs\n")
        return blob


def test_a_change_of_another_agent_is_not_overwritten(connect: Connect) -> None:
    store = ContestedStore()
    store.write(parse_key("plan.md"), b"old\n")

    answer = connect(store).ask("Replace the plan")

    assert store.read(parse_key("plan.md")).data == b"theirs\n"
    assert answer.text == "Somebody was faster."


def test_a_model_that_never_ends_is_stopped_after_the_turns_allowed(connect: Connect) -> None:
    answer = connect(store_of({}), Limits(turns_max=3)).ask("Go on without end")

    assert answer.stop == "turns"
    assert len(answer.tool_calls) == 2
    assert "3 turns" in answer.note


def test_a_text_cut_at_its_limit_is_told_as_cut(connect: Connect) -> None:
    answer = connect(store_of({})).ask("Talk until you are cut")

    assert (answer.stop, answer.text) == ("cut", "Once upon a time")
    assert "cut" in answer.note


def test_a_refusal_is_no_answer(connect: Connect) -> None:
    answer = connect(store_of({})).ask("Something improper")

    assert answer.stop == "refused"
    assert not answer.found


def test_wrong_calls_are_answered_and_do_not_end_the_conversation(connect: Connect) -> None:
    answer = connect(store_of({})).ask("Use tools wrongly")

    assert [call.succeeded for call in answer.tool_calls] == [False] * 3
    assert answer.text == "I see."


def test_a_refused_question_does_not_stay_in_the_conversation(connect: Connect) -> None:
    conversation = connect(store_of({})).conversation()

    conversation.ask("Talk until you are cut")
    conversation.ask("Something improper")

    assert [message["role"] for message in conversation.messages] == ["user", "assistant"]
