"""What the vendors' models and their documentation refuse is refused, each constraint broken once."""

from typing import Any

import pytest

from infra.local_cloud.aws import payloads as aws
from infra.local_cloud.aws import schemas as aws_types
from infra.local_cloud.azure_native import payloads as azure
from infra.local_cloud.azure_native import schemas as azure_types
from infra.local_cloud.values import UNKNOWN
from tests.infra.local_cloud.mutations import Mutation, changed, of_aws, of_azure
from tests.infra.local_cloud.payload_examples import AWS, AZURE, IDENTITY_POLICY, TRUST, VALID

Properties = dict[str, Any]


def failures(token: str, inputs: Properties) -> list[tuple[str, str]]:
    if token in AWS:
        return aws.failures(token, inputs)
    return azure.failures(token, inputs)


def mutations() -> list[tuple[str, Mutation]]:
    found: list[tuple[str, Mutation]] = []
    for token, inputs in AWS.items():
        schema = aws_types.SCHEMAS[token]
        broken = of_aws(schema.service, schema.operation, dict(schema.members), inputs)
        found += [(token, mutation) for mutation in broken]
    for token, inputs in AZURE.items():
        model = azure_types.SCHEMAS[token].model
        if model:
            place = azure_types.SCHEMAS[token].place
            found += [
                (token, mutation)
                for mutation in of_azure(model, inputs, place=place)
                # azure-native takes the location from the configuration or the resource group.
                if mutation[0::2] != ("a member missing", "location")
            ]
    return found


MUTATIONS = mutations()


def test_the_examples_cover_every_type_that_is_served() -> None:
    assert AWS.keys() == aws_types.SCHEMAS.keys()
    assert AZURE.keys() == azure_types.SCHEMAS.keys()


@pytest.mark.parametrize("token", VALID)
def test_a_valid_payload_is_accepted(token: str) -> None:
    assert failures(token, VALID[token]) == []


@pytest.mark.parametrize(
    ("token", "mutation"),
    MUTATIONS,
    ids=[f"{token.rpartition(':')[2]}-{what}-{path}" for token, (what, _, path) in MUTATIONS],
)
def test_a_payload_with_one_constraint_broken_is_refused_at_that_place(
    token: str, mutation: Mutation
) -> None:
    _, inputs, path = mutation
    found = failures(token, inputs)

    assert any(where.startswith(path) for where, _ in found), found


@pytest.mark.parametrize("token", VALID)
def test_a_property_that_does_not_exist_is_refused_by_its_name(token: str) -> None:
    (failure,) = failures(token, VALID[token] | {"unknownProperty": 1})

    assert failure[0] == "unknownProperty"


@pytest.mark.parametrize("token", VALID)
def test_unknown_values_are_passed_over(token: str) -> None:
    assert failures(token, dict.fromkeys(VALID[token], UNKNOWN)) == []


LIFECYCLE = aws_types.LIFECYCLE
LINK = ("privateLinkServiceConnections", 0)
RULE = ("rules", 0)
POLICY = azure_types.POLICY
DEFINITION = ("policy", "rules", 0, "definition")


