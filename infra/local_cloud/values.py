"""Property values between the engine's wire format and plain Python.

The wire format is a protobuf Struct in which unknown values, secrets and assets are marked by published
constants (pulumi/pulumi, sdk/go/common/resource/plugin/rpc.go).
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import json_format, struct_pb2

Properties = dict[str, Any]
"""A resource's properties by their Pulumi names: JSON values, `UNKNOWN` and, on the way out, `Secret`."""

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of a secret, not one
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_UNKNOWNS: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # a string
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # an array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)


class Unknown:
    """A value that will be known only when another resource exists."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Secret:
    """An output that the engine must keep encrypted and masked."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(…)"


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """Return the properties of a request, secrets as their plain values, integers as int."""
    properties = _from_wire(json_format.MessageToDict(struct))
    if not isinstance(properties, dict):
        raise TypeError("properties are not an object")
    return properties


def to_struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return properties in the engine's format; None values are left out."""
    struct = struct_pb2.Struct()
    json_format.ParseDict(_to_wire(properties), struct)
    return struct


def is_known(value: object) -> bool:
    """Whether neither the value nor anything in it is unknown."""
    if isinstance(value, Mapping):
        return all(is_known(item) for item in value.values())
    if isinstance(value, list):
        return all(is_known(item) for item in value)
    return value is not UNKNOWN


def _from_wire(value: Any) -> Any:
    if isinstance(value, str):
        return UNKNOWN if value in _UNKNOWNS else value
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value.is_integer() else value
    if isinstance(value, list):
        return [_from_wire(item) for item in value]
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            return _from_wire(value.get("value"))
        if value.get(_SIGNATURE) == _OUTPUT:
            return _from_wire(value["value"]) if "value" in value else UNKNOWN
        return {name: _from_wire(item) for name, item in value.items() if item is not None}
    return value


def _to_wire(value: Any) -> Any:
    if isinstance(value, Secret):
        return {_SIGNATURE: _SECRET, "value": _to_wire(value.value)}
    if value is UNKNOWN:
        return "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    if isinstance(value, Mapping):
        return {name: _to_wire(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_to_wire(item) for item in value]
    return value


def same_document(one: str, other: str) -> bool:
    """Whether two texts are the same JSON document."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return one == other
