"""A customer's keys encrypt the documents, and who works there may use them."""

from typing import Any

import pulumi
import pytest

from infra.local_cloud.azure_native import payloads, schemas
from infra.stores.azure_key import ENCRYPTION_USER
from tests.infra.program.recording import run_program

ARN = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/theirvault/keys/kb"
GCP_KEY = "projects/p/locations/europe/keyRings/r/cryptoKeys/k"


def test_an_existing_key_encrypts_the_bucket_and_none_is_made() -> None:
    recorded = run_program({"aws_encryption": "kms", "aws_kms_key_arn": ARN})

    (rule,) = recorded.one("BucketServerSideEncryptionConfiguration").inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == ARN
    assert not recorded.of("Key")
    statements = {it["Sid"]: it for it in recorded.named("RolePolicy", "agent").policy()}
    assert statements["Encryption"]["Resource"] == ARN


def test_the_key_of_an_adopted_bucket_can_be_used_though_the_bucket_is_left_as_it_is() -> None:
    adopt = {"aws_bucket": "their-documents"}
    recorded = run_program(
        {"clouds": ["aws"], "adopt": adopt, "aws_encryption": "kms", "aws_kms_key_arn": ARN}
    )

    statements = {it["Sid"]: it for it in recorded.named("RolePolicy", "agent").policy()}
    assert statements["Encryption"]["Resource"] == ARN
    assert not recorded.of("BucketServerSideEncryptionConfiguration")


def test_a_key_of_the_environments_own_rotates_as_often_as_configured() -> None:
    yearly = run_program({"aws_encryption": "kms"}).one("Key").inputs
    often = run_program({"aws_encryption": "kms", "aws_kms_rotation_days": 90}).one("Key").inputs

    assert (yearly["enableKeyRotation"], yearly["rotationPeriodInDays"]) == (True, 365)
    assert often["rotationPeriodInDays"] == 90


def test_a_key_in_a_vault_encrypts_the_account_in_its_newest_version() -> None:
    recorded = run_program({"azure_key": KEY})

    account = recorded.one("StorageAccount").inputs
    encryption = account["encryption"]
    assert encryption["keySource"] == "Microsoft.Keyvault"
    assert encryption["keyVaultProperties"] == {
        "keyName": "kb",
        "keyVaultUri": "https://theirvault.vault.azure.net",
    }
    identity = encryption["encryptionIdentity"]["encryptionUserAssignedIdentity"]
    assert account["identity"] == {"type": "UserAssigned", "userAssignedIdentities": [identity]}
    assert payloads.failures(schemas.ACCOUNT, dict(account)) == []


def test_the_accounts_identity_may_use_the_key_and_nothing_else() -> None:
    recorded = run_program({"azure_key": KEY})

    assignment = recorded.named("RoleAssignment", "key").inputs
    assert assignment["scope"] == KEY
    assert assignment["roleDefinitionId"].endswith(f"/roleDefinitions/{ENCRYPTION_USER}")
    assert assignment["principalType"] == "ServicePrincipal"
    assert recorded.named("UserAssignedIdentity", "key").inputs["resourceGroupName"]


def test_a_key_of_google_encrypts_the_bucket() -> None:
    recorded = run_program({"clouds": ["gcp"], "gcp_kms_key": GCP_KEY})

    assert recorded.one("Bucket").inputs["encryption"] == {"defaultKmsKeyName": GCP_KEY}


def test_a_bucket_of_google_is_adopted_as_the_others_are() -> None:
    recorded = run_program({"clouds": ["gcp"], "adopt": {"gcp_bucket": "their-documents"}})

    assert not recorded.of("Bucket")
    assert [it.inputs["id"] for it in recorded.read] == ["their-documents"]
    assert recorded.exports["gcp_bucket"]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"aws_kms_key_arn": ARN}, "only with aws_encryption kms"),
        ({"aws_kms_key_arn": "alias/kb", "aws_encryption": "kms"}, "aws_kms_key_arn"),
        ({"aws_kms_rotation_days": 89}, "aws_kms_rotation_days"),
        ({"aws_kms_rotation_days": 2561}, "aws_kms_rotation_days"),
        ({"azure_key": "https://theirvault.vault.azure.net/keys/kb"}, "azure_key"),
        ({"clouds": ["aws"], "azure_key": KEY}, "azure_key is of azure"),
        ({"gcp_kms_key": GCP_KEY}, "gcp_kms_key is of gcp"),
        (
            {
                "azure_key": KEY,
                "adopt": {"azure_resource_group": "g", "azure_account": "theirs"},
            },
            "set by its owner",
        ),
    ],
)
def test_a_key_that_cannot_be_used_is_one_sentence(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        run_program(wrong)

    assert named in str(raised.value)
    assert "\n" not in str(raised.value)
