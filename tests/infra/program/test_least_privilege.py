"""The compiled IAM policies, enforced by moto.

moto reads no conditions, so what is limited by `s3:prefix` alone (a listing) cannot be shown here.
"""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from app.terms.permissions import PERMISSIONS
from app.terms.variables import Identity
from infra.access import iam_policy

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.emulator

BUCKET = "kb-least-privilege"
Act = Callable[["S3Client"], object]


class Case(NamedTuple):
    """Something that somebody tries, and who may."""

    name: str
    act: Act
    allowed: frozenset[Identity]


BOTH: frozenset[Identity] = frozenset({"agent", "migrator"})
AGENT: frozenset[Identity] = frozenset({"agent"})
NOBODY: frozenset[Identity] = frozenset()


def _upload_in_parts(s3: "S3Client") -> None:
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="kb/large")["UploadId"]
    s3.upload_part(Bucket=BUCKET, Key="kb/large", UploadId=upload, PartNumber=1, Body=b"x")
    s3.abort_multipart_upload(Bucket=BUCKET, Key="kb/large", UploadId=upload)


CASES = [
    Case("read", lambda s3: s3.get_object(Bucket=BUCKET, Key="kb/a.md"), BOTH),
    Case("stat", lambda s3: s3.head_object(Bucket=BUCKET, Key="kb/a.md"), BOTH),
    Case("write", lambda s3: s3.put_object(Bucket=BUCKET, Key="kb/b.md", Body=b"2"), BOTH),
    Case("write in parts", _upload_in_parts, BOTH),
    Case("list", lambda s3: s3.list_objects_v2(Bucket=BUCKET, Prefix="kb/"), BOTH),
    Case("delete", lambda s3: s3.delete_object(Bucket=BUCKET, Key="kb/old.md"), AGENT),
    Case("read outside", lambda s3: s3.get_object(Bucket=BUCKET, Key="other/x"), NOBODY),
    Case("read a neighbour", lambda s3: s3.get_object(Bucket=BUCKET, Key="kb2/x"), NOBODY),
    Case(
        "write outside", lambda s3: s3.put_object(Bucket=BUCKET, Key="other/y", Body=b"2"), NOBODY
    ),
    Case("delete outside", lambda s3: s3.delete_object(Bucket=BUCKET, Key="other/x"), NOBODY),
    Case("delete the bucket", lambda s3: s3.delete_bucket(Bucket=BUCKET), NOBODY),
    Case("drop the policy", lambda s3: s3.delete_bucket_policy(Bucket=BUCKET), NOBODY),
    Case(
        "stop versions",
        lambda s3: s3.put_bucket_versioning(
            Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}
        ),
        NOBODY,
    ),
    Case(
        "expire documents",
        lambda s3: s3.put_bucket_lifecycle_configuration(
            Bucket=BUCKET, LifecycleConfiguration={"Rules": []}
        ),
        NOBODY,
    ),
]


@pytest.fixture(scope="module")
def clients() -> Iterator[dict[Identity, "S3Client"]]:
    """Each identity's client, against a moto of their own: enforcement is global to a server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    # What the process had in a server before this one is still there: moto keeps it in its modules.
    urlopen(Request(f"{url}/moto-api/reset", method="POST")).close()  # noqa: S310 - loopback
    try:
        root = _client(url, "s3", "root", "root")
        root.create_bucket(Bucket=BUCKET)
        for key in ("kb/a.md", "kb2/x", "other/x"):
            root.put_object(Bucket=BUCKET, Key=key, Body=b"1")
        made = {identity: _user(url, identity) for identity in PERMISSIONS}
        _enforce(url, from_now=True)
        yield made
    finally:
        _enforce(url, from_now=False)
        server.stop()


@pytest.mark.parametrize("identity", ["agent", "migrator"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_identity_can_do_what_it_may_and_nothing_else(
    case: Case, identity: Identity, clients: dict[Identity, "S3Client"]
) -> None:
    if identity in case.allowed:
        case.act(clients[identity])
    else:
        with pytest.raises(ClientError, match=r"AccessDenied|Forbidden"):
            case.act(clients[identity])


def _user(url: str, identity: Identity) -> "S3Client":
    iam = _client(url, "iam", "root", "root")
    iam.create_user(UserName=identity)
    policy = iam_policy(identity, bucket_arn=f"arn:aws:s3:::{BUCKET}", prefix="kb/")
    iam.put_user_policy(UserName=identity, PolicyName="may", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=identity)["AccessKey"]
    client: S3Client = _client(url, "s3", key["AccessKeyId"], key["SecretAccessKey"])
    return client


def _client(url: str, service: Any, key: str, secret: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )


def _enforce(url: str, *, from_now: bool) -> None:
    body = b"0" if from_now else b"inf"
    # As a form, moto would take the body for a field's name.
    request = Request(f"{url}/moto-api/reset-auth", body, {"Content-Type": "text/plain"})  # noqa: S310 - loopback
    with urlopen(request) as answer:  # noqa: S310 - loopback
        answer.read()
