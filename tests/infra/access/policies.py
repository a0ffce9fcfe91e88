"""What each identity is granted in the place where calls were recorded, and the decision about a call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from app.terms.permissions import Migration
from app.terms.variables import Identity
from infra.access import (
    gcs_condition,
    gcs_permissions,
    iam_policy,
    rbac_condition,
    rbac_permissions,
    tls_only_policy,
)
from infra.access.evaluate import (
    Assignment,
    Binding,
    Call,
    Caller,
    Decision,
    judge_google,
    judge_iam,
    judge_rbac,
)
from tests.infra.access.recording import ACCOUNT_ID, BUCKET, KEY_ARN, PREFIX

ROLE: Final = Caller(arn="arn:aws:iam::123456789012:role/kb-recorded", account="123456789012")
CONTAINER_ID: Final = f"{ACCOUNT_ID}/blobServices/default/containers/{BUCKET}"


@dataclass(frozen=True, slots=True)
class Who:
    """An identity while a migration is let in so far."""

    identity: Identity
    migration: Migration
    recorded: tuple[str, ...]
    """Which parts of a recording are its work."""

    def __str__(self) -> str:
        return self.identity if self.identity == "agent" else f"migrator, {self.migration}"


AGENT: Final = Who("agent", "closed", ("agent", "checklist"))
MIGRATOR: Final = Who("migrator", "open", ("migrator",))
UNDOER: Final = Who("migrator", "rollback", ("migrator", "rollback", "checklist"))
EVERYBODY: Final = (AGENT, MIGRATOR, UNDOER)

Judge = Callable[[Call], Decision]


@dataclass(frozen=True, slots=True)
class Grant:
    """How a cloud says what somebody may do.

    Attributes:
        actions: that are granted.
        judge: returns the judge of calls, with an action left out of the grant.
        unbound: returns the judge of calls where the grant is not limited to the prefix.
    """

    actions: Callable[[Who], list[str]]
    judge: Callable[[Who, str | None], Judge]
    unbound: Callable[[Who], Judge]


def _iam(who: Who, without: str | None = None, prefix: str = PREFIX) -> dict[str, Any]:
    policy = iam_policy(
        who.identity,
        bucket_arn=f"arn:aws:s3:::{BUCKET}",
        prefix=prefix,
        key_arn=KEY_ARN,
        migration=who.migration,
    )
    for statement in policy["Statement"]:
        statement["Action"] = [it for it in statement["Action"] if it != without]
    return policy


def _iam_actions(who: Who) -> list[str]:
    return [it for statement in _iam(who)["Statement"] for it in statement["Action"]]


def _iam_judge(who: Who, without: str | None, prefix: str = PREFIX) -> Judge:
    mine, buckets = _iam(who, without, prefix), tls_only_policy(f"arn:aws:s3:::{BUCKET}")

    def judge(call: Call) -> Decision:
        secure = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
        asked = Call(action=call.action, resource=call.resource, context={**secure, **call.context})
        return judge_iam(asked, caller=ROLE, identity=[mine], resource=[buckets])

    return judge


def _rbac_actions(who: Who) -> list[str]:
    (permission,) = rbac_permissions(who.identity, migration=who.migration)
    return permission["data_actions"]


def _rbac_judge(who: Who, without: str | None, prefix: str = PREFIX) -> Judge:
    (permission,) = rbac_permissions(who.identity, migration=who.migration)
    left = [it for it in permission["data_actions"] if it != without]
    role = Assignment(
        scope=CONTAINER_ID,
        permissions=[{**permission, "data_actions": left}],
        condition=rbac_condition(who.identity, prefix=prefix, migration=who.migration),
    )

    def judge(call: Call) -> Decision:
        # Only what is done to blobs is done to data: resources of Azure are another plane.
        data = "/blobs" in call.action
        return judge_rbac(call, [role], data=data)

    return judge


def _google_actions(who: Who) -> list[str]:
    return gcs_permissions(who.identity, migration=who.migration)


def _google_judge(who: Who, without: str | None, prefix: str = PREFIX) -> Judge:
    binding = Binding(
        resource=f"projects/_/buckets/{BUCKET}",
        permissions=[it for it in _google_actions(who) if it != without],
        condition=gcs_condition(who.identity, bucket=BUCKET, prefix=prefix),
    )
    return lambda call: judge_google(call, [binding])


GRANTS: Final[Mapping[str, Grant]] = {
    "aws": Grant(_iam_actions, _iam_judge, partial(_iam_judge, without=None, prefix="")),
    "azure": Grant(_rbac_actions, _rbac_judge, partial(_rbac_judge, without=None, prefix="")),
    "gcp": Grant(_google_actions, _google_judge, partial(_google_judge, without=None, prefix="")),
}
