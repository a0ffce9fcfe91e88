"""Drift of who may do what on AWS."""

import json
from typing import Any

from tests.e2e.drift.clouds import Clouds, Undo
from tests.e2e.drift.table import Table

IAM = Table()

DOCUMENTS = "policy.Statement[Documents]"


@IAM.enter("a role policy widened", ("RolePolicy", f"{DOCUMENTS}.Action", "extra", "safety"))
def _(clouds: Clouds) -> Undo:
    return clouds.edit_role_policy(
        lambda policy: policy["Statement"][0]["Action"].append("s3:DeleteObjectVersion")
    )


@IAM.enter("a role policy narrowed", ("RolePolicy", f"{DOCUMENTS}.Action", "removed", "agent"))
def _(clouds: Clouds) -> Undo:
    return clouds.edit_role_policy(
        lambda policy: policy["Statement"][0]["Action"].remove("s3:PutObject")
    )


@IAM.enter("a statement for everything", ("RolePolicy", "policy.Statement[All]", "extra", "safety"))
def _(clouds: Clouds) -> Undo:
    everything = {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}
    return clouds.edit_role_policy(lambda policy: policy["Statement"].append(everything))


@IAM.enter(
    "the condition of a listing dropped",
    ("RolePolicy", "policy.Statement[Listing].Condition", "removed", "safety"),
)
def _(clouds: Clouds) -> Undo:
    return clouds.edit_role_policy(lambda policy: policy["Statement"][1].pop("Condition"))


@IAM.enter("a role policy deleted", ("RolePolicy", "", "deleted", "agent"))
def _(clouds: Clouds) -> Undo:
    undo = clouds.edit_role_policy(lambda _: None)
    (name,) = clouds.iam.list_role_policies(RoleName=clouds.role)["PolicyNames"]
    clouds.iam.delete_role_policy(RoleName=clouds.role, PolicyName=name)
    return undo


@IAM.enter(
    "somebody else trusted",
    ("Role", "assumeRolePolicy.Statement[Principals].Principal.AWS", "extra", "safety"),
)
def _(clouds: Clouds) -> Undo:
    before = clouds.iam.get_role(RoleName=clouds.role)["Role"]["AssumeRolePolicyDocument"]
    after = json.loads(json.dumps(before))
    principal = after["Statement"][0]["Principal"]
    trusted = principal["AWS"] if isinstance(principal["AWS"], list) else [principal["AWS"]]
    principal["AWS"] = [*trusted, "arn:aws:iam::210987654321:root"]

    def put(document: Any) -> object:
        return clouds.iam.update_assume_role_policy(
            RoleName=clouds.role, PolicyDocument=json.dumps(document)
        )

    put(after)
    return lambda: put(before)


@IAM.enter("a policy attached to a role", ("Role", "managedPolicyArns", "extra", "safety"))
def _(clouds: Clouds) -> Undo:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    made = clouds.iam.create_policy(
        PolicyName="theirs",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )["Policy"]
    place = {"RoleName": clouds.role, "PolicyArn": made["Arn"]}
    clouds.iam.attach_role_policy(**place)

    def undo() -> None:
        clouds.iam.detach_role_policy(**place)
        clouds.iam.delete_policy(PolicyArn=made["Arn"])

    return undo


@IAM.enter("a role's sessions shortened", ("Role", "maxSessionDuration", "changed", "agent"))
def _(clouds: Clouds) -> Undo:
    before = clouds.iam.get_role(RoleName=clouds.role)["Role"]["MaxSessionDuration"]
    clouds.iam.update_role(RoleName=clouds.role, MaxSessionDuration=7200)
    return lambda: clouds.iam.update_role(RoleName=clouds.role, MaxSessionDuration=before)


@IAM.enter("a role described anew", ("Role", "description", "extra", "unexplained"))
def _(clouds: Clouds) -> Undo:
    clouds.iam.update_role(RoleName=clouds.role, Description="mine", MaxSessionDuration=3600)
    return lambda: clouds.iam.update_role(
        RoleName=clouds.role, Description="", MaxSessionDuration=3600
    )


@IAM.enter("a key turned off", ("AccessKey", "status", "extra", "agent"))
def _(clouds: Clouds) -> Undo:
    place = {"UserName": clouds.user, "AccessKeyId": clouds.outputs["aws_agent_access_key_id"]}
    clouds.iam.update_access_key(**place, Status="Inactive")
    return lambda: clouds.iam.update_access_key(**place, Status="Active")


@IAM.enter("a key deleted", ("AccessKey", "", "deleted", "agent"))
def _(clouds: Clouds) -> None:
    (key,) = clouds.iam.list_access_keys(UserName=clouds.user)["AccessKeyMetadata"]
    clouds.iam.delete_access_key(UserName=clouds.user, AccessKeyId=key["AccessKeyId"])


@IAM.enter(
    "a user deleted",
    ("User", "", "deleted", "agent"),
    ("UserPolicy", "", "deleted", "agent"),
    ("AccessKey", "", "deleted", "agent"),
)
def _(clouds: Clouds) -> None:
    user = clouds.user
    for key in clouds.iam.list_access_keys(UserName=user)["AccessKeyMetadata"]:
        clouds.iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
    for name in clouds.iam.list_user_policies(UserName=user)["PolicyNames"]:
        clouds.iam.delete_user_policy(UserName=user, PolicyName=name)
    clouds.iam.delete_user(UserName=user)
