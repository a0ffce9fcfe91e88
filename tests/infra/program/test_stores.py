from typing import Any

import pytest

from tests.infra.program.recording import Recording, run_program

HOLDS_DOCUMENTS = {"Bucket", "ResourceGroup", "StorageAccount", "BlobContainer"}


def test_the_bucket_refuses_whoever_comes_without_tls(recorded: Recording) -> None:
    statements = recorded.one("BucketPolicy").policy()

    refused = [statement for statement in statements if statement["Effect"] == "Deny"]
    assert {"Bool": {"aws:SecureTransport": "false"}} in [it["Condition"] for it in refused]
    assert {"NumericLessThan": {"s3:TlsVersion": "1.2"}} in [it["Condition"] for it in refused]
    assert all(it["Principal"] == "*" and it["Action"] == "s3:*" for it in refused)
    assert all(
        it["Resource"]
        == [f"arn:aws:s3:::{recorded.exports['aws_bucket']}{end}" for end in ("", "/*")]
        for it in refused
    )


def test_the_account_refuses_whoever_comes_without_tls(recorded: Recording) -> None:
    account = recorded.one("StorageAccount").inputs

    assert account["enableHttpsTrafficOnly"] is True
    assert account["minimumTlsVersion"] == "TLS1_2"


def test_the_bucket_is_closed_to_the_public(recorded: Recording) -> None:
    block = recorded.one("BucketPublicAccessBlock").inputs

    assert block["blockPublicAcls"] is True
    assert block["blockPublicPolicy"] is True
    assert block["ignorePublicAcls"] is True
    assert block["restrictPublicBuckets"] is True
    ownership = recorded.one("BucketOwnershipControls").inputs["rule"]
    assert ownership == {"objectOwnership": "BucketOwnerEnforced"}


def test_the_account_is_closed_to_the_public(recorded: Recording) -> None:
    account = recorded.one("StorageAccount").inputs

    assert account["allowBlobPublicAccess"] is False
    assert account["allowCrossTenantReplication"] is False
    assert recorded.one("BlobContainer").inputs["publicAccess"] == "None"


def test_the_bucket_keeps_versions_and_is_encrypted(recorded: Recording) -> None:
    versioning = recorded.one("BucketVersioning").inputs["versioningConfiguration"]
    (rule,) = recorded.one("BucketServerSideEncryptionConfiguration").inputs["rules"]

    assert versioning["status"] == "Enabled"
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] in {"AES256", "aws:kms"}


def test_the_account_keeps_versions_and_what_was_deleted(recorded: Recording) -> None:
    service = recorded.one("BlobServiceProperties").inputs

    assert service["isVersioningEnabled"] is True
    assert service["deleteRetentionPolicy"]["enabled"] is True
    assert service["containerDeleteRetentionPolicy"]["enabled"] is True


def test_old_versions_are_kept_equally_long_in_every_cloud(recorded: Recording) -> None:
    rules = {
        rule["id"]: rule for rule in recorded.one("BucketLifecycleConfiguration").inputs["rules"]
    }
    s3_days = rules["oldVersions"]["noncurrentVersionExpiration"]["noncurrentDays"]

    # A version that Azure's rules delete is soft-deleted: it is there for as long again.
    assert recorded.one("BlobServiceProperties").inputs["deleteRetentionPolicy"]["days"] == s3_days


def test_an_environment_has_no_keys_unless_its_configuration_asks(
    dev: Recording, prod: Recording
) -> None:
    for recorded in (dev, prod):
        assert not recorded.of("User")
        assert not recorded.of("AccessKey")
        assert recorded.one("StorageAccount").inputs["allowSharedKeyAccess"] is False
        assert not recorded.secrets


def test_keys_come_where_the_configuration_asks(local: Recording) -> None:
    assert local.secrets == {
        "aws_agent_secret_access_key",
        "aws_migrator_secret_access_key",
        "azure_connection_string",
    }
    assert local.one("StorageAccount").inputs["allowSharedKeyAccess"] is True


def test_what_holds_documents_is_protected_unless_it_is_disposable(
    local: Recording, dev: Recording, prod: Recording
) -> None:
    assert dev.protected == HOLDS_DOCUMENTS
    # Without the key that encrypts them, the documents are gone, too.
    assert prod.protected == HOLDS_DOCUMENTS | {"Key"}
    assert dev.one("aws:Bucket").inputs["forceDestroy"] is False
    assert prod.one("aws:Bucket").inputs["forceDestroy"] is False
    assert local.protected == set()
    assert local.one("aws:Bucket").inputs["forceDestroy"] is True


def test_what_is_protected_stays_in_the_account_when_the_stack_forgets_it(
    recorded: Recording,
) -> None:
    assert recorded.protected <= recorded.retained


@pytest.mark.parametrize(
    ("cloud", "others"),
    [("aws", ("azure_", "gcp_")), ("azure", ("aws_", "gcp_")), ("gcp", ("aws_", "azure_"))],
)
def test_a_cloud_that_is_not_asked_for_gets_nothing(cloud: str, others: tuple[str, str]) -> None:
    recorded = run_program({"clouds": [cloud]})

    assert recorded.exports["primary"] == cloud
    assert {resource.token.partition(":")[0] for resource in recorded.resources} == {
        {"aws": "aws", "azure": "azure-native", "gcp": "gcp"}[cloud]
    }
    assert all(value is None for name, value in recorded.exports.items() if name.startswith(others))


def test_names_are_those_of_the_configuration() -> None:
    recorded = run_program(
        {"aws_bucket": "our-knowledge", "azure_account": "ourknowledge", "azure_container": "docs"}
    )

    assert recorded.one("aws:Bucket").inputs["bucket"] == "our-knowledge"
    assert recorded.one("StorageAccount").inputs["accountName"] == "ourknowledge"
    assert recorded.exports["azure_container"] == "docs"
    rules = recorded.one("ManagementPolicy").inputs["policy"]["rules"]
    prefixes = [it for rule in rules for it in rule["definition"]["filters"]["prefixMatch"]]
    assert all(prefix.startswith("docs/") for prefix in prefixes)


@pytest.mark.parametrize("environment", ["a", "dev-eu-west-1-with-a-long-name", "Feature_42.x"])
def test_an_account_can_be_named_after_any_environment(environment: str) -> None:
    # pulumi-azure-native appends eight hexadecimal digits; a name has 3 to 24 letters and digits.
    name = run_program({}, environment=environment).one("StorageAccount").name

    assert name.isalnum()
    assert name == name.lower()
    assert 3 <= len(name) <= 24 - 8


def test_a_kms_key_encrypts_and_both_identities_may_use_it() -> None:
    recorded = run_program({"aws_encryption": "kms", "migration": "open"})

    (rule,) = recorded.one("BucketServerSideEncryptionConfiguration").inputs["rules"]
    by_default = rule["applyServerSideEncryptionByDefault"]
    assert by_default["sseAlgorithm"] == "aws:kms"
    assert recorded.one("Key").inputs["enableKeyRotation"] is True
    for identity in ("agent", "migrator"):
        statements = _by_sid(recorded, identity)
        assert statements["Encryption"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
        assert statements["Encryption"]["Resource"] == by_default["kmsMasterKeyId"]


def _by_sid(recorded: Recording, identity: str) -> dict[str, dict[str, Any]]:
    return {it["Sid"]: it for it in recorded.named("RolePolicy", identity).policy()}
