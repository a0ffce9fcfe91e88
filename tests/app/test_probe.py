"""The probes: they pass where the agent can work, name what it cannot, and leave nothing."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.probe import agents_credentials, can_refuse, client_of, probes_outside, probes_within
from app.settings import Settings, Variables, parse_settings
from app.store.backends.memory import MemoryStore
from app.store.contract import ALWAYS, BlobInfo, Content, When
from app.store.errors import AccessDenied
from app.store.keys import PROBE_PREFIX, Key, parse_key
from app.terms.variables import IDENTITY_VARIABLE

NAMES = ["list", "write", "read", "condition", "replace", "delete"]


def settings(**variables: str) -> Settings:
    return parse_settings(Variables(variables, "a test"))


class Denying(MemoryStore):
    """A service that refuses some verbs to whoever asks."""

    def __init__(self, *verbs: str) -> None:
        super().__init__()
        self._verbs = verbs

    def _ask(self, verb: str) -> None:
        if verb in self._verbs:
            raise AccessDenied(f"{verb} is denied", key="")

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        self._ask("scan")
        return super().scan(prefix, after=after)

    def stat(self, key: Key) -> BlobInfo:
        self._ask("stat")
        return super().stat(key)

    def write(self, key: Key, content: Content, *, when: When = ALWAYS, **options: Any) -> BlobInfo:
        self._ask("write")
        return super().write(key, content, when=when, **options)

    def delete(self, key: Key, **options: Any) -> None:
        self._ask("delete")
        super().delete(key, **options)


class Unconditional(MemoryStore):
    """A service that heeds no condition."""

    def write(self, key: Key, content: Content, *, when: When = ALWAYS, **options: Any) -> BlobInfo:
        return super().write(key, content, **options)


class Later(MemoryStore):
    """A store whose blobs were all written two hours ago."""

    def scan(self, prefix: str = "", *, after: str | None = None) -> Iterator[BlobInfo]:
        for info in super().scan(prefix, after=after):
            yield replace(info, modified=datetime.now(UTC) - timedelta(hours=2))


def test_where_the_agent_can_work_each_probe_passes_and_nothing_is_left() -> None:
    store = MemoryStore()
    store.write(parse_key("a.md"), b"text")

    answers = list(probes_within(store))

    assert [(one.probe, one.outcome) for one in answers] == [(name, "passed") for name in NAMES]
    assert [info.key for info in store.scan()] == ["a.md"]


@pytest.mark.parametrize(
    ("verb", "failed"),
    [("scan", ["list"]), ("write", ["write"]), ("delete", ["delete"])],
)
def test_a_call_that_the_agent_is_refused_is_named(verb: str, failed: list[str]) -> None:
    answers = list(probes_within(Denying(verb)))

    assert [one.probe for one in answers if one.outcome == "failed"] == failed
    assert all("access_denied" in one.message for one in answers if one.outcome == "failed")


def test_what_could_not_be_tried_has_neither_passed_nor_failed() -> None:
    answers = {one.probe: one.outcome for one in probes_within(Denying("write"))}

    assert {name for name, outcome in answers.items() if outcome == "not run"} == set(NAMES[2:])


def test_a_service_that_heeds_no_condition_is_found_out() -> None:
    answers = list(probes_within(Unconditional()))

    assert [one.probe for one in answers if one.outcome == "failed"] == ["condition"]


def test_what_a_killed_probe_left_behind_is_deleted() -> None:
    store = Later()
    store.write(parse_key(f"{PROBE_PREFIX}left"), b"left")

    list(probes_within(store))

    assert list(store.scan()) == []


def test_outside_the_prefix_a_refusal_is_what_passes() -> None:
    answers = list(probes_outside(Denying("scan", "stat", "write")))

    assert {one.outcome for one in answers} == {"passed"}


def test_outside_the_prefix_whatever_is_let_through_fails_and_writes_nothing() -> None:
    store = MemoryStore()

    answers = list(probes_outside(store))

    assert {one.outcome for one in answers} == {"failed"}
    assert list(store.scan()) == []


@pytest.mark.parametrize(
    ("variables", "can"),
    [
        ({"STORAGE_TYPE": "s3", "AWS_BUCKET_NAME": "bucket", "KB_PREFIX": "kb/"}, True),
        ({"STORAGE_TYPE": "s3", "AWS_BUCKET_NAME": "bucket"}, False),
        (
            {
                "STORAGE_TYPE": "s3",
                "AWS_BUCKET_NAME": "bucket",
                "KB_PREFIX": "kb/",
                "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
            },
            False,
        ),
        (
            {
                "STORAGE_TYPE": "azure",
                "KB_PREFIX": "kb/",
                "AZURE_STORAGE_ACCOUNT_URL": "https://kb.blob.core.windows.net",
            },
            True,
        ),
        (
            {
                "STORAGE_TYPE": "azure",
                "KB_PREFIX": "kb/",
                "AZURE_STORAGE_CONNECTION_STRING": "AccountName=kb",
            },
            False,
        ),
        ({"STORAGE_TYPE": "filesystem", "KB_PREFIX": "kb/"}, False),
    ],
)
def test_refusals_are_asked_of_services_that_tell_identities_apart(
    variables: dict[str, str], can: bool
) -> None:
    assert can_refuse(settings(**variables)) is can


@pytest.mark.emulator
def test_a_role_is_taken_on_where_the_agent_has_no_key(
    moto_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "deployer")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    role = "arn:aws:iam::123456789012:role/kb-dev-agent"

    found = agents_credentials(
        settings(STORAGE_TYPE="s3", AWS_BUCKET_NAME="bucket"), {IDENTITY_VARIABLE: role}
    )

    assert found.aws_session_token
    assert found.aws_access_key_id not in (None, "deployer")


def token(claims: dict[str, str]) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"header.{payload}.signature"


@pytest.mark.parametrize(
    ("given", "client"),
    [
        (token({"appid": "me"}), "me"),
        (token({"azp": "me"}), "me"),
        (token({}), None),
        ("no token", None),
        ("a.b.c", None),
    ],
)
def test_a_token_says_whose_it_is(given: str, client: str | None) -> None:
    assert client_of(given) == client
