"""A project on Google Cloud alone, brought up by the real engine on emulators of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import engine
from infra.local_cloud import servers
from infra.local_cloud.emulators import FAKE_GCS
from tests.infra.local_cloud.conftest import STACK, Deployment, project


@pytest.fixture(scope="module")
def emulated(
    tmp_path_factory: pytest.TempPathFactory, pulumi_engine: engine.Engine
) -> Iterator[Deployment]:
    """A deployment with nothing in it yet; its emulator ends with the module."""
    program = Path(__file__).with_name("program") / "__main__.py"
    with project(program, tmp_path_factory, pulumi_engine) as deployment:
        servers.start(STACK, root=deployment.root, names=(FAKE_GCS,))
        done = deployment.pulumi("stack", "init")
        assert done.code == 0, done.text
        yield deployment
