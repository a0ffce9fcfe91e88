"""What Google Cloud would refuse in a resource's inputs.

Pure: nothing here asks a service. Kinds and enumerations are those of Google's discovery documents; limits
and what goes together are from its documentation.
"""

from infra.local_cloud.gcp.rules import documented
from infra.local_cloud.gcp.schema import Schema
from infra.local_cloud.gcp.schemas import PATTERNS, SCHEMAS, model_of
from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN, Properties


def failures(token: str, inputs: Properties) -> list[Failure]:
    """Say everything that is wrong with the inputs of a resource; unknown values are passed over.

    Args:
        token: the resource's type: `gcp:storage/bucket:Bucket`.
        inputs: by their Pulumi names.

    Returns:
        (property path, reason) of each failure; none means that Google Cloud would take it, as far as its
        discovery documents and its documentation tell.

    Raises:
        KeyError: the local cloud does not serve the type.
    """
    schema = SCHEMAS[token]
    known = {*schema.place, *schema.body, *(name for name in schema.own if "." not in name)}
    found = [
        (
            name,
            "is not served by the local cloud"
            if name in schema.unserved
            else f"is not a property of {token}; there are {', '.join(sorted(known))}",
        )
        for name in inputs
        if name not in known
    ]
    given = {name: value for name, value in inputs.items() if name in known}
    found += model_of(token).failures(given, besides=schema.place)
    found += _place_failures(schema, given)
    # What documentation forbids makes sense only of what has the right form.
    return found or documented(token, given)


def _place_failures(schema: Schema, inputs: Properties) -> list[Failure]:
    found: list[Failure] = [
        (name, "is required")
        for name in schema.place
        if name in schema.required and inputs.get(name) is None
    ]
    for name in schema.place:
        value = inputs.get(name)
        if value is not None and value is not UNKNOWN and not isinstance(value, str):
            found.append((name, "must be a string"))
    for name, (pattern, said) in {**PATTERNS, **schema.patterns}.items():
        value = inputs.get(name)
        if isinstance(value, str) and not pattern.fullmatch(value):
            found.append((name, f"is {value!r}, must be {said}"))
    return found
