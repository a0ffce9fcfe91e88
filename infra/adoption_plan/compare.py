"""Comparing what is there with what the program would set, property by property; pure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Verdict = Literal["same", "change", "lost", "kept", "owner"]
"""What becomes of a property.

same: as the program would set it; change: the next `up` sets it; lost: it is there, the program knows nothing
of it, and the next `up` puts the part anew without it; kept: it differs and stays, for its aspect is not in
`adopt.change`; owner: it differs and stays, for only the owner of the account or of Google's bucket sets it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One property of one adopted thing.

    Attributes:
        resource: what it belongs to: `bucket their-documents`.
        aspect: as in `adopt.change`; `account` for what belongs to the account itself.
        property: its path, as Pulumi writes it.
        now: what is there; None: nothing.
        wanted: what the program would set; None: nothing.
        verdict: what becomes of it.
    """

    resource: str
    aspect: str
    property: str
    now: Any
    wanted: Any
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        """Return the difference for a program."""
        return asdict(self)


def differences(
    now: Mapping[str, Any] | None,
    wanted: Mapping[str, Any],
    *,
    resource: str,
    aspect: str,
    verdict: Verdict,
) -> Iterator[Difference]:
    """Yield every property of a part, the equal ones too.

    Args:
        now: as the service answers; None: the part is not there.
        wanted: as the program would write it.
        resource: whose part.
        aspect: which part.
        verdict: of what differs.
    """
    there = {_canonical(path): (path, value) for path, value in _leaves(now or {})}
    asked = {_canonical(path): (path, value) for path, value in _leaves(wanted)}
    for key, (path, value) in asked.items():
        found = there.get(key, ("", None))[1]
        same = _equal(found, value)
        yield Difference(
            resource=resource,
            aspect=aspect,
            property=path,
            now=found,
            wanted=value,
            verdict="same" if same else verdict,
        )
    for key, (path, value) in there.items():
        if key not in asked:
            yield Difference(
                resource=resource,
                aspect=aspect,
                property=path,
                now=value,
                wanted=None,
                verdict="lost" if verdict == "change" else verdict,
            )


def by_name(items: list[dict[str, Any]], *, name: str) -> dict[str, Any]:
    """Return rules or statements by their names; those without one by their place.

    So a rule of somebody else is one line of a plan, whatever its place in the list.
    """
    found: dict[str, Any] = {}
    for index, item in enumerate(items):
        key = next((item[it] for it in item if it.lower() == name.lower()), None)
        found[f"[{key or index}]"] = item
    return found


def whole(items: Mapping[str, Any]) -> dict[str, str]:
    """Return each item as one comparable text, with its keys in one spelling and order."""
    return {name: json.dumps(_spelled(item), sort_keys=True) for name, item in items.items()}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            spelled = name if name.startswith("[") else camel(name)
            joined = f"{path}{spelled}" if spelled.startswith("[") else f"{path}.{spelled}"
            yield from _leaves(item, joined.removeprefix("."))
    elif isinstance(value, list):
        for index, item in enumerate(sorted(value, key=_spelled_text)):
            yield from _leaves(item, f"{path}[{index}]")
    elif value not in (None, ""):
        yield path, value


def _canonical(path: str) -> str:
    """A path as every party spells it: botocore, azure-native and ARM differ in case and underscores."""
    parts = re.split(r"(\[[^\]]*\])", path)
    return "".join(
        part if part.startswith("[") else re.sub(r"[^a-z0-9.]", "", part.lower()) for part in parts
    )


def camel(name: str) -> str:
    """Return a name in pulumi's spelling of properties."""
    first, *rest = name.split("_")
    return first[:1].lower() + first[1:] + "".join(part[:1].upper() + part[1:] for part in rest)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    return bool(one == other)


def _spelled(value: Any) -> Any:
    if isinstance(value, Mapping):
        spelled = {re.sub(r"[^a-z0-9:]", "", k.lower()): _spelled(v) for k, v in value.items()}
        return {name: item for name, item in spelled.items() if item not in (None, "", [], {})}
    if isinstance(value, list):
        return sorted((_spelled(item) for item in value), key=_spelled_text)
    return value


def _spelled_text(value: Any) -> str:
    return json.dumps(_spelled(value), sort_keys=True, default=str)
