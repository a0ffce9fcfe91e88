"""Payloads of Google's types with every member that the discovery documents have, made from the documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from infra.local_cloud.gcp import schemas
from infra.local_cloud.gcp.discovery import document, member, resolve
from infra.local_cloud.gcp.schema import Schema
from tests.infra.local_cloud.mutations import Mutation, Path, Properties, changed, text

Node = Mapping[str, Any]

_WHOLE_NUMBERS: Final = ("int32", "int64", "uint32", "uint64")
_WRONG: Final = {"string": 7, "boolean": "x", "integer": "x", "number": "x"}
_SAMPLES: Final = {
    "date": "2027-01-31",
    "date-time": "2027-01-31T00:00:00Z",
    "google-duration": "300s",
}
"""Format of a string → a value of it."""

_OWN: Final = {bool: "boolean", int: "integer", str: "string", dict: "object"}


@dataclass(slots=True)
class Whole:
    """A payload with everything, and what the documents say of each of its values."""

    payload: Properties = field(default_factory=dict)
    nodes: dict[Path, Node] = field(default_factory=dict)


def whole(token: str) -> Whole:
    """Everything that a type may have; what lies within itself is left out the second time."""
    schema = schemas.SCHEMAS[token]
    found = Whole()
    root = _root(schema)
    for name in schema.body:
        node = member(schema.api, root, schema.renamed.get(name, name))
        assert node is not None, name
        found.payload[name] = _value(schema, node, (name,), found, ())
    for name, kind in schema.own.items():
        if "." not in name:
            found.nodes[name,] = {"type": _OWN[kind]}
            found.payload[name] = _scalar(found.nodes[name,])
    return found


def broken(found: Whole) -> Iterator[Mutation]:
    """The payload with one constraint broken."""
    for path, node in found.nodes.items():
        kind = "integer" if node.get("format") in _WHOLE_NUMBERS else node["type"]
        where = text(path)
        if kind == "array":
            yield "no list", changed(found.payload, path, "x"), where
        elif kind == "object":
            yield "no object", changed(found.payload, path, 7), where
            if "properties" in node:
                unknown = (*path, "unknownMember")
                yield "an unknown member", changed(found.payload, unknown, "x"), text(unknown)
        elif kind in _WRONG:
            yield "of another kind", changed(found.payload, path, _WRONG[kind]), where
            if kind in ("integer", "number"):
                yield "true for a number", changed(found.payload, path, True), where
            if node.get("format") in _SAMPLES:
                yield "of another form", changed(found.payload, path, "yesterday"), where
            if node.get("enum"):
                yield "none of some", changed(found.payload, path, "NO-SUCH-VALUE"), where


def _root(schema: Schema) -> Node:
    name, _, path = schema.model.partition(".")
    node: Node | None = document(schema.api)["schemas"][name]
    if path:
        node = member(schema.api, node or {}, path)
    assert node is not None
    return resolve(schema.api, node.get("items", node))


def _value(schema: Schema, node: Node, path: Path, found: Whole, above: tuple[int, ...]) -> Any:
    found.nodes[path] = node
    if node["type"] == "array":
        item = resolve(schema.api, node["items"])
        return [_value(schema, item, (*path, 0), found, above)]
    if node["type"] != "object":
        return _scalar(node)
    plain = ".".join(part for part in path if isinstance(part, str))
    ours = {
        api: name.rpartition(".")[2]
        for name, api in schema.renamed.items()
        if name.rpartition(".")[0] == plain
    }
    values = {}
    for name in node.get("properties", {}):
        below = member(schema.api, node, name)
        if below is not None and id(below) not in above and below["type"] != "any":
            called = ours.get(name, name)
            values[called] = _value(schema, below, (*path, called), found, (*above, id(node)))
    for name, kind in schema.own.items():
        parent, _, last = name.rpartition(".")
        if parent and parent == plain:
            own = {"type": _OWN[kind]}
            values[last] = _value(schema, own, (*path, last), found, above)
    return values


def _scalar(node: Node) -> Any:
    if node.get("enum"):
        return node["enum"][0]
    if node.get("format") in _WHOLE_NUMBERS:
        return 1
    if node.get("format") in _SAMPLES:
        return _SAMPLES[node["format"]]
    return {"boolean": True, "integer": 1, "number": 1.5, "string": "a"}[node["type"]]
