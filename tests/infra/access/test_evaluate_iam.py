"""The evaluator of IAM policies, against what AWS's own documentation says of its examples."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.iam.access_control import IAMPolicy, PermissionResult

from infra.access.evaluate import Call, Caller, Decision, NotEvaluated, judge_iam

ACCOUNT = "111122223333"
USER = Caller(arn=f"arn:aws:iam::{ACCOUNT}:user/alice", account=ACCOUNT)
ROLE = Caller(arn=f"arn:aws:iam::{ACCOUNT}:role/app", account=ACCOUNT)
BUCKET = "arn:aws:s3:::example"


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def _deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def _may(policy: dict[str, Any], action: str, resource: str = "*", **context: str) -> bool:
    named = {name.replace("_", ":", 1): text for name, text in context.items()}
    call = Call(action=action, resource=resource, context=named)
    return bool(judge_iam(call, caller=USER, identity=[policy]))


def test_nothing_is_allowed_that_no_statement_allows() -> None:
    assert not _may(_policy(_allow("s3:GetObject")), "s3:PutObject")


def test_a_denial_beats_every_permission() -> None:
    policy = _policy(_allow("s3:*"), _deny("s3:*", [f"{BUCKET}-secret", f"{BUCKET}-secret/*"]))

    assert _may(policy, "s3:GetObject", f"{BUCKET}/a")
    assert not _may(policy, "s3:GetObject", f"{BUCKET}-secret/a")


def test_actions_are_matched_in_any_case_and_resources_are_not() -> None:
    policy = _policy(_allow("IAM:listaccesskeys"), _allow("s3:GetObject", f"{BUCKET}/Docs/*"))

    assert _may(policy, "iam:ListAccessKeys")
    assert not _may(policy, "s3:GetObject", f"{BUCKET}/docs/a")


@pytest.mark.parametrize(
    ("pattern", "resource", "fits"),
    [
        (f"{BUCKET}/*/test/*", f"{BUCKET}/3/test/object.jpg", True),
        (f"{BUCKET}/*/test/*", f"{BUCKET}/1/2/test/3/object.jpg", True),
        (f"{BUCKET}/*/test/*", f"{BUCKET}/1/test", False),
        ("arn:aws:iam::111122223333:user/ac?me", "arn:aws:iam::111122223333:user/acme", False),
        ("arn:aws:iam::111122223333:user/acm?", "arn:aws:iam::111122223333:user/acme", True),
        (f"{BUCKET}/a.md", f"{BUCKET}/aXmd", False),
    ],
)
def test_wildcards_reach_over_slashes(pattern: str, resource: str, *, fits: bool) -> None:
    assert _may(_policy(_allow("s3:GetObject", pattern)), "s3:GetObject", resource) is fits


def test_all_but_some_actions_may_be_denied() -> None:
    policy = _policy(
        _allow("*"), {"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}
    )

    assert _may(policy, "iam:CreateUser")
    assert not _may(policy, "s3:GetObject")


def test_all_but_some_resources_may_be_denied() -> None:
    hr = ["arn:aws:s3:::hr", "arn:aws:s3:::hr/*"]
    policy = _policy(_allow("s3:*"), {"Effect": "Deny", "Action": "s3:*", "NotResource": hr})

    assert _may(policy, "s3:GetObject", "arn:aws:s3:::hr/a")
    assert not _may(policy, "s3:GetObject", f"{BUCKET}/a")


def test_a_listing_is_limited_by_the_prefix_that_it_asks_for() -> None:
    policy = _policy(
        _allow("s3:ListBucket", BUCKET, Condition={"StringLike": {"s3:prefix": "David/*"}})
    )

    assert _may(policy, "s3:ListBucket", BUCKET, s3_prefix="David/2026/")
    assert not _may(policy, "s3:ListBucket", BUCKET, s3_prefix="Dave/")
    assert not _may(policy, "s3:ListBucket", BUCKET)


CONDITIONS: list[tuple[dict[str, Any], dict[str, str], bool]] = [
    ({"StringEquals": {"k": ["a", "b"]}}, {"k": "b"}, True),
    ({"StringEquals": {"k": "a"}}, {"k": "A"}, False),
    ({"StringEqualsIgnoreCase": {"k": "a"}}, {"k": "A"}, True),
    ({"StringEquals": {"K": "a"}}, {"k": "a"}, True),
    ({"StringEquals": {"k": "a"}}, {}, False),
    ({"StringNotEquals": {"k": ["a", "b"]}}, {"k": "b"}, False),
    ({"StringNotEquals": {"k": "a"}}, {}, True),
    ({"StringNotLike": {"k": "a*"}}, {"k": "abc"}, False),
    ({"StringLikeIfExists": {"k": "a*"}}, {}, True),
    ({"StringLikeIfExists": {"k": "a*"}}, {"k": "b"}, False),
    ({"StringEquals": {"k": "a"}, "Bool": {"t": "true"}}, {"k": "a"}, False),
    ({"StringEquals": {"k": "a", "l": "b"}}, {"k": "a", "l": "c"}, False),
    ({"Bool": {"aws:SecureTransport": "false"}}, {"aws:SecureTransport": "false"}, True),
    ({"Bool": {"aws:SecureTransport": False}}, {"aws:SecureTransport": "false"}, True),
    ({"Null": {"aws:TokenIssueTime": "true"}}, {}, True),
    ({"Null": {"aws:TokenIssueTime": "true"}}, {"aws:TokenIssueTime": "x"}, False),
    ({"Null": {"s3:if-match": "false"}}, {"s3:if-match": "etag"}, True),
    ({"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "9"}, True),
    ({"NumericLessThanEquals": {"s3:max-keys": "10"}}, {"s3:max-keys": "11"}, False),
    ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, {"s3:TlsVersion": "1.2"}, False),
    ({"NumericLessThan": {"s3:TlsVersion": "1.2"}}, {"s3:TlsVersion": "1.1"}, True),
    ({"NumericLessThan": {"k": "3"}}, {"k": "no number"}, False),
    ({"ArnLike": {"k": "arn:aws:sns:*:*:topic"}}, {"k": "arn:aws:sns:us:1:topic"}, True),
    ({"ArnLike": {"k": "arn:aws:s3:*:topic"}}, {"k": "arn:aws:s3:::1:topic"}, False),
    ({"ArnNotEquals": {"k": "arn:aws:iam::1:policy/b"}}, {"k": "arn:aws:iam::1:policy/b"}, False),
]


@pytest.mark.parametrize(("condition", "context", "holds"), CONDITIONS)
def test_condition_operators_decide_as_documented(
    condition: dict[str, Any], context: dict[str, str], *, holds: bool
) -> None:
    call = Call(action="s3:GetObject", resource="*", context=context)
    policy = _policy(_allow("s3:GetObject", Condition=condition))

    assert bool(judge_iam(call, caller=USER, identity=[policy])) is holds


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"s3:prefix": "home/${aws:username}/*"}},
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}},
    ],
)
def test_what_is_not_known_is_not_judged(condition: dict[str, Any]) -> None:
    with pytest.raises(NotEvaluated):
        _may(_policy(_allow("s3:ListBucket", Condition=condition)), "s3:ListBucket")


def _judge(action: str, **policies: Any) -> Decision:
    caller = policies.pop("caller", USER)
    return judge_iam(Call(action=action, resource=f"{BUCKET}/a"), caller=caller, **policies)


def test_a_boundary_allows_nothing_and_limits_what_is_allowed() -> None:
    boundary = _policy(_allow(["s3:*", "cloudwatch:*", "ec2:*"]))

    assert not _judge(
        "iam:CreateUser", identity=[_policy(_allow("iam:CreateUser"))], boundary=boundary
    )
    assert not _judge("s3:GetObject", boundary=boundary)
    assert _judge("s3:GetObject", identity=[_policy(_allow("s3:GetObject"))], boundary=boundary)


def test_a_resources_policy_alone_may_allow_in_its_own_account() -> None:
    named = _policy(_allow("s3:GetObject", f"{BUCKET}/*", Principal={"AWS": USER.arn}))

    assert _judge("s3:GetObject", resource=[named])
    assert not _judge("s3:GetObject", resource=[named], caller=ROLE)


def test_a_boundary_limits_what_a_resource_allows_a_role_and_not_a_user() -> None:
    boundary = _policy(_allow("ec2:*"))

    for caller, allowed in ((USER, True), (ROLE, False)):
        named = _policy(_allow("s3:GetObject", f"{BUCKET}/*", Principal={"AWS": caller.arn}))
        assert (
            bool(_judge("s3:GetObject", resource=[named], caller=caller, boundary=boundary))
            is allowed
        )


def test_a_key_leaves_its_decision_to_the_account_only_where_it_says_so() -> None:
    mine = _policy(_allow("kms:Decrypt"))
    account = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    left = _policy(_allow("kms:*", Principal=account))
    others = _policy(_allow("kms:*", Principal={"AWS": ROLE.arn}))

    def may(identity: list[Any], key: dict[str, Any]) -> bool:
        return bool(_judge("kms:Decrypt", identity=identity, resource=[key], resource_decides=True))

    assert may([mine], left)
    assert not may([], left)
    assert not may([mine], others)


def test_a_denial_for_everybody_reaches_who_is_allowed_by_name() -> None:
    policy = _policy(
        _allow("s3:GetObject", f"{BUCKET}/*", Principal={"AWS": USER.arn}),
        _deny("s3:*", [BUCKET, f"{BUCKET}/*"], Principal="*"),
    )

    assert _judge("s3:GetObject", resource=[policy]).reason == "denied by statement 1"


ACTIONS = st.sampled_from(
    ["s3:Get", "s3:GetObject", "s3:Put", "iam:Get", "s3:*", "*", "s3:Get*", "*:Get"]
)
RESOURCES = st.sampled_from(["a", "a/b", "a/b/c", "b", "*", "a/*", "*/c", "a*c"])
STATEMENTS = st.builds(
    lambda effect, element, actions, resources: {
        "Effect": effect,
        element: actions,
        "Resource": resources,
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["Action", "Action", "NotAction"]),
    st.lists(ACTIONS, min_size=1, max_size=2),
    st.lists(RESOURCES, min_size=1, max_size=2),
)


@given(
    statements=st.lists(STATEMENTS, min_size=1, max_size=4),
    action=ACTIONS.filter(lambda it: "*" not in it),
    resource=RESOURCES.filter(lambda it: "*" not in it),
)
def test_where_there_are_no_conditions_moto_judges_the_same(
    statements: list[dict[str, Any]], action: str, resource: str
) -> None:
    policy = _policy(*statements)
    motos = IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)

    assert _may(policy, action, resource) == (motos is PermissionResult.PERMITTED)
