"""Each identity may do exactly what its programs do: every recorded call, and no other."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.access.evaluate import Call
from tests.infra.access.policies import AGENT, EVERYBODY, GRANTS, MIGRATOR, UNDOER, Who
from tests.infra.access.recording import (
    BUCKET,
    CLOUDS,
    FOLDER,
    WORK,
    Cloud,
    record,
    recorded,
    written,
)
from tests.infra.access.refused import REFUSED


def _calls(cloud: str, who: Who) -> list[Call]:
    return [call for part in who.recorded for call in recorded(cloud)[part]]


EACH = [pytest.param(cloud, who, id=f"{cloud}, {who}") for cloud in GRANTS for who in EVERYBODY]
GRANTED = [
    pytest.param(cloud, who, action, id=f"{cloud}, {who}, {action.rpartition('blobs/')[2]}")
    for cloud, grant in GRANTS.items()
    for who in EVERYBODY
    for action in grant.actions(who)
]
FORBIDDEN = [
    pytest.param(cloud, who, call, id=f"{cloud}, {who}, {name}")
    for cloud, rows in REFUSED.items()
    for name, call in rows.items()
    for who in EVERYBODY
]


@pytest.mark.parametrize(("cloud", "who"), EACH)
def test_every_recorded_call_is_allowed(cloud: str, who: Who) -> None:
    judge = GRANTS[cloud].judge(who, None)

    assert [call for call in _calls(cloud, who) if not judge(call)] == []


@pytest.mark.parametrize(("cloud", "who", "action"), GRANTED)
def test_without_any_one_action_a_recorded_call_is_refused(
    cloud: str, who: Who, action: str
) -> None:
    judge = GRANTS[cloud].judge(who, action)

    assert {call.action for call in _calls(cloud, who) if not judge(call)} == {action}


@pytest.mark.parametrize(("cloud", "who"), EACH)
def test_no_action_is_granted_that_nobody_uses(cloud: str, who: Who) -> None:
    granted = GRANTS[cloud].actions(who)

    assert sorted(granted) == sorted({call.action for call in _calls(cloud, who)})


@pytest.mark.parametrize(("cloud", "who", "call"), FORBIDDEN)
def test_what_nobody_may_do_is_refused(cloud: str, who: Who, call: Call) -> None:
    assert not GRANTS[cloud].judge(who, None)(call)


@pytest.mark.parametrize("elsewhere", ["other/", "kb2/", "", "KB/", "x/kb/"])
@pytest.mark.parametrize(("cloud", "who"), EACH)
def test_a_recorded_call_is_refused_below_any_other_prefix(
    cloud: str, who: Who, elsewhere: str
) -> None:
    judge = GRANTS[cloud].judge(who, None)
    moved = [_moved(call, elsewhere) for call in _calls(cloud, who) if not _of_the_key(call)]

    assert [call for call in moved if judge(call)] == []


@pytest.mark.parametrize(("cloud", "who"), EACH)
def test_a_recorded_call_is_refused_in_any_other_bucket(cloud: str, who: Who) -> None:
    judge = GRANTS[cloud].judge(who, None)
    moved = [
        replace(call, resource=call.resource.replace(BUCKET, f"{BUCKET}-2"))
        for call in _calls(cloud, who)
        if not _of_the_key(call)
    ]

    assert [call for call in moved if judge(call)] == []


@pytest.mark.parametrize(
    "name", ["read outside", "write outside", "list everything", "list a neighbour"]
)
@pytest.mark.parametrize(("cloud", "who"), EACH)
def test_only_the_limit_to_the_prefix_keeps_the_rest_of_the_bucket_out(
    cloud: str, who: Who, name: str
) -> None:
    assert GRANTS[cloud].unbound(who)(REFUSED[cloud][name])


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_a_rollback_is_refused_while_the_migration_is_only_open(cloud: str) -> None:
    judge = GRANTS[cloud].judge(MIGRATOR, None)
    refused = {call.action for call in _calls(cloud, UNDOER) if not judge(call)}

    assert refused == set(GRANTS[cloud].actions(AGENT)) - set(GRANTS[cloud].actions(MIGRATOR))
    assert len(refused) == 1


def test_google_cannot_tell_replacing_from_deleting() -> None:
    judge = GRANTS["gcp"].judge(MIGRATOR, None)

    assert GRANTS["gcp"].actions(MIGRATOR) == GRANTS["gcp"].actions(UNDOER)
    assert all(judge(call) for call in _calls("gcp", UNDOER))


@pytest.mark.emulator
@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.name)
@pytest.mark.parametrize(
    "who",
    [
        pytest.param(("agent", "migrator", "rollback"), id="agent and migration"),
        pytest.param(tuple(WORK), id="with the checklist", marks=pytest.mark.proof),
    ],
)
def test_what_is_recorded_is_what_the_programs_ask_for(
    cloud: Cloud, who: tuple[str, ...], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """If this fails, look at what is new, and then: python -m tests.infra.access"""
    found = record(cloud, request.getfixturevalue(cloud.fixture), tmp_path, who=who)

    assert found == {name: _read(cloud)[name] for name in who}


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.name)
def test_a_recording_is_written_as_it_is_committed(cloud: Cloud) -> None:
    assert written(_read(cloud)) == (FOLDER / f"{cloud.name}.json").read_text()


def _read(cloud: Cloud) -> dict[str, list[dict[str, Any]]]:
    return {
        who: [
            {"action": it.action, "context": dict(it.context), "resource": it.resource}
            for it in calls
        ]
        for who, calls in recorded(cloud.name).items()
    }


def _of_the_key(call: Call) -> bool:
    return call.action.startswith("kms:")


def _moved(call: Call, prefix: str) -> Call:
    """Return the call about a document, or a listing, below another prefix."""
    context = {
        name: text.replace("kb/", prefix, 1) if text.startswith("kb/") else text
        for name, text in call.context.items()
    }
    return replace(call, resource=call.resource.replace("/kb/", f"/{prefix}", 1), context=context)
