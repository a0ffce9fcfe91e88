"""The compiled IAM policies, enforced by moto: what the evaluator says, an independent one says, too.

moto reads no conditions, so what is limited by `s3:prefix` alone (a listing) cannot be shown here.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from app.terms.permissions import PERMISSIONS, Migration
from app.terms.variables import Identity
from infra.access import iam_policy
from tests.infra.access import work
from tests.infra.access.work import Desk

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.emulator

BUCKET = "kb-least-privilege"
Act = Callable[["S3Client"], object]


ROLLS_BACK: Final = "rollback"
"""The migrator's user while a migration may be taken back."""


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


NEEDS: Final[dict[str, Act]] = {
    "s3:GetObject": lambda s3: s3.get_object(Bucket=BUCKET, Key="kb/a.md"),
    "s3:PutObject": lambda s3: s3.put_object(Bucket=BUCKET, Key="kb/b.md", Body=b"2"),
    "s3:AbortMultipartUpload": lambda s3: s3.abort_multipart_upload(
        Bucket=BUCKET, Key="kb/a.md", UploadId="any"
    ),
    "s3:ListBucket": lambda s3: s3.list_objects_v2(Bucket=BUCKET, Prefix="kb/"),
    "s3:DeleteObject": lambda s3: s3.delete_object(Bucket=BUCKET, Key="kb/old.md"),
}
"""A call that needs each action that is granted."""


@dataclass(frozen=True, slots=True)
class Users:
    """IAM users of a moto that looks at their policies; their keys are made before it does."""

    url: str
    keys: dict[str, dict[str, str]]

    def client(self, name: str) -> "S3Client":
        """Return S3 as a user sees it."""
        key = self.keys[name]
        client: S3Client = _client(
            self.url, "s3", key["AWS_ACCESS_KEY_ID"], key["AWS_SECRET_ACCESS_KEY"]
        )
        return client

    def desk(self, name: str, folder: Path) -> Desk:
        """Return where a user works."""
        url = f"s3://{BUCKET}/kb?endpoint_url={self.url}&region=us-east-1"
        return Desk(url, self.keys[name], folder, Desk(url, self.keys["agent"], folder))


@pytest.fixture(scope="module")
def users() -> Iterator[Users]:
    """A user per identity and per action left out, in a moto of their own: it enforces for all or none."""
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
        keys: dict[str, dict[str, str]] = {
            identity: _key(url, identity, _policy(identity)) for identity in PERMISSIONS
        }
        keys[ROLLS_BACK] = _key(url, ROLLS_BACK, _policy("migrator", migration="rollback"))
        for action in NEEDS:
            without = f"without-{action.partition(':')[2]}"
            keys[without] = _key(url, without, _policy("agent", without=action))
        _enforce(url, from_now=True)
        yield Users(url, keys)
    finally:
        _enforce(url, from_now=False)
        server.stop()


@pytest.mark.parametrize("identity", ["agent", "migrator"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_identity_can_do_what_it_may_and_nothing_else(
    case: Case, identity: Identity, users: Users
) -> None:
    if identity in case.allowed:
        case.act(users.client(identity))
    else:
        with pytest.raises(ClientError, match=r"AccessDenied|Forbidden"):
            case.act(users.client(identity))


@pytest.mark.parametrize("action", NEEDS)
def test_without_any_one_action_its_call_is_refused(action: str, users: Users) -> None:
    without = users.client(f"without-{action.partition(':')[2]}")

    with pytest.raises(ClientError, match=r"AccessDenied|Forbidden"):
        NEEDS[action](without)


def test_every_action_has_a_call_that_needs_it() -> None:
    assert NEEDS.keys() == _actions(_policy("agent"))


def test_the_agent_does_all_its_work_under_its_policy(users: Users, tmp_path: Path) -> None:
    work.be_the_agent(users.desk("agent", tmp_path))


def test_a_migration_may_be_taken_back_only_while_that_is_let_in(
    users: Users, tmp_path: Path
) -> None:
    work.migrate(users.desk("migrator", tmp_path))

    sides = ["--source", str(tmp_path / "source"), "--to", users.desk("migrator", tmp_path).url]
    assert users.desk("migrator", tmp_path).kb("migrate", "rollback", *sides, "--yes") == 1
    work.roll_back(users.desk(ROLLS_BACK, tmp_path))


def _policy(
    identity: Identity, *, migration: Migration = "open", without: str | None = None
) -> dict[str, Any]:
    policy = iam_policy(
        identity, bucket_arn=f"arn:aws:s3:::{BUCKET}", prefix="kb/", migration=migration
    )
    for statement in policy["Statement"]:
        statement["Action"] = [it for it in statement["Action"] if it != without]
    policy["Statement"] = [it for it in policy["Statement"] if it["Action"]]
    return policy


def _actions(policy: dict[str, Any]) -> set[str]:
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def _key(url: str, name: str, policy: dict[str, Any]) -> dict[str, str]:
    iam = _client(url, "iam", "root", "root")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="may", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


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
