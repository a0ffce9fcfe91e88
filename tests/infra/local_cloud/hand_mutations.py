"""Every constraint of a model that is written by hand, broken once."""

from collections.abc import Iterator
from typing import Any

from infra.local_cloud.azure_native.hand_models import (
    Body,
    Choice,
    Flag,
    Many,
    Model,
    Named,
    Number,
    Text,
)
from tests.infra.local_cloud.mutations import Mutation, Path, Properties, changed, text


def of_hand(model: Model, inputs: Properties, path: Path, value: Any) -> Iterator[Mutation]:
    """The mutations of what lies at a path of the inputs."""
    where = text(path)
    match model:
        case Text():
            for what, wrong in _of_text(model):
                yield what, changed(inputs, path, wrong), where
        case Number():
            for what, wrong in _of_number(model):
                yield what, changed(inputs, path, wrong), where
        case Flag():
            yield "neither true nor false", changed(inputs, path, "x"), where
        case Many():
            yield "no list", changed(inputs, path, "x"), where
            yield from _of_count(model.least, model.most, [value[0]], inputs, path)
            yield from of_hand(model.of, inputs, (*path, 0), value[0])
        case Named():
            yield "no object", changed(inputs, path, "x"), where
            if model.most is not None:
                many = {f"a{number}": value["a"] for number in range(model.most + 1)}
                yield "too many", changed(inputs, path, many), where
            for what, wrong, _ in of_hand(model.of, inputs, (*path, "a"), value["a"]):
                yield what, wrong, f'{where}["a"]'
        case Body():
            yield from _of_body(model, inputs, path, value)
        case Choice():
            for kind in (7, "NO-SUCH-VALUE"):
                yield "no such kind", changed(inputs, (*path, model.by), kind), where
            yield "no object", changed(inputs, path, "x"), where
            rest = {name: item for name, item in value.items() if name != model.by}
            yield from _of_body(model.of[value[model.by]], inputs, path, rest)


def _of_body(model: Body, inputs: Properties, path: Path, value: Any) -> Iterator[Mutation]:
    if path:
        yield "no object", changed(inputs, path, "x"), text(path)
        unknown = (*path, "unknownMember")
        yield "an unknown member", changed(inputs, unknown, "x"), text(unknown)
    for name in model.required:
        yield "a member missing", changed(inputs, (*path, name), None), text((*path, name))
    for name, member in model.members.items():
        yield from of_hand(member, inputs, (*path, name), value[name])


def _of_text(model: Text) -> Iterator[tuple[str, Any]]:
    yield "no string", 7
    if model.allowed:
        yield "none of what is allowed", "NO-SUCH-VALUE"
    if model.pattern is not None:
        yield "another pattern", "\n"
    if model.characters_max is not None:
        yield "too long", "a" * (model.characters_max + 1)


def _of_number(model: Number) -> Iterator[tuple[str, Any]]:
    yield "no number", "x"
    yield "true for a number", True
    if model.least is not None:
        yield "too little", model.least - 1
    if model.most is not None:
        yield "too much", model.most + 1


def _of_count(
    least: int, most: int | None, items: list[Any], inputs: Properties, path: Path
) -> Iterator[Mutation]:
    if least:
        yield "too few", changed(inputs, path, items * (least - 1)), text(path)
    if most is not None:
        yield "too many", changed(inputs, path, items * (most + 1)), text(path)
