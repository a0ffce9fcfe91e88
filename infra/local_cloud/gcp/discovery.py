"""Pulumi's property names against Google's own description of an API: its discovery document.

The documents (google-api-python-client carries them) know the members of a request, their kinds and
enumerations. Limits stand in them as prose only; those are in `rules`.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, Final

from googleapiclient.discovery_cache import get_static_doc

from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN

Node = Mapping[str, Any]
"""A JSON schema of a discovery document."""

_VERSIONS: Final = {"monitoring": "v3"}
"""Of the APIs that have no version 1."""

_SCALARS: Final[Mapping[str, tuple[type | UnionType, str]]] = {
    "boolean": (bool, "true or false"),
    "integer": (int, "a whole number"),
    "number": (int | float, "a number"),
    "string": (str, "a string"),
}
_WHOLE_NUMBERS: Final = frozenset({"int32", "int64", "uint32", "uint64"})
"""Formats of numbers, which JSON carries as strings where they are long."""

_FORMS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "date": (re.compile(r"\d{4}-\d{2}-\d{2}"), "a date such as 2027-01-31"),
    "date-time": (
        re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})"),
        "a moment such as 2027-01-31T00:00:00Z",
    ),
    "google-duration": (re.compile(r"-?\d+(\.\d{1,9})?s"), "a duration such as 300s"),
}
"""Format of a string → its form; a duration's is that of google/protobuf/duration.proto (read 2026-11-26)."""

_OWN: Final[Mapping[type, Node]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    dict: {"type": "object", "additionalProperties": {"type": "string"}},
}


@cache
def document(api: str) -> Mapping[str, Any]:
    """The document of an API: `storage`, `iam`."""
    text = get_static_doc(api, _VERSIONS.get(api, "v1"))
    assert isinstance(text, str)  # noqa: S101 - the package carries every document
    found: Mapping[str, Any] = json.loads(text)
    return found


def resolve(api: str, node: Node) -> Node:
    """Follow a reference to another schema of the same document."""
    if "$ref" in node:
        found: Node = document(api)["schemas"][node["$ref"]]
        return found
    return node


def member(api: str, node: Node, path: str) -> Node | None:
    """The schema that lies at a dotted path beneath another one; None when there is none to be written."""
    found = node
    for name in path.split("."):
        found = resolve(api, found)
        found = resolve(api, found.get("items", found))
        if name not in found.get("properties", {}):
            return None
        found = found["properties"][name]
    return None if found.get("readOnly") else resolve(api, found)


class Model:
    """What a request may hold, in Pulumi's words.

    Args:
        api: the document.
        root: dotted path of the request's schema: `Bucket`, `Policy.bindings`.
        renamed: dotted Pulumi path → where that lies beneath its parent's schema.
        own: dotted Pulumi path → kind, of what the provider itself understands and never sends.
        required: dotted Pulumi paths.
    """

    def __init__(
        self,
        api: str,
        root: str,
        *,
        renamed: Mapping[str, str],
        own: Mapping[str, type],
        required: tuple[str, ...],
    ) -> None:
        schema, _, path = root.partition(".")
        node: Node | None = document(api)["schemas"][schema]
        if path:
            node = member(api, node or {}, path)
        assert node is not None  # noqa: S101 - the schemas name what the documents have
        self._api, self._root = api, resolve(api, node.get("items", node))
        self._renamed, self._own, self._required = renamed, own, required

    def failures(self, inputs: Mapping[str, Any], *, besides: tuple[str, ...]) -> list[Failure]:
        """Say what the model finds wrong with inputs; the properties `besides` are no part of the request."""
        body = {name: value for name, value in inputs.items() if name not in besides}
        return self._of_object(self._root, body, "", "")

    def _check(self, node: Node, value: Any, path: str, plain: str) -> list[Failure]:
        if value is UNKNOWN or value is None:
            return []
        kind = node.get("type")
        if kind == "array":
            return self._of_list(resolve(self._api, node["items"]), value, path, plain)
        if kind == "object":
            if not isinstance(value, dict):
                return [(path, "must be an object")]
            if "properties" in node:
                return self._of_object(node, value, path, plain)
            return self._of_map(node, value, path, plain)
        return _of_scalar(node, value, path)

    def _of_list(self, node: Node, value: Any, path: str, plain: str) -> list[Failure]:
        if not isinstance(value, list):
            return [(path, "must be a list")]
        return [
            failure
            for index, item in enumerate(value)
            for failure in self._check(node, item, f"{path}[{index}]", plain)
        ]

    def _of_map(self, node: Node, value: dict[str, Any], path: str, plain: str) -> list[Failure]:
        values = resolve(self._api, node.get("additionalProperties", {}))
        return [
            failure
            for name, item in value.items()
            for failure in self._check(values, item, f'{path}["{name}"]', plain)
        ]

    def _of_object(self, node: Node, value: dict[str, Any], path: str, plain: str) -> list[Failure]:
        found: list[Failure] = []
        for name, item in value.items():
            here, where = _below(plain, name), _below(path, name)
            described = self._described(node, name, here)
            if described is None:
                found.append((where, "is not a property that can be given"))
            else:
                found += self._check(described, item, where, here)
        for wanted in self._required:
            parent, _, name = wanted.rpartition(".")
            if parent == plain and value.get(name) is None:
                found.append((_below(path, name), "is required"))
        return found

    def _described(self, node: Node, name: str, plain: str) -> Node | None:
        if plain in self._own:
            return _OWN[self._own[plain]]
        return member(self._api, node, self._renamed.get(plain, name))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_digits(value: Any) -> bool:
    return isinstance(value, str) and value.isdecimal()


def _of_scalar(node: Node, value: Any, path: str) -> list[Failure]:
    kind = "integer" if node.get("format") in _WHOLE_NUMBERS else str(node.get("type"))
    if kind == "integer" and node.get("type") == "string" and _is_digits(value):
        return []  # as JSON carries it, and as pulumi-gcp has some: retentionPolicy.retentionPeriod
    if kind not in _SCALARS:
        return []
    python, said = _SCALARS[kind]
    if not isinstance(value, python) or (python not in (bool, str) and isinstance(value, bool)):
        return [(path, f"must be {said}")]
    form = _FORMS.get(str(node.get("format")))
    if form and not form[0].fullmatch(str(value)):
        return [(path, f"is {value!r}, must be {form[1]}")]
    allowed = node.get("enum")
    if allowed and value not in allowed:
        return [(path, f"is {value!r}; Google Cloud knows {', '.join(allowed)}")]
    return []
