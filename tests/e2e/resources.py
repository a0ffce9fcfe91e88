"""The resources of the program as mocks, a preview and a state tell them: what can be compared of each."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

Resources = dict[tuple[str, str], Any]
"""Type and name → inputs."""

LATER = "(known later)"
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


_AUTOMATIC = re.compile(r"\b(kb[-_]?local[a-z-]*?)[-_]?[0-9a-f]{7}(?![0-9a-z])")
"""A name that ends with random digits: others in every state."""
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def of_engine(described: Iterable[Mapping[str, Any]]) -> Resources:
    """Those of a preview's steps or of a state: what no provider has made is left out."""
    found: Resources = {}
    for it in described:
        if it["custom"] and not it["type"].startswith("pulumi:"):
            inputs = {name: value for name, value in it["inputs"].items() if name != "__defaults"}
            found[it["type"], it["urn"].rpartition("::")[2]] = plain(inputs)
    return found


def masked(value: Any, like: Any) -> Any:
    """A value in which all is hidden that is not known yet in `like`."""
    if like == LATER:
        return LATER
    if isinstance(value, dict) and isinstance(like, dict):
        return {name: masked(item, like.get(name)) for name, item in value.items()}
    if isinstance(value, list) and isinstance(like, list) and len(value) == len(like):
        return [masked(*pair) for pair in zip(value, like, strict=True)]
    return value


def differing(one: Resources, other: Resources) -> dict[str, Any]:
    """Property → its two values, of all that are not equal."""
    return {
        f"{it} {name}": (one[it].get(name), other[it].get(name))
        for it in one
        for name in one[it].keys() | other[it].keys()
        if one[it].get(name) != other[it].get(name)
    }


def plain(value: Any) -> Any:
    """A value without what is random in it, integers as such."""
    if value == _UNKNOWN:
        return LATER
    if isinstance(value, str):
        return _GUID.sub("GUID", _AUTOMATIC.sub(r"\1", value))
    if isinstance(value, dict):
        return {name: plain(it) for name, it in value.items() if name != "__defaults"}
    if isinstance(value, list):
        return [plain(it) for it in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
