"""The evaluator of Google Cloud IAM and its conditions, against what Google's documentation says of them."""

import pytest

from infra.access.evaluate import Binding, Call, NotEvaluated, judge_google
from infra.access.evaluate.cel import expression_holds
from infra.access.wire.google import LIST_PREFIX

OBJECT = "projects/_/buckets/example/objects/customer-a/report.pdf"
TYPE = "storage.googleapis.com/Object"
EXPRESSIONS = [
    ('resource.name.startsWith("projects/_/buckets/example/objects/customer-a")', True),
    ("resource.name.startsWith('projects/_/buckets/example/objects/customer-b')", False),
    ('resource.name.endsWith(".pdf")', True),
    ('resource.name.contains("/customer-a/")', True),
    (f'resource.type == "{TYPE}"', True),
    (f'resource.type != "{TYPE}"', False),
    (f'(resource.type == "{TYPE}" && resource.name.startsWith("projects/_/"))', True),
    (f'resource.type != "{TYPE}" || resource.name.endsWith(".pdf")', True),
    ('!(resource.name.endsWith(".pdf"))', False),
    (f'api.getAttribute("{LIST_PREFIX}", "") == ""', True),
    (f'api.getAttribute("{LIST_PREFIX}", "").startsWith("customer-a")', False),
    ('resource.service == "storage.googleapis.com"', True),
]


@pytest.mark.parametrize(("expression", "holds"), EXPRESSIONS)
def test_expressions_decide_as_documented(expression: str, *, holds: bool) -> None:
    context = {"resource.type": TYPE, "resource.service": "storage.googleapis.com"}
    call = Call(action="storage.objects.get", resource=OBJECT, context=context)

    assert expression_holds(expression, call) is holds


@pytest.mark.parametrize(
    ("asked", "holds"), [("customer-a", True), ("customer-a/2026/", True), ("customer", False)]
)
def test_a_listing_says_what_it_wants_in_an_attribute(asked: str, *, holds: bool) -> None:
    call = Call(
        action="storage.objects.list",
        resource="projects/_/buckets/example",
        context={LIST_PREFIX: asked},
    )
    listing = f"api.getAttribute('{LIST_PREFIX}', '').startsWith('customer-a')"

    assert expression_holds(listing, call) is holds


@pytest.mark.parametrize(
    "expression",
    [
        'request.time < timestamp("2027-01-01T00:00:00Z")',
        'resource.name.extract("/objects/{name}/") == "a"',
        'resource.name == "a" &&',
        '(resource.name == "a"',
        'resource.name = "a"',
        'resource.name == "a" "b"',
        "resource.name == name",
        'resource.matchTag("123/env", "prod")',
    ],
)
def test_what_is_not_known_is_not_judged(expression: str) -> None:
    with pytest.raises(NotEvaluated):
        expression_holds(expression, Call(action="storage.objects.get", resource=OBJECT))


def test_a_binding_holds_on_its_resource_and_below_it() -> None:
    binding = Binding(resource="projects/_/buckets/example", permissions=["storage.objects.get"])

    def may(permission: str, resource: str) -> bool:
        return bool(judge_google(Call(action=permission, resource=resource), [binding]))

    assert may("storage.objects.get", OBJECT)
    assert not may("storage.objects.delete", OBJECT)
    assert not may("storage.objects.get", OBJECT.replace("example", "example2"))


def test_a_binding_whose_condition_is_false_is_as_if_it_were_not_there() -> None:
    call = Call(action="storage.objects.get", resource=OBJECT)
    never = Binding(
        resource="projects/_/buckets/example",
        permissions=["storage.objects.get"],
        condition={"expression": 'resource.name == "x"'},
    )
    always = Binding(resource=never.resource, permissions=never.permissions)

    assert not judge_google(call, [never])
    assert judge_google(call, [never, always])
