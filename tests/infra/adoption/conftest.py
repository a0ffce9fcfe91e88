"""The program, brought up by the real engine over a bucket and an account that somebody else made."""

import io
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from app.cli import run
from infra import engine, stacks
from infra.local_cloud import servers
from infra.local_cloud.emulators import FAKE_GCS
from infra.local_cloud.gcp.schemas import BUCKET as GOOGLE_BUCKET_TOKEN
from infra.local_cloud.gcp.storage import Buckets, new_session
from tests.conftest import ended_with_this_process
from tests.infra.local_cloud.conftest import STACK, Deployment, pulumi_engine

__all__ = ["pulumi_engine"]

PROJECT = Path(__file__).resolve().parents[3]
BUCKET, ACCOUNT, CONTAINER = "their-documents", "theiraccount", "their-container"
GOOGLE_BUCKET, BILLING = "their-documents-too", "0A1B2C-3D4E5F-6A7B8C"
GROUP_ID = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/their-group"
ACCOUNT_ID = f"{GROUP_ID}/providers/Microsoft.Storage/storageAccounts/{ACCOUNT}"
DOCUMENTS = {"kb/a.md": b"one", "kb/b/c.md": "기록".encode(), "others/d.md": b"not ours"}
THEIR_RULE = {
    "ID": "theirs",
    "Status": "Enabled",
    "Filter": {"Prefix": "logs/"},
    "Expiration": {"Days": 7},
}
ADOPT = {
    "aws_bucket": BUCKET,
    "azure_resource_group": "their-group",
    "azure_account": ACCOUNT,
    "azure_container": CONTAINER,
    "gcp_bucket": GOOGLE_BUCKET,
}


@dataclass(frozen=True, slots=True)
class Adopted(Deployment):
    """The program's stack over what is there."""

    def configure(self, **settings: Any) -> None:
        """Write the environment's file: disposable, so that `down` is not refused."""
        usual = {"clouds": ["aws", "azure", "gcp"], "watch": {"emails": ["us@example.com"]}}
        ours = {"disposable": True, "adopt": ADOPT, **usual, **settings}
        if "gcp" in ours["clouds"]:
            ours["gcp_billing_account"] = BILLING
        config = {f"knowledge-base-cloud:{name}": value for name, value in ours.items()}
        config |= {"aws:region": "us-east-1", "azure-native:location": "westeurope"}
        config |= {"gcp:project": "kb-local"}
        salt = yaml.safe_load((PROJECT / "Pulumi.local.yaml").read_text())["encryptionsalt"]
        written = yaml.safe_dump({"encryptionsalt": salt, "config": config})
        (self.folder / f"Pulumi.{STACK}.yaml").write_text(written)

    def documents(self) -> dict[str, tuple[bytes, bytes]]:
        """The bytes of each document in the bucket and in the container."""
        s3, container = self.aws("s3"), self.blobs().get_container_client(CONTAINER)
        return {
            key: (
                s3.get_object(Bucket=BUCKET, Key=key)["Body"].read(),
                container.download_blob(key).readall(),
            )
            for key in DOCUMENTS
        }

    def theirs(self) -> dict[str, Any]:
        """Everything that is theirs: documents, what is set on the bucket, what the account is."""
        s3 = self.aws("s3")
        found: dict[str, Any] = {
            "documents": self.documents(),
            "account": self.plane.get(ACCOUNT_ID),
            "group": self.plane.get(GROUP_ID),
            "google bucket": self.google_buckets().get(GOOGLE_BUCKET),
            "what is recorded of it": self.plane.get(GOOGLE_BUCKET),
        }
        for name in (
            "tagging",
            "versioning",
            "encryption",
            "ownership_controls",
            "policy",
            "lifecycle_configuration",
        ):
            try:
                answer = getattr(s3, f"get_bucket_{name}")(Bucket=BUCKET)
                found[name] = {key: it for key, it in answer.items() if key != "ResponseMetadata"}
            except ClientError:
                found[name] = None
        return found

    def google_buckets(self) -> Buckets:
        """The buckets of fake-gcs-server."""
        url = servers.endpoints(STACK, root=self.root).gcs_url
        return Buckets(url, new_session())

    def plan(self) -> list[dict[str, Any]]:
        """The differences that `kb adopt plan --json` names, as the environment is configured now."""
        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
            patch.setattr(stacks, "PROJECT", self.folder)
            patch.setenv("KB_STATE_DIR", str(self.root))
            assert run(["adopt", "plan", "-s", STACK, "--json"]) == 0
        found: list[dict[str, Any]] = json.loads(said.getvalue())["differences"]
        return found

    def make_theirs(self) -> None:
        """Make what is to be adopted, as somebody else would have it."""
        s3 = self.aws("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_tagging(
            Bucket=BUCKET, Tagging={"TagSet": [{"Key": "owner", "Value": "them"}]}
        )
        s3.put_bucket_lifecycle_configuration(
            Bucket=BUCKET, LifecycleConfiguration={"Rules": [THEIR_RULE]}
        )
        place = {"resourceGroupName": "their-group", "location": "westeurope"}
        self.plane.set(GROUP_ID, _record("resources:ResourceGroup", place))
        account = {"accountName": ACCOUNT, "kind": "StorageV2", "sku": {"name": "Standard_GRS"}}
        settings = {"minimumTlsVersion": "TLS1_0", "allowBlobPublicAccess": True}
        self.plane.set(ACCOUNT_ID, _record("storage:StorageAccount", place | account | settings))
        self.google_buckets().create(GOOGLE_BUCKET, versioning=False)
        bucket = {"name": GOOGLE_BUCKET, "location": "EU", "uniformBucketLevelAccess": True}
        self.plane.set(GOOGLE_BUCKET, {"type": GOOGLE_BUCKET_TOKEN, "inputs": bucket})
        container = self.blobs().create_container(CONTAINER, metadata={"owner": "them"})
        for key, content in DOCUMENTS.items():
            s3.put_object(Bucket=BUCKET, Key=key, Body=content)
            container.upload_blob(key, content)


