"""The stack's outputs, exported exactly as `app.terms.outputs` lists them."""

from collections.abc import Mapping
from typing import Any

import pulumi

from app.terms.outputs import (
    SECRET_FIELDS,
    Cloud,
    Outputs,
    OutputsError,
    parse_outputs,
    require_field,
)


def export_outputs(values: Mapping[str, Any], *, environment: str) -> None:
    """Export each output of the contract, secret ones as secrets, and `given`: which of them there are.

    `given` is made here, of the values themselves: no component can give it, lose it or have it differ from
    them. Nothing else exports anything.

    What can be seen at preview is refused there: a name that is missing or unknown, a value that is known
    and wrong. What becomes known at `up` is checked then.

    Args:
        values: a value, an Output or None for each field of `Outputs` but `given`.
        environment: the stack's name, for messages.

    Raises:
        pulumi.RunError: a name is missing or unknown, or is `given`; one sentence that names it.
    """
    _require_names(values)
    given = [name for name, value in values.items() if value is not None]
    checked = {name: _checked(name, values[name]) for name in given} | {"given": given}
    for name, value in checked.items():
        pulumi.export(name, pulumi.Output.secret(value) if name in SECRET_FIELDS else value)
    for name in values.keys() - given:
        pulumi.export(name, None)
    # Not reached when a value alone does not fit: that has been said.
    pulumi.Output.all(**checked).apply(lambda known: _require_contract(known, environment))


def absent_outputs(cloud: Cloud) -> dict[str, None]:
    """Return the fields of a cloud that the configuration leaves out: None for each."""
    return {name: None for name in Outputs.model_fields if name.startswith(f"{cloud}_")}


def _require_names(values: Mapping[str, Any]) -> None:
    for name in Outputs.model_fields:
        if name not in values and name != "given":
            raise pulumi.RunError(
                f"The program exports no {name!r}, which app/terms/outputs.py lists: "
                "the component of that cloud must give it (None where there is none)."
            )
    if "given" in values:
        raise pulumi.RunError(
            "The program exports 'given', which infra/exports.py makes of the other outputs: leave it out."
        )
    for name in values:
        if name not in Outputs.model_fields:
            raise pulumi.RunError(
                f"The program exports {name!r}, which app/terms/outputs.py does not list: add it there first."
            )


def _checked(name: str, value: Any) -> pulumi.Output[Any]:
    def require(known: Any) -> Any:
        try:
            require_field(name, known)
        except OutputsError as error:
            raise pulumi.RunError(str(error)) from None
        return known

    return pulumi.Output.from_input(value).apply(require)


def _require_contract(known: Mapping[str, Any], environment: str) -> None:
    try:
        parse_outputs(known, environment=environment)
    except OutputsError as error:
        raise pulumi.RunError(str(error)) from None
