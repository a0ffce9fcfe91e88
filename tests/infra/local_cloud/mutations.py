"""Every constraint of a vendor's model that a valid payload touches, broken once.

The models are read here, not through the code under test, so that a constraint that it forgets is found.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
from azure.mgmt.storage.v2024_01_01 import models

from tests.infra.local_cloud.whole_payloads import enumeration

Properties = dict[str, Any]
Path = tuple[str | int, ...]
Mutation = tuple[str, Properties, str]
"""What was broken, the broken inputs, the path that a refusal has to begin with."""


def text(path: Path) -> str:
    """A path as Pulumi writes it."""
    written = ""
    for part in path:
        written += f"[{part}]" if isinstance(part, int) else f".{part}"
    return written.removeprefix(".")


def changed(inputs: Properties, path: Path, value: Any) -> Properties:
    """The inputs with another value at a path; None takes away what is there."""
    return replaced(inputs, path, ... if value is None else value)


def replaced(inputs: Properties, path: Path, value: Any) -> Properties:
    """The inputs with another value at a path, be it None; the ellipsis takes away what is there."""
    copied = copy.deepcopy(inputs)
    place: Any = copied
    for part in path[:-1]:
        place = place[part]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copied


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of everything that lies in a value."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else ()
    for key, item in [*items, *(enumerate(value) if isinstance(value, list) else ())]:
        yield from paths(item, (*path, key))


Row = tuple[str, Path, Any, str]
"""A type, the path and the value of what is changed in a valid payload, what a refused path begins with."""


def at(token: str, path: Path, value: Any) -> Row:
    """A change that is refused at the very place where it is made."""
    return token, path, value, text(path)


def of_aws(
    service: str, operation: str, members: dict[str, str], inputs: Properties
) -> Iterator[Mutation]:
    """The mutations of inputs whose properties become these members of an operation's request."""
    model = botocore.session.get_session().get_service_model(service)
    root: Any = model.operation_model(operation).input_shape
    for name, member in members.items():
        if name not in inputs:
            continue
        shape = root
        for part in member.split("."):
            shape = shape.members[part]
        if shape.type_name == "list" and not isinstance(inputs[name], list) and not _is_tags(shape):
            shape = shape.member
        yield from _of_shape(shape, inputs, (name,), inputs[name])


def _is_tags(shape: Any) -> bool:
    """Whether Pulumi writes a list as an object: it is one of names and values."""
    members = getattr(shape.member, "members", ())
    return {name.removeprefix("Tag") for name in members} == {"Key", "Value"}


def _of_shape(shape: Any, inputs: Properties, path: Path, value: Any) -> Iterator[Mutation]:
    if shape.type_name == "structure" and isinstance(value, list):
        (shape,) = shape.members.values()  # XML's way to write a list, which Pulumi leaves out
    if shape.type_name == "structure" and isinstance(value, dict):
        yield "an unknown member", changed(inputs, (*path, "unknownMember"), "x"), text(path)
        yield "no object", changed(inputs, path, "x"), text(path)
        for name, member in shape.members.items():
            key = next((key for key in value if key.lower() == name.lower()), None)
            if key is None:
                continue
            other = changed(changed(inputs, (*path, key), None), (*path, key.upper()), value[key])
            yield "a name in capitals", other, text((*path, key.upper()))
            if name in shape.required_members:
                yield "a member missing", changed(inputs, (*path, key), None), text((*path, key))
            yield from _of_shape(member, inputs, (*path, key), value[key])
    elif shape.type_name == "list" and isinstance(value, list):
        yield "no list", changed(inputs, path, "x"), text(path)
        if shape.metadata.get("max"):
            many = value[:1] * (shape.metadata["max"] + 1)
            yield "too many", changed(inputs, path, many), text(path)
        if shape.metadata.get("min"):
            few = value[:1] * (shape.metadata["min"] - 1)
            yield "too few", changed(inputs, path, few), text(path)
        for index, item in enumerate(value):
            yield from _of_shape(shape.member, inputs, (*path, index), item)
    elif shape.type_name == "list":  # tags, which Pulumi writes as an object
        yield from _of_tags(shape, inputs, path)
    else:
        yield from _of_scalar(shape, inputs, path)


def _of_tags(shape: Any, inputs: Properties, path: Path) -> Iterator[Mutation]:
    yield "no tags", changed(inputs, path, "x"), text(path)
    if shape.metadata.get("max"):
        many = {f"key{number}": "x" for number in range(shape.metadata["max"] + 1)}
        yield "too many tags", changed(inputs, path, many), text(path)
    key, content = (shape.member.members[name].metadata for name in sorted(shape.member.members))
    for what, tags in (
        ("a name too short", {"a" * (key.get("min", 0) - 1): "x"} if key.get("min") else None),
        ("a name too long", {"a" * (key["max"] + 1): "x"} if key.get("max") else None),
        ("a name of another pattern", {"\u0007": "x"} if key.get("pattern") else None),
        ("a value too long", {"a": "a" * (content["max"] + 1)} if content.get("max") else None),
        ("a value of another pattern", {"a": "\u0007"} if content.get("pattern") else None),
        ("a value that is no string", {"a": 7}),
    ):
        if tags is not None:
            yield what, changed(inputs, path, tags), f'{text(path)}["{next(iter(tags))}"]'


