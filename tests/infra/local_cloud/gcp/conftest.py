"""A project on Google Cloud alone, brought up by the real engine on emulators of its own."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import engine
from infra.local_cloud import servers
from infra.local_cloud.emulators import FAKE_GCS
from tests.conftest import ended_with_this_process
from tests.infra.local_cloud.conftest import STACK, Deployment


@pytest.fixture(scope="module")
def emulated(
    tmp_path_factory: pytest.TempPathFactory, pulumi_engine: engine.Engine
) -> Iterator[Deployment]:
    """A deployment with nothing in it yet; its emulator ends with the module."""
    root = tmp_path_factory.mktemp("local-cloud")
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(Path(__file__).with_name("program") / "__main__.py", folder)
    (folder / "Pulumi.yaml").write_text(
        f"name: small\nruntime:\n  name: python\n  options:\n    virtualenv: {sys.prefix}\n"
    )
    (folder / "state").mkdir()
    deployment = Deployment(folder, root, pulumi_engine)
    with ended_with_this_process(STACK, root):
        servers.start(STACK, root=root, names=(FAKE_GCS,))
        done = deployment.pulumi("stack", "init")
        assert done.code == 0, done.text
        yield deployment
