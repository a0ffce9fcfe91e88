"""Whether a JSON Schema still means what one that was released means."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

_ANNOTATIONS: Final = frozenset({"$id", "$schema", "title", "description", "default", "examples"})
"""Keywords that allow and forbid nothing."""

_LOWER_BOUNDS: Final = frozenset({"minLength", "minItems", "minimum", "minProperties"})
_UPPER_BOUNDS: Final = frozenset({"maxLength", "maxItems", "maximum", "maxProperties"})
_HANDLED: Final = frozenset(
    {"properties", "required", "dependentRequired", "type", "enum", "const", "items"}
)


def breaking_changes(released: Schema, current: Schema) -> tuple[str, ...]:
    """Return what a new version of the schema is needed for; a sentence for each change, () if none is.

    Whoever reads by the released schema still finds each field with its meaning, and what was valid is
    valid. So a new optional field, a longer enumeration and a wider bound break nothing. A field that is
    removed (or renamed), newly required or narrowed does, and so does any change of a keyword that nothing
    is known about here.

    Args:
        released: the schema that others read by.
        current: the schema that shall take its place.
    """
    return tuple(_changes(released, current, ""))


def _changes(released: Schema, current: Schema, where: str) -> Iterator[str]:
    before, now = _alternatives(released), _alternatives(current)
    for kind, schema in before.items():
        if kind not in now:
            yield f"{_at(where)}{kind} was allowed"
            continue
        yield from _fields(schema, now[kind], where)
        yield from _values(schema, now[kind], where)
        for keyword in sorted((schema.keys() | now[kind].keys()) - _ANNOTATIONS - _HANDLED):
            old, new = schema.get(keyword), now[kind].get(keyword)
            if old != new and not _is_wider(keyword, old, new):
                yield f"{_at(where)}{keyword} was {old!r} and is {new!r}"


def _alternatives(schema: Schema) -> dict[str, Schema]:
    """The alternatives by their type, each with what holds for all; a schema without any is its own one."""
    common = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
    found: dict[str, Schema] = {}
    for one in schema.get("anyOf", ({},)):
        whole = {**common, **one}
        kind = f"type {whole.get('type', 'any')}"
        found[kind if kind not in found else f"{kind} ({len(found)})"] = whole
    return found


def _fields(released: Schema, current: Schema, where: str) -> Iterator[str]:
    before, now = released.get("properties", {}), current.get("properties", {})
    required = current.get("required", ())
    for name, schema in before.items():
        if name not in now:
            yield f"{where}{name} was removed or renamed"
            continue
        if name in required and name not in released.get("required", ()):
            yield f"{where}{name} is required and was optional"
        if name in released.get("required", ()) and name not in required:
            yield f"{where}{name} is optional and was required"
        yield from _changes(schema, now[name], f"{where}{name}.")
    for name in now.keys() - before.keys():
        if name in required:
            yield f"{where}{name} is new and required"
    yield from _dependencies(released, current, where)


def _dependencies(released: Schema, current: Schema, where: str) -> Iterator[str]:
    """A new field may ask for others; one that was there may ask for no more than before."""
    before = released.get("dependentRequired", {})
    for name, needed in current.get("dependentRequired", {}).items():
        more = sorted(set(needed) - set(before.get(name, ())))
        if more and name in released.get("properties", {}):
            yield f"{where}{name} needs {', '.join(more)} and did not"


def _values(released: Schema, current: Schema, where: str) -> Iterator[str]:
    before, now = _enumerated(released), _enumerated(current)
    if now is not None and before is None:
        yield f"{_at(where)}only {_listed(now)} are allowed"
    if now is not None and before is not None:
        lost = [value for value in before if value not in now]
        if lost:
            yield f"{_at(where)}{_listed(lost)} was allowed"
    old, new = released.get("items"), current.get("items")
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _changes(old, new, f"{where}items.")
    elif old != new:
        yield f"{_at(where)}items was {old!r} and is {new!r}"


def _enumerated(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return list(schema["enum"]) if "enum" in schema else None


def _listed(values: list[Any]) -> str:
    return ", ".join(map(repr, values))


def _is_wider(keyword: str, before: Any, now: Any) -> bool:
    if now is None:
        return keyword in _LOWER_BOUNDS | _UPPER_BOUNDS | {"pattern"}
    if before is None:
        return False
    return (keyword in _LOWER_BOUNDS and now <= before) or (
        keyword in _UPPER_BOUNDS and now >= before
    )


def _at(where: str) -> str:
    return f"{where.removesuffix('.')}: " if where else ""
