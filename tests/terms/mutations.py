"""Each way in which one field of the outputs can be wrong, for every field that there is."""

from collections.abc import Callable
from typing import Any, Final

from app.terms.outputs import Outputs
from app.terms.schema import outputs_schema

_KNOWN: Final = {"schema_version": 1, "primary": "aws", "prefix": "kb/"}

Mutation = Callable[[dict[str, Any], str], None]


def full_outputs() -> dict[str, Any]:
    """The outputs of an environment that has every field of the contract."""
    schema = outputs_schema()["properties"]
    values = {
        name: _KNOWN.get(name, _example(name, schema[name]))
        for name in Outputs.model_fields
        if name != "given"
    }
    return {**values, "given": list(values)}


def _example(name: str, schema: dict[str, Any]) -> Any:
    if schema.get("examples"):
        return schema["examples"][0]
    (one,) = (it for it in schema.get("anyOf", [schema]) if it.get("type") != "null")
    if "enum" in one:
        return one["enum"][0]
    return {"string": f"the {name}", "boolean": True, "integer": 7, "number": 7.5}[one["type"]]


def is_missing(values: dict[str, Any], name: str) -> None:
    """The field is not there."""
    del values[name]


def is_of_another_type(values: dict[str, Any], name: str) -> None:
    """The field has a value that it cannot have."""
    values[name] = {"of": "another type"}


def is_renamed(values: dict[str, Any], name: str) -> None:
    """The field is there under another name."""
    values[f"{name}_renamed"] = values.pop(name)


def is_there_twice(values: dict[str, Any], name: str) -> None:
    """There is a field more than the contract has."""
    values[f"{name}_too"] = values[name]


MUTATIONS: Final[tuple[Mutation, ...]] = (
    is_missing,
    is_of_another_type,
    is_renamed,
    is_there_twice,
)


def mutated(values: dict[str, Any], name: str, mutate: Mutation) -> tuple[dict[str, Any], set[str]]:
    """Other outputs, and the names of which a message about them must say one and no other."""
    other = dict(values)
    mutate(other, name)
    names = (
        {name} if name in values.keys() - other.keys() or mutate is is_of_another_type else set()
    )
    return other, names | (other.keys() - values.keys())
