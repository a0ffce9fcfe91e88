"""Who may act as an identity, judged by the evaluator: those who are named, and nobody else."""

from typing import Any

import pytest

from infra.access import iam_boundary, iam_trust_policy
from infra.access.evaluate import Call, Caller, judge_iam
from infra.trust import Trust
from tests.infra.access.policies import AGENT, EVERYBODY, GRANTS, ROLE, Who
from tests.infra.access.recording import recorded
from tests.infra.access.refused import REFUSED
from tests.infra.program.recording import run_program

ACCOUNT = "123456789012"
HOST = "token.actions.githubusercontent.com"
SUBJECT = "repo:owner/repository:environment:prod"
PROVIDER = Caller(arn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}", account=ACCOUNT)
APP = Caller(arn=f"arn:aws:iam::{ACCOUNT}:role/app", account=ACCOUNT)
MAY_ASSUME = {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}
WORKLOAD = Trust(oidc_issuer=f"https://{HOST}", oidc_subject=SUBJECT)
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"


def _policy(trust: Trust) -> dict[str, Any]:
    return iam_trust_policy(trust, account_arn=f"arn:aws:iam::{ACCOUNT}:user/deployer")


def _lets_in(subject: str, *, audience: str = "sts.amazonaws.com", by: Caller = PROVIDER) -> bool:
    host = by.arn.partition("oidc-provider/")[2]
    call = Call(
        action="sts:AssumeRoleWithWebIdentity",
        resource=ROLE.arn,
        context={f"{host}:sub": subject, f"{host}:aud": audience},
    )
    return bool(judge_iam(call, caller=by, resource=[_policy(WORKLOAD)], resource_decides=True))


def test_a_workload_is_let_in_by_its_whole_subject() -> None:
    assert _lets_in(SUBJECT)


@pytest.mark.parametrize(
    "subject",
    [
        "repo:owner/repository:environment:production",
        "repo:owner/repository:environment:pro",
        "repo:owner/repository:ref:refs/heads/main",
        "repo:owner/repository:pull_request",
        "repo:owner/another:environment:prod",
        "repo:owner2/repository:environment:prod",
        "REPO:owner/repository:environment:prod",
        f" {SUBJECT}",
        "*",
        "",
    ],
)
def test_no_other_subject_is_let_in(subject: str) -> None:
    assert not _lets_in(subject)


def test_a_token_for_somebody_else_is_refused() -> None:
    assert not _lets_in(SUBJECT, audience="https://github.com/owner")


def test_another_issuer_is_refused() -> None:
    other = Caller(arn=f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com", account=ACCOUNT)

    assert not _lets_in(SUBJECT, by=other)


@pytest.mark.parametrize("subject", ["repo:owner/*", "*", "", "repo:owner/repository:*"])
def test_a_pattern_is_no_subject(subject: str) -> None:
    with pytest.raises(ValueError, match="oidc_subject"):
        Trust(oidc_issuer=f"https://{HOST}", oidc_subject=subject)


def _assumes(caller: Caller, trust: Trust, *, may: bool) -> bool:
    call = Call(action="sts:AssumeRole", resource=ROLE.arn)
    own = [MAY_ASSUME] if may else []
    return bool(
        judge_iam(
            call, caller=caller, identity=own, resource=[_policy(trust)], resource_decides=True
        )
    )


def test_without_anybody_named_it_is_left_to_the_accounts_own_policies() -> None:
    stranger = Caller(arn="arn:aws:iam::999999999999:role/app", account="999999999999")

    assert _assumes(APP, Trust(), may=True)
    assert not _assumes(APP, Trust(), may=False)
    assert not _assumes(stranger, Trust(), may=True)


def test_where_principals_are_named_nobody_else_of_the_account_is_let_in() -> None:
    other = Caller(arn=f"arn:aws:iam::{ACCOUNT}:role/other", account=ACCOUNT)
    trust = Trust(aws_principals=(APP.arn,))

    assert _assumes(APP, trust, may=False)
    assert not _assumes(other, trust, may=True)


def test_a_named_workload_closes_the_role_to_the_rest_of_the_account() -> None:
    assert not _assumes(APP, WORKLOAD, may=True)


def test_every_role_and_user_carries_the_boundary_that_is_configured() -> None:
    with_one = run_program(
        {
            "clouds": ["aws"],
            "migration": "open",
            "aws_access_keys": True,
            "aws_permissions_boundary": BOUNDARY,
        }
    )
    without = run_program({"clouds": ["aws"], "aws_access_keys": True})

    carried = [
        it.inputs.get("permissionsBoundary") for it in [*with_one.of("Role"), *with_one.of("User")]
    ]
    assert carried == [BOUNDARY] * 4
    assert "permissionsBoundary" not in without.one("Role").inputs


@pytest.mark.parametrize("who", EVERYBODY, ids=str)
def test_our_boundary_lets_every_identity_do_its_work(who: Who) -> None:
    judge = GRANTS["aws"].judge(who, None)
    calls = [call for part in who.recorded for call in recorded("aws")[part]]

    assert all(judge(call) and _inside(call) for call in calls)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        pytest.param(name, call, id=name)
        for name, call in REFUSED["aws"].items()
        # A boundary is of an account, not of a prefix, nor of a connection.
        if "outside" not in name and "neighbour" not in name and "TLS" not in name
        if not name.startswith(("list ", "read another bucket", "read the folder", "use another"))
    ],
)
def test_an_identity_with_all_rights_stays_inside_our_boundary(name: str, call: Call) -> None:
    assert not _inside(call), name


def _inside(call: Call) -> bool:
    everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    boundary = iam_boundary(ACCOUNT)
    return bool(judge_iam(call, caller=ROLE, identity=[everything], boundary=boundary))


def test_the_agent_needs_all_of_our_boundary() -> None:
    allowed = {it for statement in iam_boundary(ACCOUNT)["Statement"] for it in statement["Action"]}

    assert allowed == set(GRANTS["aws"].actions(AGENT))
