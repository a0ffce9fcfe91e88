"""Every constraint of a model, wherever it lies in it, refuses what breaks it and names its property."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from azure.mgmt.storage.v2024_01_01 import models as storage

from infra.local_cloud.aws import schemas as aws_types
from infra.local_cloud.aws import shapes
from infra.local_cloud.azure_native import schemas as azure_types
from infra.local_cloud.azure_native.hand_models import Body
from infra.local_cloud.azure_native.watch_schemas import WATCH_BODIES
from tests.infra.local_cloud import mutations, whole_payloads
from tests.infra.local_cloud.hand_mutations import of_hand
from tests.infra.local_cloud.lives.life import failures
from tests.infra.local_cloud.mutations import Mutation, Path, Properties, changed, text
from tests.infra.local_cloud.payload_examples import AWS, AZURE


def wholes(token: str) -> list[Properties]:
    """The payloads with everything."""
    return [whole_payloads.of_aws(token)] if token in AWS else whole_payloads.of_azure(token)


def broken(token: str, whole: Properties) -> Iterator[Mutation]:
    """Each of them with one constraint broken."""
    if token in AWS:
        aws = aws_types.SCHEMAS[token]
        yield from mutations.of_aws(aws.service, aws.operation, dict(aws.members), whole)
        return
    azure = azure_types.SCHEMAS[token]
    if azure.model:
        yield from mutations.of_azure(azure.model, whole, place=azure.place)
    if token in WATCH_BODIES:
        yield from of_hand(Body(members=WATCH_BODIES[token]), whole, (), whole)


@pytest.mark.parametrize("token", [*AWS, *AZURE])
def test_each_constraint_of_a_model_refuses_what_breaks_it(token: str) -> None:
    let_through = []
    for whole in wholes(token):
        before = set(failures(token, whole))
        for what, inputs, path in broken(token, whole):
            found = set(failures(token, inputs)) - before
            if (what, path) != ("a member missing", "location") and not any(
                where.startswith(path) for where, _ in found
            ):
                let_through.append((what, path, found))

    assert let_through == []


@pytest.mark.parametrize("token", [*AWS, *AZURE])
def test_the_bound_itself_is_within_bounds(token: str) -> None:
    refused = []
    for whole in wholes(token):
        before = set(failures(token, whole))
        for what, inputs, _ in broken(token, whole):
            step = next((step for begin, step in STEPS.items() if what.startswith(begin)), None)
            if step is not None:
                path = difference(whole, inputs)
                there = changed(inputs, path, step(at_path(inputs, path)))
                refused += [
                    (text(path), reason)
                    for where, reason in set(failures(token, there)) - before
                    if where == text(path) and "must be at " in reason
                ]

    assert refused == []


STEPS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("too long", "against max_length"), lambda value: value[:-1]),
    **dict.fromkeys(("too short", "against min_length"), lambda value: value + "a"),
    **dict.fromkeys(("too much", "against maximum"), lambda value: value - 1),
    **dict.fromkeys(("too little", "against minimum"), lambda value: value + 1),
    "too many": lambda value: (
        value[:-1] if isinstance(value, list) else dict([*value.items()][:-1])
    ),
}
"""What lies out of bounds by one → how to step back."""


def difference(one: Any, other: Any) -> Path:
    """The path at which two payloads differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next(
            (key, *difference(one[key], other[key])) for key in one if one[key] != other[key]
        )
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        found = enumerate(zip(one, other, strict=True))
        return next((index, *difference(*both)) for index, both in found if both[0] != both[1])
    return ()


def at_path(inputs: Properties, path: Path) -> Any:
    """What lies at a path."""
    value: Any = inputs
    for part in path:
        value = value[part]
    return value


def test_the_models_of_aws_have_no_constraint_of_a_kind_that_is_not_broken_here() -> None:
    kinds: set[str] = set()
    for schema in aws_types.SCHEMAS.values():
        root = shapes.input_shape(schema.service, schema.operation)
        for path in schema.members.values():
            kinds |= constraints(shapes.member(root, path))

    assert kinds == {"enum", "max", "min", "pattern", "required"}


def constraints(shape: Any, above: tuple[str, ...] = ()) -> set[str]:
    """What metadata says of a shape and of what lies in it, but for what is no constraint."""
    found = set(shape.metadata) - {"contextParam", "sensitive"}
    if shape.type_name == "list":
        return found | constraints(shape.member, above)
    for member in getattr(shape, "members", {}).values():
        if member.name not in above:
            found |= constraints(member, (*above, shape.name))
    return found


def test_the_models_of_azure_have_no_constraint_of_a_kind_that_is_not_broken_here() -> None:
    rules = {
        rule
        for name in dir(storage)
        for rules in getattr(getattr(storage, name), "_validation", {}).values()
        for rule in rules
    }

    assert rules == {
        *("constant", "maximum", "max_length", "min_length", "minimum"),
        *("multiple", "readonly", "required"),
    }