def _of_scalar(shape: Any, inputs: Properties, path: Path) -> Iterator[Mutation]:
    rules, where = shape.metadata, text(path)
    if shape.type_name == "string":
        yield "no string", changed(inputs, path, 7), where
        if rules.get("enum"):
            yield "no value of the enumeration", changed(inputs, path, "NO-SUCH-VALUE"), where
        # A model's limit of two thousand million is none: a text of that length fills the memory.
        if 0 < rules.get("max", 0) < 1 << 20:
            yield "too long", changed(inputs, path, "a" * (rules["max"] + 1)), where
        if rules.get("min"):
            yield "too short", changed(inputs, path, "a" * (rules["min"] - 1)), where
        if rules.get("pattern"):
            yield "another pattern", changed(inputs, path, "\u0007한:\n"), where
    if shape.type_name in ("integer", "long"):
        yield "no number", changed(inputs, path, "x"), where
        yield "no whole number", changed(inputs, path, 1.5), where
        yield "true for a number", changed(inputs, path, True), where
        if rules.get("max"):
            yield "too much", changed(inputs, path, rules["max"] + 1), where
        if rules.get("min"):
            yield "too little", changed(inputs, path, rules["min"] - 1), where
    if shape.type_name in ("double", "float"):
        yield "no number", changed(inputs, path, "x"), where
        yield "true for a number", changed(inputs, path, True), where
    if shape.type_name == "boolean":
        yield "neither true nor false", changed(inputs, path, "x"), where
    if shape.type_name == "timestamp":
        yield "no moment", changed(inputs, path, "yesterday"), where


def of_azure(model: str, inputs: Properties, *, place: tuple[str, ...] = ()) -> Iterator[Mutation]:
    """The mutations of inputs that become the body of a storage request."""
    body = {name: value for name, value in inputs.items() if name not in place}
    yield from _of_model(model, inputs, (), body)


def _of_model(model: str, inputs: Properties, path: Path, value: Properties) -> Iterator[Mutation]:
    described = getattr(models, model)
    yield "an unknown member", changed(inputs, (*path, "unknownMember"), "x"), text(path)
    for attribute, how in described._attribute_map.items():
        key = next((key for key in value if key.lower() == attribute.replace("_", "")), None)
        rules = described._validation.get(attribute, {})
        if rules.get("readonly"):
            name = how["key"].rpartition(".")[2]
            yield "a read-only member", changed(inputs, (*path, name), "x"), text((*path, name))
        if key is None:
            continue
        here = (*path, key)
        if rules.get("required"):
            yield "a member missing", changed(inputs, here, None), text(here)
        yield from _of_kind(how["type"], rules, inputs, here, value[key])
        if enumeration(model, attribute):
            at_value = here if isinstance(value[key], str) else (*here, 0)
            wrong = changed(inputs, at_value, "NO-SUCH-VALUE")
            yield "no value of the enumeration", wrong, text(at_value)


def _of_kind(
    kind: str, rules: dict[str, Any], inputs: Properties, path: Path, value: Any
) -> Iterator[Mutation]:
    where = text(path)
    wrong: dict[str, Any] = {"str": 7, "bool": "x", "int": "x", "float": "x", "iso-8601": 7}
    if kind in wrong:
        yield f"no {kind}", changed(inputs, path, wrong[kind]), where
        if kind in ("int", "float"):
            yield "true for a number", changed(inputs, path, True), where
    elif kind.startswith("["):
        yield "no list", changed(inputs, path, "x"), where
        for index, item in enumerate(value):
            yield from _of_kind(kind[1:-1], {}, inputs, (*path, index), item)
    elif kind.startswith("{"):
        yield "no object", changed(inputs, path, "x"), where
        if isinstance(value, dict) and kind[1:-1] in wrong:
            for name in value:
                there = changed(inputs, (*path, name), wrong[kind[1:-1]])
                yield "a value of another kind", there, f'{where}["{name}"]'
    elif hasattr(models, kind) and isinstance(value, dict):
        yield "no object", changed(inputs, path, "x"), where
        yield from _of_model(kind, inputs, path, value)
    limits: dict[str, Callable[[Any], Any]] = {
        "minimum": lambda limit: limit - 1,
        "maximum": lambda limit: limit + 1,
        "multiple": lambda limit: limit + 0.5,
        "min_length": lambda limit: "a" * (limit - 1),
        "max_length": lambda limit: "a" * (limit + 1),
    }
    for rule, broken in limits.items():
        if rule in rules:
            yield f"against {rule}", changed(inputs, path, broken(rules[rule])), where
