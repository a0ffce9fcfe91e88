"""The real engine brings an unmodified program up on the local cloud."""

import pytest
from botocore.exceptions import ClientError

from tests.infra.local_cloud.conftest import RESOURCES, Deployment

pytestmark = [pytest.mark.engine, pytest.mark.emulator, pytest.mark.timeout(600)]

BUCKET = "kb-documents"


def test_a_second_up_changes_nothing_and_a_refresh_finds_no_drift(deployment: Deployment) -> None:
    assert deployment.up() == {"same": RESOURCES + 1}
    assert deployment.refresh() == {"same": RESOURCES + 1}


def test_an_up_prints_no_warning_and_no_secret(deployment: Deployment) -> None:
    secrets = [deployment.outputs()[name] for name in ("secret_access_key", "account_key")]
    done = deployment.pulumi("up", "--yes", "--skip-preview")

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

    assert deployment.refresh()["delete"] == 7  # the bucket and its six parts
    assert deployment.up()["create"] == 7
    assert deployment.up() == {"same": RESOURCES + 1}


LIFECYCLE = {"Rules": [{"ID": "x", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}]}
ACCESS = {"BlockPublicAcls": False}
DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'


def test_whatever_somebody_changed_in_aws_is_found_by_refresh_and_repaired(
    deployment: Deployment,
) -> None:
    s3, iam, outputs = deployment.aws("s3"), deployment.aws("iam"), deployment.outputs()
    user, role = _user(deployment), outputs["role"]
    (user_policy,) = iam.list_user_policies(UserName=user)["PolicyNames"]
    s3.delete_bucket_tagging(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration=LIFECYCLE)
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration=ACCESS)
    iam.update_role(RoleName=role, MaxSessionDuration=3600)
    iam.put_user_policy(UserName=user, PolicyName=user_policy, PolicyDocument=DENY)
    s3.delete_bucket_policy(Bucket=BUCKET)
    s3.delete_bucket_encryption(Bucket=BUCKET)
    s3.delete_bucket_ownership_controls(Bucket=BUCKET)
    iam.delete_access_key(UserName=user, AccessKeyId=outputs["access_key_id"])

    found = deployment.refresh()
    repaired = deployment.up()
    assert (found["update"], found["delete"]) == (6, 4)
    assert (repaired["update"], repaired["create"]) == (6, 4)
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert len(s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]) == 2
    assert iam.get_role(RoleName=role)["Role"]["MaxSessionDuration"] == 7200
    assert deployment.refresh() == {"same": RESOURCES + 1}


def test_whatever_somebody_changed_in_azure_is_found_by_refresh_and_repaired(
    deployment: Deployment,
) -> None:
    plane, outputs = deployment.plane, deployment.outputs()
    container = deployment.blobs().get_container_client("knowledge")
    container.set_container_metadata({"x": "y"})
    plane.change(outputs["service_id"], isVersioningEnabled=False, changeFeed={"enabled": True})
    plane.delete(f"{outputs['account_id']}/managementPolicies/default")

    found = deployment.refresh()
    repaired = deployment.up()
    service = (plane.get(outputs["service_id"]) or {})["inputs"]
    assert (found["update"], found["delete"]) == (2, 1)
    assert (repaired["update"], repaired["create"]) == (2, 1)
    assert service["isVersioningEnabled"] is True
    assert "changeFeed" not in service
    assert container.get_container_properties().metadata == {}


def _user(deployment: Deployment) -> str:
    (user,) = deployment.aws("iam").list_users()["Users"]
    return str(user["UserName"])


def test_a_full_bucket_is_deleted_only_where_the_program_says_so(deployment: Deployment) -> None:
    deployment.change(bucket={"force_destroy": False})
    deployment.up()
    s3 = deployment.aws("s3")
    s3.put_object(Bucket=BUCKET, Key="kb/a.md", Body=b"one")
    s3.put_object(Bucket=BUCKET, Key="kb/a.md", Body=b"two")
    s3.put_object(Bucket=BUCKET, Key="kb/gone.md", Body=b"three")
    s3.delete_object(Bucket=BUCKET, Key="kb/gone.md")
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