def _record(token: str, inputs: dict[str, Any]) -> dict[str, Any]:
    return {"type": f"azure-native:{token}", "inputs": inputs, "outputs": inputs}


@pytest.fixture(scope="module")
def deployed(
    tmp_path_factory: pytest.TempPathFactory, pulumi_engine: engine.Engine
) -> Iterator[Adopted]:
    """The program's stack, not up yet, beside what somebody else made."""
    root, folder = tmp_path_factory.mktemp("local-cloud"), tmp_path_factory.mktemp("project")
    described = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())
    described["runtime"]["options"]["virtualenv"] = sys.prefix
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(described))
    shutil.copytree(PROJECT / "infra", folder / "infra")
    (folder / "state").mkdir()
    made = Adopted(folder, root, pulumi_engine)
    made.configure()
    with ended_with_this_process(STACK, root):
        servers.start(STACK, root=root, names=(*servers.NAMES, FAKE_GCS))
        made.make_theirs()
        assert made.pulumi("stack", "init").code == 0
        yield made


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstUp:
    """What the first `up` did, what was planned for it, and what was theirs before and after."""

    planned: list[dict[str, Any]]
    before: dict[str, Any]
    after: dict[str, Any]
    changes: dict[str, int]
    outputs: dict[str, Any]
    resources: list[dict[str, Any]]


@pytest.fixture(scope="module")
def first_up(deployed: Adopted) -> FirstUp:
    """Versions and lifecycle are named to be changed."""
    deployed.configure(adopt={**ADOPT, "change": ["versions", "lifecycle"]})
    planned, before = deployed.plan(), deployed.theirs()
    changes = deployed.up()
    exported = json.loads(deployed.pulumi("stack", "export").out)
    return FirstUp(
        planned=planned,
        before=before,
        after=deployed.theirs(),
        changes=changes,
        outputs=deployed.outputs(),
        resources=exported["deployment"]["resources"],
    )


@pytest.fixture
def adopted(deployed: Adopted, first_up: FirstUp) -> Adopted:
    """The program's stack, after its first `up` and whatever came later."""
    return deployed