@pytest.mark.parametrize(
    ("token", "path", "value", "refused"),
    [
        (aws_types.BUCKET, ("bucket",), "KB", "bucket"),
        (aws_types.BUCKET, ("bucket",), "a..b", "bucket"),
        (aws_types.BUCKET, ("bucket",), "10.0.0.1", "bucket"),
        (aws_types.BUCKET, ("bucket",), "xn--kb", "bucket"),
        (aws_types.BUCKET, ("acl",), "private", "acl"),
        (aws_types.ENCRYPTION, ("rules",), [], "rules"),
        (aws_types.VPC_ENDPOINT, ("subnetIds",), ["subnet-1"], "subnetIds"),
        (aws_types.VPC_ENDPOINT, ("serviceName",), None, "serviceName"),
        (azure_types.ACCOUNT, ("networkRuleSet", "bypass"), "Logging, Nothing", "networkRuleSet"),
        (azure_types.PRIVATE_ENDPOINT, ("subnet", "id"), "subnet", "subnet.id"),
        (azure_types.PRIVATE_ENDPOINT, ("subnet", "id"), None, "subnet.id"),
        (azure_types.PRIVATE_ENDPOINT, ("subnet", "name"), "s", "subnet.name"),
        (azure_types.PRIVATE_ENDPOINT, ("privateEndpointName",), "a b", "privateEndpointName"),
        (azure_types.PRIVATE_ENDPOINT, (LINK[0],), [], LINK[0]),
        (azure_types.PRIVATE_ENDPOINT, (*LINK, "groupIds"), ["blobs"], f"{LINK[0]}[0].groupIds"),
        (azure_types.PRIVATE_ENDPOINT, (*LINK, "groupIds"), None, f"{LINK[0]}[0].groupIds"),
        (azure_types.PRIVATE_ENDPOINT, (*LINK, "group"), "x", f"{LINK[0]}[0].group"),
        (
            azure_types.DNS_ZONE_GROUP,
            ("privateDnsZoneConfigs", 0, "privateDnsZoneId"),
            "zone",
            "privateDnsZoneConfigs[0].privateDnsZoneId",
        ),
        (
            azure_types.DNS_ZONE_GROUP,
            ("privateDnsZoneConfigs", 0, "privateDnsZoneId"),
            None,
            "privateDnsZoneConfigs[0].privateDnsZoneId",
        ),
        (LIFECYCLE, ("rules",), [], "rules"),
        (LIFECYCLE, (*RULE, "id"), "x" * 256, "rules[0].id"),
        (LIFECYCLE, (*RULE, "id"), "tagged", "rules[0].id"),
        (LIFECYCLE, (*RULE, "id"), None, "rules[0].id"),
        (LIFECYCLE, (*RULE, "status"), None, "rules[0].status"),
        (LIFECYCLE, (*RULE, "prefix"), "kb/", "rules[0].prefix"),
        (LIFECYCLE, (*RULE, "filter", "prefix"), "kb/", "rules[0].filter"),
        (LIFECYCLE, (*RULE, "filter", "and", "prefix"), None, "rules[0].filter.and"),
        (LIFECYCLE, (*RULE, "transitions", 0, "days"), -1, "rules[0].transitions[0].days"),
        (LIFECYCLE, (*RULE, "transitions", 0, "days"), 90, "rules[0].transitions[1].days"),
        (LIFECYCLE, (*RULE, "transitions", 0, "days"), 91, "rules[0].transitions[0].storageClass"),
        (LIFECYCLE, (*RULE, "transitions", 0, "storageClass"), None, "rules[0].transitions[0]"),
        (
            LIFECYCLE,
            (*RULE, "transitions", 0, "date"),
            "2027-01-01T00:00:00Z",
            "rules[0].transitions",
        ),
        (LIFECYCLE, (*RULE, "expiration", "days"), 90, "rules[0].expiration.days"),
        (LIFECYCLE, (*RULE, "expiration", "days"), 0, "rules[0].expiration.days"),
        (LIFECYCLE, (*RULE, "expiration", "date"), "2028-01-01T00:00:00Z", "rules[0].expiration"),
        (LIFECYCLE, (*RULE, "expiration"), {}, "rules[0].expiration"),
        (
            LIFECYCLE,
            (*RULE, "noncurrentVersionTransitions", 0, "noncurrentDays"),
            0,
            "rules[0].noncurrentVersionTransitions[0].noncurrentDays",
        ),
        (
            LIFECYCLE,
            (*RULE, "noncurrentVersionExpiration", "noncurrentDays"),
            30,
            "rules[0].noncurrentVersionExpiration.noncurrentDays",
        ),
        (
            LIFECYCLE,
            (*RULE, "noncurrentVersionExpiration", "newerNoncurrentVersions"),
            101,
            "rules[0].noncurrentVersionExpiration.newerNoncurrentVersions",
        ),
        (
            LIFECYCLE,
            (*RULE, "abortIncompleteMultipartUpload", "daysAfterInitiation"),
            0,
            "rules[0].abortIncompleteMultipartUpload.daysAfterInitiation",
        ),
        (
            LIFECYCLE,
            ("rules", 1, "abortIncompleteMultipartUpload"),
            {"daysAfterInitiation": 7},
            "rules[1].abortIncompleteMultipartUpload",
        ),
        (
            LIFECYCLE,
            ("rules", 1, "transitions", 0, "date"),
            "2027-01-01T07:00:00Z",
            "rules[1].transitions[0].date",
        ),
        (LIFECYCLE, ("rules", 1), {"id": "x", "status": "Enabled"}, "rules[1]"),
        (aws_types.ROLE_POLICY, ("policy",), "{", "policy"),
        (aws_types.ROLE_POLICY, ("policy",), TRUST, "policy.Statement[0]"),
        (aws_types.ROLE, ("assumeRolePolicy",), IDENTITY_POLICY, "assumeRolePolicy.Statement[0]"),
        (aws_types.BUCKET_POLICY, ("policy",), IDENTITY_POLICY, "policy.Statement[0].Principal"),
        (aws_types.USER_POLICY, ("policy",), {"Statement": []}, "policy.Statement"),
        (aws_types.ACCESS_KEY, ("status",), "On", "status"),
        (aws_types.KEY, ("deletionWindowInDays",), 6, "deletionWindowInDays"),
        (aws_types.KEY, ("deletionWindowInDays",), 31, "deletionWindowInDays"),
        (aws_types.KEY, ("deletionWindowInDays",), True, "deletionWindowInDays"),
        (aws_types.KEY, ("rotationPeriodInDays",), 89, "rotationPeriodInDays"),
        (aws_types.KEY, ("rotationPeriodInDays",), 2561, "rotationPeriodInDays"),
        (aws_types.KEY, ("enableKeyRotation",), False, "rotationPeriodInDays"),
        (aws_types.KEY, ("customerMasterKeySpec",), "RSA_2048", "enableKeyRotation"),
        (aws_types.KEY, ("policy",), IDENTITY_POLICY, "policy.Statement[0].Principal"),
        (aws_types.KEY, ("xksKeyId",), "x", "xksKeyId"),
        (azure_types.FEDERATION, ("issuer",), "http://issuer.example", "issuer"),
        (azure_types.FEDERATION, ("subject",), "x" * 601, "subject"),
        (azure_types.FEDERATION, ("subject",), "repo:example/*", "subject"),
        (azure_types.FEDERATION, ("audiences",), ["a", "b"], "audiences"),
        (azure_types.FEDERATION, ("audiences", 0), 7, "audiences[0]"),
        (
            azure_types.FEDERATION,
            ("federatedIdentityCredentialResourceName",),
            "-x",
            "federatedIdentityCredentialResourceName",
        ),
        (azure_types.ACCOUNT, ("accountName",), "KB", "accountName"),
        (azure_types.ACCOUNT, ("sasPolicy", "sasExpirationPeriod"), "1 h", "sasPolicy.sasExp"),
        (azure_types.ACCOUNT, ("tags",), {str(n): "x" for n in range(16)}, "tags"),
        (azure_types.CONTAINER, ("containerName",), "kb", "containerName"),
        (azure_types.CONTAINER, ("containerName",), "a--b", "containerName"),
        (azure_types.CONTAINER, ("metadata",), {"a-b": "c"}, 'metadata["a-b"]'),
        (azure_types.BLOB_SERVICE, ("blobServicesName",), None, "blobServicesName"),
        (azure_types.BLOB_SERVICE, ("isVersioningEnabled",), False, "isVersioningEnabled"),
        (azure_types.BLOB_SERVICE, ("restorePolicy", "days"), 30, "restorePolicy.days"),
        (azure_types.BLOB_SERVICE, ("changeFeed",), None, "changeFeed.enabled"),
        (
            azure_types.BLOB_SERVICE,
            ("deleteRetentionPolicy", "days"),
            None,
            "deleteRetentionPolicy",
        ),
        (POLICY, ("managementPolicyName",), "tier", "managementPolicyName"),
        (POLICY, ("policy", "rules"), [], "policy.rules"),
        (POLICY, ("policy", "rules", 0, "name"), "a b", "policy.rules[0].name"),
        (
            POLICY,
            (*DEFINITION, "filters", "prefixMatch", 0),
            "kb/",
            "policy.rules[0].definition.filters.prefixMatch[0]",
        ),
        (
            POLICY,
            (*DEFINITION, "filters", "prefixMatch"),
            ["knowledge/"] * 11,
            "policy.rules[0].definition.filters.prefixMatch",
        ),
        (
            POLICY,
            (*DEFINITION, "filters", "blobTypes"),
            ["appendBlob"],
            "policy.rules[0].definition.actions.baseBlob.tierToCool",
        ),
        (
            POLICY,
            (*DEFINITION, "actions"),
            {},
            "policy.rules[0].definition.actions",
        ),
        (
            POLICY,
            (*DEFINITION, "actions", "baseBlob", "tierToCool"),
            {},
            "policy.rules[0].definition.actions.baseBlob.tierToCool",
        ),
        (
            POLICY,
            (*DEFINITION, "actions", "baseBlob", "tierToCool"),
            {"daysAfterModificationGreaterThan": 1},
            "policy.rules[0].definition.actions.baseBlob.enableAutoTierToHotFromCool",
        ),
        (azure_types.IDENTITY, ("resourceName",), "-x", "resourceName"),
        (azure_types.ROLE_DEFINITION, ("roleDefinitionId",), "agent", "roleDefinitionId"),
        (azure_types.ROLE_DEFINITION, ("permissions", 0), "x", "permissions[0]"),
        (azure_types.ROLE_DEFINITION, ("permissions", 0, "data"), [], "permissions[0].data"),
        (azure_types.ROLE_DEFINITION, ("permissions", 0, "actions"), "*", "permissions[0].actions"),
        (azure_types.ROLE_DEFINITION, ("assignableScopes",), [], "assignableScopes"),
        (azure_types.ROLE_ASSIGNMENT, ("principalId",), "me", "principalId"),
        (azure_types.ROLE_ASSIGNMENT, ("principalType",), "Robot", "principalType"),
        (azure_types.ROLE_ASSIGNMENT, ("conditionVersion",), None, "conditionVersion"),
        (azure_types.ROLE_ASSIGNMENT, ("scope",), "x", "scope"),
    ],
)
def test_what_the_documentation_forbids_is_refused_at_that_place(
    token: str, path: tuple[str | int, ...], value: Any, refused: str
) -> None:
    found = failures(token, changed(VALID[token], path, value))

    assert any(where.startswith(refused) for where, _ in found), found
