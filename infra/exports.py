"""The stack's outputs, exported exactly as `app.terms.outputs` lists them."""

from collections.abc import Mapping
from typing import Any

import pulumi

from app.terms.outputs import SECRET_FIELDS, Cloud, Outputs, OutputsError, parse_outputs


def export_outputs(values: Mapping[str, Any], *, environment: str) -> None:
    """Export each output of the contract; secret ones as secrets.

    What can be seen at preview is refused there: a name that is missing or unknown. The values themselves
    are checked at `up`, when they are known.

    Args:
        values: a value, an Output or None for each field of `Outputs`.
        environment: the stack's name, for messages.

    Raises:
        pulumi.RunError: a name is missing or unknown; one sentence that names it.
    """
    for name in Outputs.model_fields:
        if name not in values:
            raise pulumi.RunError(
                f"The program exports no {name!r}, which app/terms/outputs.py lists: "
                "the component of that cloud must give it (None where there is none)."
            )
    for name in values:
        if name not in Outputs.model_fields:
            raise pulumi.RunError(
                f"The program exports {name!r}, which app/terms/outputs.py does not list: add it there first."
            )
    for name, value in values.items():
        secret = name in SECRET_FIELDS and value is not None
        pulumi.export(name, pulumi.Output.secret(value) if secret else value)
    pulumi.Output.all(**values).apply(lambda known: _require_contract(known, environment))


def absent_outputs(cloud: Cloud) -> dict[str, None]:
    """Return the fields of a cloud that the configuration leaves out: None for each."""
    return {name: None for name in Outputs.model_fields if name.startswith(f"{cloud}_")}


def _require_contract(known: Mapping[str, Any], environment: str) -> None:
    try:
        parse_outputs(known, environment=environment)
    except OutputsError as error:
        raise pulumi.RunError(str(error)) from None
