"""Which emulators a stack's configuration asks for."""

from pathlib import Path

import pytest

from infra.local_cloud.clouds import EMULATORS, emulators_of
from infra.settings import Settings

PROJECT = "name: any\nconfig:\n  clouds:\n    type: array\n    default: [aws, azure]\n"


@pytest.mark.parametrize(
    ("configured", "emulators"),
    [
        ("config:\n  any:clouds: [gcp]\n", ("fake-gcs-server",)),
        ("config:\n  any:clouds: [gcp, aws]\n", ("moto", "fake-gcs-server")),
        ("config:\n  other:clouds: [gcp]\n", ("moto", "azurite")),
        ("config:\n  any:clouds: [azure, ibm]\n", ("azurite",)),
        ("config:\n  any:clouds: gcp\n", ()),
        ("config: [gcp]\n", ("moto", "azurite")),
        ("config: [\n", ("moto", "azurite")),
        ("", ("moto", "azurite")),
    ],
)
def test_a_stack_has_the_emulators_of_the_clouds_that_it_names(
    configured: str, emulators: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "Pulumi.local.yaml").write_text(configured)

    assert emulators_of("local", project=tmp_path) == emulators


def test_a_stack_without_a_file_has_those_of_the_projects_defaults() -> None:
    wanted = tuple(EMULATORS[cloud] for cloud in Settings().clouds)

    assert emulators_of("local-of-nobody") == wanted
