"""Two sets of properties: what differs is found, what only looks different is not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.drift.compare import SECRET, Difference, differences

SECRET_MARK = "4dabf18193072939515e22adb298388d"

LEAVES = st.none() | st.booleans() | st.integers(0, 400) | st.text(max_size=6)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)
PROPERTIES = st.dictionaries(st.sampled_from(["rules", "tags", "status"]), VALUES, max_size=3)


def policy(*statements: dict[str, Any], indent: int | None = None) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"policy": json.dumps(document, indent=indent)}


READ = {"Sid": "Documents", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"]}


@given(PROPERTIES)
def test_nothing_differs_from_itself(properties: dict[str, Any]) -> None:
    assert differences(properties, properties) == ()


@given(PROPERTIES, PROPERTIES)
def test_what_is_missing_one_way_is_extra_the_other_way(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    there, back = differences(one, other), differences(other, one)

    opposite = {"removed": "extra", "extra": "removed", "changed": "changed"}
    assert sorted((d.path, d.kind) for d in there) == sorted(
        (d.path, opposite[d.kind]) for d in back
    )


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ({"rules": [{"id": "a"}, {"id": "b"}]}, {"rules": [{"id": "b"}, {"id": "a"}]}),
        ({"prefixes": ["a", "b"]}, {"prefixes": ["b", "a"]}),
        ({"tags": {}}, {}),
        ({"description": ""}, {"description": None}),
        ({"days": 30}, {"days": 30.0}),
        ({"days": 30}, {"days": "30"}),
        ({"enabled": True}, {"enabled": "true"}),
        (policy(READ), policy(READ, indent=2)),
        (policy({**READ, "Action": "s3:GetObject"}), policy({**READ, "Action": ["s3:GetObject"]})),
        (policy(READ), {"policy": json.dumps({"Version": "2012-10-17", "Statement": READ})}),
        (policy(READ), policy({**READ, "Action": ["s3:PutObject", "s3:GetObject"]})),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
def test_another_order_or_spelling_is_no_difference(
    declared: dict[str, Any], found: dict[str, Any]
) -> None:
    assert differences(declared, found) == ()


@pytest.mark.parametrize(
    ("declared", "found", "expected"),
    [
        ({"status": "Enabled"}, {"status": "Suspended"}, ("status", "changed")),
        ({"block": False}, {}, ("block", "removed")),
        ({}, {"rule": {"defaultAction": "Deny"}}, ("rule", "extra")),
        (
            {"rules": [{"id": "a"}, {"id": "b", "days": 1}]},
            {"rules": [{"id": "b", "days": 2}, {"id": "a"}]},
            ("rules[b].days", "changed"),
        ),
        ({"rules": [{"id": "a"}]}, {"rules": [{"id": "a"}, {"id": "c"}]}, ("rules[c]", "extra")),
        ({"rules": [{"id": "a"}, {"id": "c"}]}, {"rules": [{"id": "a"}]}, ("rules[c]", "removed")),
        ({"rules": [{"x": 1}]}, {"rules": [{"x": 1}, {"x": 2}]}, ("rules[1]", "extra")),
        ({"rules": [{"x": 1}, {"x": 2}]}, {"rules": [{"x": 2}]}, ("rules[0]", "removed")),
        (
            policy(READ),
            policy({**READ, "Action": ["s3:*", *READ["Action"]]}),
            ("policy.Statement[Documents].Action", "extra"),
        ),
        (policy(READ), {"policy": "not a document"}, ("policy", "changed")),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_difference_is_said_with_its_path_and_what_became_of_it(
    declared: dict[str, Any], found: dict[str, Any], expected: tuple[str, str]
) -> None:
    (difference,) = differences(declared, found)

    assert (difference.path, difference.kind) == expected


def test_a_secret_is_never_among_the_values() -> None:
    secret = {SECRET_MARK: "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"hunter2"'}

    found = differences({"secret": "plain"}, {"secret": secret})

    assert found == (Difference("secret", "changed", "plain", SECRET),)
