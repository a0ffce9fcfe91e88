"""Payloads with every member that a vendor's model has, made from the models: no constraint is out of reach.

Such a payload need not be right as a whole (a rule has every action at once): what is asked is whether a
value is refused where it stands. A member that lies within itself is left out the second time.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from azure.mgmt.storage.v2024_01_01 import models as storage

from infra.local_cloud.aws import schemas as aws_types
from infra.local_cloud.aws import shapes
from infra.local_cloud.azure_native import hand_models, models
from infra.local_cloud.azure_native import schemas as azure_types
from infra.local_cloud.azure_native.watch_schemas import WATCH_BODIES

Properties = dict[str, Any]

SAMPLES: Final[Mapping[str, str]] = {
    ".*": "a",
    r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*": "a",
    r"[\u0009\u000A\u000D\u0020-\u00FF]+": "{}",
    r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*": "a",
    r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+": "a",
    r"^(?![^:\\]*/action/|(?i).*<script>.*</script>.*)[^:\\]+$": "a",
    r"\d{12}": "123456789012",
    r"[\w+=,.@-]+": "a",
    r"([0-9]*\.)?[0-9]+": "1",
    r"[^:].*": "a",
    r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)": "/a/",
}
"""A pattern of AWS's models → what matches it. One that is new has to be written down here."""

_OF_KIND: Final = {str: "a", bool: True, int: 7, list: [], dict: {}}
_OF_SHAPE: Final = {
    "boolean": True,
    "double": 1.5,
    "float": 1.5,
    "timestamp": "2027-01-01T00:00:00Z",
}
_OF_ATTRIBUTE: Final = {"bool": True, "iso-8601": "2027-01-01T00:00:00Z"}


def of_aws(token: str) -> Properties:
    """Every property of a type of pulumi-aws."""
    schema = aws_types.SCHEMAS[token]
    root = shapes.input_shape(schema.service, schema.operation)
    found = {name: _of_shape(shapes.member(root, path)) for name, path in schema.members.items()}
    if token == aws_types.OWNERSHIP:
        (found["rule"],) = found["rule"]  # pulumi-aws has the rule, not the list of one
    return {**found, **{name: _OF_KIND[kind] for name, kind in schema.own.items()}}


def _of_shape(shape: Any, above: tuple[str, ...] = ()) -> Any:
    kind = shape.type_name
    if kind == "structure":
        lists = [it for it in shape.members.values() if it.type_name == "list"]
        if len(shape.members) == 1 and lists:  # XML's way to write a list
            return _of_shape(lists[0], above)
        return {
            shapes.pulumi_name(name): _of_shape(member, (*above, shape.name))
            for name, member in shape.members.items()
            if member.name not in above
        }
    if kind == "list":
        is_tags = {it.removeprefix("Tag") for it in getattr(shape.member, "members", ())}
        return {"a": "b"} if is_tags == {"Key", "Value"} else [_of_shape(shape.member, above)]
    if kind in ("integer", "long"):
        return max(1, shape.metadata.get("min", 1))
    if kind == "string":
        if shape.enum:
            return shape.enum[0]
        sample = SAMPLES[shape.metadata.get("pattern", ".*")]
        return sample.ljust(shape.metadata.get("min", 1), "a")
    return _OF_SHAPE[kind]


def of_azure(token: str) -> list[Properties]:
    """Every property of a type of azure-native: one payload for each of the forms that it can have."""
    schema = azure_types.SCHEMAS[token]
    place = dict.fromkeys(schema.place, "a")
    if schema.model:
        return [{**place, **_of_model(schema.model)}]
    if token in WATCH_BODIES:
        body = hand_models.Body(members=WATCH_BODIES[token])
        return [{**place, **form} for form in _of_hand(body)]
    return [{**place, **{name: _OF_KIND[kind] for name, kind in schema.body.items()}}]


def _of_model(model: str) -> Properties:
    described = getattr(storage, model)
    return {
        models.pulumi_name(name): ["a"]
        if (model, name) == ("Identity", "user_assigned_identities")  # a map, in Pulumi a list
        else _of_attribute(how["type"], model, name)
        for name, how in described._attribute_map.items()
        if not described._validation.get(name, {}).get("readonly")
    }


def _of_attribute(kind: str, model: str, name: str) -> Any:
    if kind.startswith("["):
        return [_of_attribute(kind[1:-1], model, name)]
    if kind.startswith("{"):
        return {"a": _of_attribute(kind[1:-1], model, name)}
    if hasattr(storage, kind):
        return _of_model(kind)
    if kind in ("int", "float"):
        return max(1, getattr(storage, model)._validation.get(name, {}).get("minimum", 1))
    values = enumeration(model, name)
    return _OF_ATTRIBUTE.get(kind, values[0] if values else "a")


def enumeration(model: str, name: str) -> tuple[str, ...]:
    """The values of an attribute that is one of some."""
    annotation = str(getattr(storage, model).__init__.__annotations__.get(name, ""))
    _, _, rest = annotation.partition("_models.")
    found = getattr(storage, rest.split("'")[0].rstrip("]"), None)
    if not (isinstance(found, type) and issubclass(found, Enum)):
        return ()
    return tuple(str(it.value) for it in found)


def _of_hand(model: hand_models.Model) -> list[Any]:
    """A value in each of the forms that a model written by hand allows."""
    match model:
        case hand_models.Text():
            return [(*model.allowed, *_WRITTEN.get(model.pattern or "", ()), "a")[0]]
        case hand_models.Number():
            return [1 if model.least is None else model.least]
        case hand_models.Flag():
            return [True]
        case hand_models.Many():
            return [[form] for form in _of_hand(model.of)]
        case hand_models.Named():
            return [{"a": form} for form in _of_hand(model.of)]
        case hand_models.Body():
            forms = {name: _of_hand(member) for name, member in model.members.items()}
            return [
                {name: several[min(number, len(several) - 1)] for name, several in forms.items()}
                for number in range(max(map(len, forms.values())))
            ]
        case hand_models.Choice():
            return [
                {model.by: kind, **form}
                for kind, body in model.of.items()
                for form in _of_hand(body)
            ]


_WRITTEN: Final = {
    r"/.*": ("/a",),
    r"(/.*)?": ("/a",),
    r"[^@\s]+@[^@\s]+": ("a@example.com",),
    r"\d{4}-\d{2}-01T00:00:00Z": ("2027-01-01T00:00:00Z",),
}
"""A pattern of a model written by hand → what matches it."""
