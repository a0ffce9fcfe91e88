"""The real engine brings an unmodified program up on the local cloud."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.infra.local_cloud.conftest import RESOURCES, Deployment

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(600)]

BUCKET = "kb-documents"


def test_a_second_up_changes_nothing_and_a_refresh_finds_no_drift(deployment: Deployment) -> None:
    assert deployment.up() == {"same": RESOURCES + 1}
    assert deployment.refresh() == {"same": RESOURCES + 1}
    assert deployment.pulumi("preview", "--expect-no-changes").code == 0


def test_an_up_prints_no_warning_and_no_secret(deployment: Deployment) -> None:
    secrets = [deployment.outputs()[name] for name in ("secret_access_key", "account_key")]
    done = deployment.pulumi("up", "--yes")

    assert done.code == 0
    assert done.err == ""
    assert "warning" not in done.out.lower()
    assert not any(secret in done.out for secret in secrets)


def test_the_outputs_lead_to_the_emulators_and_their_credentials_work(
    deployment: Deployment,
) -> None:
    outputs = deployment.outputs()

    assert outputs["account"] == "123456789012"
    assert (outputs["region"], outputs["partition"]) == ("us-east-1", "aws")
    assert (
        outputs["account_url"] == f"{deployment.blobs().url}/".replace("//", "//").rstrip("/") + "/"
    )
    assert outputs["endpoint"] == deployment.environment["AWS_ENDPOINT_URL_S3"]
    keys = deployment.aws("iam").list_access_keys(UserName=_user(deployment))["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in keys] == [outputs["access_key_id"]]


def test_a_bucket_that_somebody_deleted_is_drift_and_is_made_again(deployment: Deployment) -> None:
    deployment.aws("s3").delete_bucket(Bucket=BUCKET)
    found = deployment.refresh()
    repaired = deployment.up()

    assert found["delete"] == 7  # the bucket and its six parts
    assert repaired["create"] == 7
    assert deployment.aws("s3").get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert deployment.up() == {"same": RESOURCES + 1}


def test_a_plain_up_makes_again_what_is_gone_without_a_refresh(deployment: Deployment) -> None:
    deployment.blobs().get_container_client("knowledge").delete_container()
    deployment.aws("s3").delete_bucket(Bucket=BUCKET)
    assert deployment.pulumi("preview", "--expect-no-changes").code != 0
    deployment.up()

    assert deployment.blobs().get_container_client("knowledge").exists()
    assert deployment.aws("s3").get_bucket_tagging(Bucket=BUCKET)["TagSet"] == [
        {"Key": "a", "Value": "b"}
    ]
    assert deployment.up() == {"same": RESOURCES + 1}


LIFECYCLE = {"Rules": [{"ID": "x", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}]}
FULL = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}}
DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        (
            "s3",
            "put_bucket_versioning",
            {"Bucket": BUCKET, "VersioningConfiguration": {"Status": "Suspended"}},
        ),
        (
            "s3",
            "put_bucket_lifecycle_configuration",
            {"Bucket": BUCKET, "LifecycleConfiguration": LIFECYCLE},
        ),
        ("s3", "delete_bucket_policy", {"Bucket": BUCKET}),
        ("s3", "delete_bucket_encryption", {"Bucket": BUCKET}),
        ("s3", "delete_bucket_ownership_controls", {"Bucket": BUCKET}),
        ("s3", "put_public_access_block", {"Bucket": BUCKET, **FULL}),
        ("s3", "delete_bucket_tagging", {"Bucket": BUCKET}),
        ("iam", "update_role", {"RoleName": "ROLE", "MaxSessionDuration": 3600}),
        ("iam", "tag_role", {"RoleName": "ROLE", "Tags": [{"Key": "c", "Value": "d"}]}),
        (
            "iam",
            "put_user_policy",
            {"UserName": "USER", "PolicyName": "POLICY", "PolicyDocument": DENY},
        ),
        ("iam", "delete_access_key", {"UserName": "USER", "AccessKeyId": "KEY"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_somebody_changed_in_aws_is_found_by_refresh_and_repaired(
    service: str, call: str, arguments: dict[str, Any], deployment: Deployment
) -> None:
    names = {
        "ROLE": deployment.outputs()["role"],
        "USER": (user := _user(deployment)),
        "KEY": deployment.outputs()["access_key_id"],
        "POLICY": deployment.aws("iam").list_user_policies(UserName=user)["PolicyNames"][0],
    }
    asked = {
        key: names.get(value, value) if isinstance(value, str) else value
        for key, value in arguments.items()
    }
    getattr(deployment.aws(service), call)(**asked)
    found = deployment.refresh()
    repaired = deployment.up()

    assert found["same"] == RESOURCES
    assert repaired["same"] == RESOURCES
    assert deployment.refresh() == {"same": RESOURCES + 1}


def test_metadata_that_somebody_gave_a_container_is_found_and_repaired(
    deployment: Deployment,
) -> None:
    container = deployment.blobs().get_container_client("knowledge")
    container.set_container_metadata({"x": "y"})
    found = deployment.refresh()
    deployment.up()

    assert found["update"] == 1
    assert container.get_container_properties().metadata == {}


def test_what_somebody_changed_in_arm_is_found_by_refresh_and_repaired(
    deployment: Deployment,
) -> None:
    service = deployment.outputs()["service_id"]
    deployment.plane.change(service, isVersioningEnabled=False, changeFeed={"enabled": True})
    found = deployment.refresh()
    repaired = deployment.up()
    record = deployment.plane.get(service)

    assert found["update"] == 1
    assert repaired["update"] == 1
    assert record is not None
    assert record["inputs"]["isVersioningEnabled"] is True
    assert "changeFeed" not in record["inputs"]


def test_what_somebody_deleted_in_arm_is_found_by_refresh_and_repaired(
    deployment: Deployment,
) -> None:
    service = deployment.outputs()["service_id"]
    deployment.plane.delete(service)
    # The container lies beneath the service's id, and its record with it; its documents do not.
    found = deployment.refresh()
    deployment.up()

    assert found["delete"] >= 1
    assert deployment.plane.get(service) is not None
    assert deployment.blobs().get_container_client("knowledge").exists()


def _user(deployment: Deployment) -> str:
    (user,) = deployment.aws("iam").list_users()["Users"]
    return str(user["UserName"])


def test_a_full_bucket_is_deleted_only_where_the_program_says_so(deployment: Deployment) -> None:
    deployment.change(bucket={"force_destroy": False})
    deployment.up()
    s3 = deployment.aws("s3")
    s3.put_object(Bucket=BUCKET, Key="kb/a.md", Body=b"one")
    s3.put_object(Bucket=BUCKET, Key="kb/a.md", Body=b"two")
    refused = deployment.destroy()
    assert refused.code != 0
    assert "BucketNotEmpty" in refused.text
    assert s3.get_object(Bucket=BUCKET, Key="kb/a.md")["Body"].read() == b"two"

    deployment.change()
    deployment.up()
    assert deployment.destroy().code == 0
    with pytest.raises(ClientError):
        s3.head_bucket(Bucket=BUCKET)


def test_a_destroy_leaves_the_emulators_and_the_control_plane_empty(deployment: Deployment) -> None:
    deployment.blobs().get_blob_client("knowledge", "kb/a.md").upload_blob(b"text")
    done = deployment.destroy()

    assert done.code == 0, done.text
    assert deployment.aws("s3").list_buckets()["Buckets"] == []
    assert deployment.aws("iam").list_users()["Users"] == []
    assert deployment.aws("iam").list_roles()["Roles"] == []
    assert list(deployment.blobs().list_containers()) == []
    assert deployment.plane.ids() == []
