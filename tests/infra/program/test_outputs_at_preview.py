"""One output of the program is wrong: the preview says which, in one sentence.

`given` is the one field that cannot be wrong at preview: `export_outputs` makes it of the others, and is the
only place that exports anything. The laws here and in `test_exports.py` say so; a stack's state may hold
another, which is refused where programs start (`tests/app/test_outputs_at_start.py`).
"""

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from app.terms.outputs import Outputs
from infra import engine, exports
from infra.exports import export_outputs
from tests.infra.program.recording import environment_config, run_program
from tests.terms.mutations import MUTATIONS, Mutation, full_outputs, is_missing, mutated

FULL = {name: value for name, value in full_outputs().items() if name != "given"}
OPTIONAL = ("aws_endpoint_url", "azure_access_log", "gcp_agent_workload_provider", "gcp_alarms")
"""Fields that an environment has or has not, whatever the others are."""


def of(values: dict[str, Any]) -> Callable[[], None]:
    """A program that exports these values and does nothing else."""
    return lambda: export_outputs(values, environment="test")


def test_every_field_of_the_contract_can_be_exported() -> None:
    exported = run_program({}, program=of(FULL)).exports

    assert exported == {**FULL, "given": list(FULL)}


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
@pytest.mark.parametrize("name", FULL)
def test_an_output_that_is_wrong_is_named_and_no_other_is(name: str, mutate: Mutation) -> None:
    values, names = mutated(FULL, name, mutate)

    with pytest.raises(pulumi.RunError) as raised:
        run_program({}, program=of(values))

    words = set(re.findall(r"\w+", str(raised.value)))
    # A missing one is said first: who renamed one sees the name that others read.
    assert words & {*FULL, *values} in ({name}, names)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", FULL)
def test_an_output_that_turns_out_to_be_nothing_is_named_and_no_other_is(name: str) -> None:
    def program() -> None:
        export_outputs({**FULL, name: pulumi.Output.from_input(None)}, environment="test")

    with pytest.raises(pulumi.RunError) as raised:
        run_program({}, program=program)

    said = str(raised.value).removeprefix("The outputs of environment 'test' ")
    assert set(re.findall(r"\w+", said)) & FULL.keys() == {name}
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", OPTIONAL)
def test_what_is_given_is_told_by_the_outputs_themselves(name: str) -> None:
    left = {it: None if it in OPTIONAL and it != name else value for it, value in FULL.items()}

    exported = run_program({}, program=of(left)).exports

    assert exported["given"] == [it for it in FULL if it not in OPTIONAL or it == name]


@pytest.mark.parametrize("given", [None, 7, [], list(FULL), [*FULL, "another"]])
def test_a_program_cannot_say_itself_what_is_given(given: object) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        run_program({}, program=of({**FULL, "given": given}))

    words = set(re.findall(r"\w+", str(raised.value)))
    assert words & Outputs.model_fields.keys() == {"given"}
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["prefix", "aws_region", "azure_connection_string"])
def test_a_wrong_output_is_named_although_others_are_not_known_yet(name: str) -> None:
    def program() -> None:
        values: dict[str, Any] = {other: _unknown() for other in FULL}
        export_outputs({**values, name: {"of": "another type"}}, environment="test")

    with pytest.raises(pulumi.RunError, match=f"'{name}'"):
        run_program({}, program=program)


def test_the_whole_program_fails_at_an_output_that_a_component_forgot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def forgetful(values: dict[str, Any], *, environment: str) -> None:
        export_outputs(mutated(values, "azure_container", is_missing)[0], environment=environment)

    monkeypatch.setattr(exports, "export_outputs", forgetful)

    with pytest.raises(pulumi.RunError, match="'azure_container'"):
        run_program(environment_config("dev"), environment="dev")


@pytest.mark.engine
def test_the_engine_says_it_once(tmp_path: Path) -> None:
    values = {**FULL, "aws_region": 7}
    program = (
        "from infra.exports import export_outputs\n"
        f"export_outputs({values!r}, environment='test')\n"
    )
    (tmp_path / "__main__.py").write_text(program)
    (tmp_path / "Pulumi.yaml").write_text(
        f"name: wrong\nruntime:\n  name: python\n  options:\n    virtualenv: {sys.prefix}\n"
    )

    answer = _preview(tmp_path)

    assert answer.returncode != 0
    # Above the diagnostics is the progress, which shows the same one as it comes.
    diagnostics = answer.stdout.partition("Diagnostics:")[2]
    assert diagnostics.count("aws_region") == 1
    assert "The output 'aws_region' does not fit" in diagnostics
    assert "Traceback" not in answer.stdout + answer.stderr


def _preview(folder: Path) -> subprocess.CompletedProcess[str]:
    pulumi_cli = engine.ensure(lambda _: None).bin_directory / "pulumi"
    environ = {
        "PATH": f"{pulumi_cli.parent}:{Path(sys.prefix) / 'bin'}:/usr/bin:/bin",
        "HOME": str(folder),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": folder.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PYTHONPATH": str(Path(exports.__file__).parents[1]),
    }
    for words in (("stack", "init", "test"), ("preview", "-s", "test")):
        answer = subprocess.run(
            [str(pulumi_cli), *words, "--non-interactive", "--color=never"],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
    return answer


def _unknown() -> pulumi.Output[Any]:
    def done(value: Any) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
        future.set_result(value)
        return future

    return pulumi.Output(set(), done(None), done(False))
