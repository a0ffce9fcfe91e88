"""One field of an environment's outputs is wrong: whoever starts says which, in one sentence."""

import re
from pathlib import Path

import pytest

from app.environment import Environments
from app.terms.outputs import Outputs, OutputsError, parse_outputs
from tests.terms.mutations import MUTATIONS, Mutation, full_outputs, is_of_another_type, mutated

FULL = full_outputs()


def test_an_environment_with_every_field_starts(tmp_path: Path) -> None:
    read = lambda environment: parse_outputs(FULL, environment=environment)  # noqa: E731 - said once

    settings = Environments(read, {}, tmp_path).settings("full")

    assert settings.aws_bucket_name == FULL["aws_bucket"]


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
@pytest.mark.parametrize("name", Outputs.model_fields)
def test_a_field_that_is_wrong_is_named_and_no_other_is(
    name: str, mutate: Mutation, tmp_path: Path
) -> None:
    values, names = mutated(FULL, name, mutate)

    def read(environment: str) -> Outputs:
        return parse_outputs(values, environment=environment)

    with pytest.raises(OutputsError) as raised:
        Environments(read, {}, tmp_path).settings("full")

    message = str(raised.value)
    said = message.removeprefix("The outputs of environment 'full' ")
    words = set(re.findall(r"\w+", said))
    assert words & {*FULL, *values} in ({name}, names)
    assert message.endswith(". Run: kb up -s full")
    assert "\n" not in message


@pytest.mark.parametrize("name", [name for name in FULL if name != "given"])
def test_a_field_that_the_environment_was_not_given_is_named(name: str) -> None:
    values = {**FULL, "given": [it for it in FULL["given"] if it != name]}

    with pytest.raises(OutputsError, match=rf"fit: {name} is there"):
        parse_outputs(values, environment="full")


@pytest.mark.parametrize("given", [7, "all", [7], [{}], {}])
def test_names_that_are_no_names_are_said(given: object) -> None:
    with pytest.raises(OutputsError, match=r"fit: .*given"):
        parse_outputs({**FULL, "given": given}, environment="full")


@pytest.mark.parametrize("name", Outputs.model_fields)
def test_no_value_is_in_the_sentence(name: str) -> None:
    values, _ = mutated(FULL, name, is_of_another_type)

    with pytest.raises(OutputsError) as raised:
        parse_outputs(values, environment="full")

    assert name == "schema_version" or "another type" not in str(raised.value)
