"""The evaluator of Azure RBAC and its conditions, against what Microsoft says of its examples."""

from typing import Any

import pytest

from infra.access.evaluate import Assignment, Call, NotEvaluated, judge_rbac
from infra.access.evaluate.abac import SUBOPERATION, condition_holds
from infra.access.wire.azure import BLOBS

SUBSCRIPTION = "/subscriptions/1"
GROUP = f"{SUBSCRIPTION}/resourceGroups/sales"
CONTRIBUTOR = {
    "actions": ["*"],
    "not_actions": [
        "Microsoft.Authorization/*/Delete",
        "Microsoft.Authorization/*/Write",
        "Microsoft.Authorization/elevateAccess/Action",
    ],
    "data_actions": [],
    "not_data_actions": [],
}
DATA_READER = {"actions": [], "data_actions": [f"{BLOBS}/read"]}


def _may(action: str, resource: str, *roles: Assignment, data: bool = False) -> bool:
    return bool(judge_rbac(Call(action=action, resource=resource), roles, data=data))


def _at(scope: str, **permission: Any) -> Assignment:
    return Assignment(scope=scope, permissions=[permission])


def test_what_a_role_excepts_it_does_not_grant() -> None:
    role = Assignment(scope=GROUP, permissions=[CONTRIBUTOR])

    assert _may("Microsoft.Storage/storageAccounts/write", f"{GROUP}/providers/x", role)
    assert not _may("Microsoft.Authorization/roleAssignments/write", GROUP, role)


def test_another_role_may_grant_what_one_excepts() -> None:
    more = _at(GROUP, actions=["Microsoft.Authorization/roleAssignments/write"])
    role = Assignment(scope=GROUP, permissions=[CONTRIBUTOR])

    assert _may("microsoft.authorization/ROLEASSIGNMENTS/write", GROUP, role, more)


def test_a_role_holds_at_its_scope_and_below_it() -> None:
    role = _at(GROUP, actions=["Microsoft.Compute/*/read"])

    assert _may("Microsoft.Compute/virtualMachines/read", f"{GROUP}/providers/vm", role)
    assert _may("Microsoft.Compute/virtualMachines/read", GROUP.upper(), role)
    assert not _may("Microsoft.Compute/virtualMachines/read", SUBSCRIPTION, role)
    assert not _may("Microsoft.Compute/virtualMachines/read", f"{GROUP}2/providers/vm", role)


def test_actions_say_nothing_of_data() -> None:
    owner = _at(SUBSCRIPTION, actions=["*"])

    assert not _may(f"{BLOBS}/read", f"{GROUP}/blob", owner, data=True)
    assert _may(f"{BLOBS}/read", f"{GROUP}/blob", _at(GROUP, **DATA_READER), data=True)
    assert not _may(f"{BLOBS}/read", f"{GROUP}/blob", _at(GROUP, **DATA_READER))


OPERATORS = [
    ("@Resource[name1] StringLike 'a*c?'", "abcd", True),
    ("@Resource[name1] StringLike 'A*C?'", "abcd", False),
    ("@Resource[name1] StringLike 'a*c'", "abcd", False),
    ("@Resource[name1] StringLikeIgnoreCase 'A*C?'", "abcd", True),
    ("@Resource[name1] StringEquals 'abcd'", "abcd", True),
    ("@Resource[name1] StringEquals 'ABCD'", "abcd", False),
    ("@Resource[name1] StringEqualsIgnoreCase 'ABCD'", "abcd", True),
    ("@Resource[name1] StringNotEquals 'abcd'", "abcd", False),
    ("@Resource[name1] StringStartsWith 'ab'", "abcd", True),
    ("@Resource[name1] StringStartsWith 'bc'", "abcd", False),
    ("@Resource[name1] StringNotStartsWith 'bc'", "abcd", True),
    ("NOT (@Resource[name1] StringStartsWith 'bc')", "abcd", True),
    ("!(@Resource[name1] StringEquals 'x') && (@Resource[name1] StringLike '*d')", "abcd", True),
    ("(@Resource[name1] StringEquals 'x' || @Resource[name1] StringEquals 'y')", "abcd", False),
]


@pytest.mark.parametrize(("condition", "value", "holds"), OPERATORS)
def test_operators_decide_as_documented(condition: str, value: str, *, holds: bool) -> None:
    call = Call(action="any/read", resource="", context={"Resource[name1]": value})

    assert condition_holds(condition, call) is holds


@pytest.mark.parametrize(
    ("pattern", "holds"),
    [
        ("Microsoft.Authorization/roleAssignments/*", True),
        ("Microsoft.Authorization/roleDefinitions/*", False),
    ],
)
def test_actions_are_matched_as_in_a_role(pattern: str, *, holds: bool) -> None:
    call = Call(action="Microsoft.Authorization/roleAssignments/write", resource="")

    assert condition_holds(f"ActionMatches{{'{pattern}'}}", call) is holds


READ_IN_A_CONTAINER = f"""
(
    (
        !(ActionMatches{{'{BLOBS}/read'}} AND NOT SubOperationMatches{{'Blob.List'}})
    )
    OR
    (
        @Resource[{BLOBS}:path] StringLike 'readonly/*'
    )
)
"""


@pytest.mark.parametrize(
    ("action", "suboperation", "path", "holds"),
    [
        ("read", "", "readonly/Example1.txt", True),
        ("read", "", "Example2.txt", False),
        # An action, or a kind of it, that a condition does not name, it does not limit.
        ("read", "Blob.List", "", True),
        ("write", "", "Example2.txt", True),
    ],
)
def test_a_condition_limits_the_actions_that_it_names(
    action: str, suboperation: str, path: str, *, holds: bool
) -> None:
    context = {f"Resource[{BLOBS}:path]": path} if path else {SUBOPERATION: suboperation}
    call = Call(action=f"{BLOBS}/{action}", resource="", context=context)

    assert condition_holds(READ_IN_A_CONTAINER, call) is holds


def test_an_attribute_that_is_not_there_fits_nothing() -> None:
    call = Call(action="any/read", resource="")

    assert not condition_holds("@Request[x:prefix] StringStartsWith ''", call)
    assert not condition_holds("@Request[x:prefix] StringNotEquals 'a'", call)


@pytest.mark.parametrize(
    "condition",
    [
        "@Resource[a] ForAnyOfAnyValues:StringEquals {'b'}",
        "@Resource[a] NumericEquals '1'",
        "Exists @Resource[a]",
        "@Resource[a] StringEquals 'b' AND",
        "(@Resource[a] StringEquals 'b'",
        "@Resource[a] StringEquals 'b' 'c'",
        "@Principal[a] StringEquals 'b'",
    ],
)
def test_what_is_not_known_is_not_judged(condition: str) -> None:
    call = Call(action="any/read", resource="", context={"Resource[a]": "b"})

    with pytest.raises(NotEvaluated):
        condition_holds(condition, call)
