"""Every constraint of Google's discovery documents that a valid payload touches, broken once.

The documents are read here, not through the code under test, so that a constraint that it forgets is found.
"""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from tests.infra.local_cloud.mutations import Mutation, changed, text

Path = tuple[str | int, ...]

# pulumi-gcp's words for members that Google's API calls otherwise.
WORDS = {
    "methods": "method",
    "origins": "origin",
    "matchesPrefixes": "matchesPrefix",
    "matchesStorageClasses": "matchesStorageClass",
    "matchesSuffixes": "matchesSuffix",
    "permissions": "includedPermissions",
    "allUpdatesRule": "notificationsRule",
}
KINDS: dict[type, str] = {bool: "neither true nor false", int: "no number", str: "no string"} | {
    float: "no number"
}


def of_google(api: str, schema: str, inputs: dict[str, Any]) -> Iterator[Mutation]:
    """The mutations of inputs whose properties become members of a schema of an API."""
    version = {"monitoring": "v3"}.get(api, "v1")
    path = files("googleapiclient") / "discovery_cache" / "documents" / f"{api}.{version}.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    members = _members(document, document["schemas"][schema])
    yield "an unknown member", changed(inputs, ("unknownMember",), "x"), "unknownMember"
    for name, value in inputs.items():
        node = members.get(WORDS.get(name, name))
        yield from _of_value(document, node, inputs, (name,), value)


def _members(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    node = document["schemas"][node["$ref"]] if "$ref" in node else node
    found: dict[str, Any] = node.get("properties", {})
    return found


def _of_value(
    document: dict[str, Any],
    node: dict[str, Any] | None,
    inputs: dict[str, Any],
    path: Path,
    value: Any,
) -> Iterator[Mutation]:
    if isinstance(value, dict):
        yield "no object", changed(inputs, path, 7), text(path)
        members = _members(document, node or {})
        if members:
            broken = changed(inputs, (*path, "unknownMember"), "x")
            yield "an unknown member", broken, text((*path, "unknownMember"))
        for name, item in value.items():
            if members:
                below = members.get(WORDS.get(name) or name)
                yield from _of_value(document, below, inputs, (*path, name), item)
    elif isinstance(value, list):
        yield "no list", changed(inputs, path, "x"), text(path)
        items = (node or {}).get("items")
        for index, item in enumerate(value):
            yield from _of_value(document, items, inputs, (*path, index), item)
    else:
        wrong: Any = 7 if isinstance(value, str) else "x"
        yield KINDS[type(value)], changed(inputs, path, wrong), text(path)
        if (node or {}).get("enum"):
            broken = changed(inputs, path, "NO-SUCH-VALUE")
            yield "no value of the enumeration", broken, text(path)
