"""The resources of the program as mocks, a preview and a state tell them: what can be compared of each."""

from collections.abc import Iterable, Mapping
from typing import Any

Resources = dict[tuple[str, str], Any]
"""Type and name → inputs."""

LATER = "(known later)"
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def of_engine(described: Iterable[Mapping[str, Any]]) -> Resources:
    """Those of a preview's steps or of a state: what no provider has made is left out."""
    found: Resources = {}
    for it in described:
        if it["custom"] and not it["type"].startswith("pulumi:"):
            inputs = {name: value for name, value in it["inputs"].items() if name != "__defaults"}
            found[it["type"], it["urn"].rpartition("::")[2]] = _plain(inputs)
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


def _plain(value: Any) -> Any:
    if value == _UNKNOWN:
        return LATER
    if isinstance(value, dict):
        return {name: _plain(it) for name, it in value.items() if name != "__defaults"}
    if isinstance(value, list):
        return [_plain(it) for it in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
