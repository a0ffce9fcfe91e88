"""What exists already is read, never managed, and changed only in what the configuration names."""

from typing import Any

import pulumi
import pytest

from infra.adoption import ASPECTS
from tests.infra.program.recording import SUBSCRIPTION, Recording, run_program

ADOPTED: dict[str, Any] = {
    "aws_bucket": "their-documents",
    "azure_resource_group": "their-group",
    "azure_account": "theiraccount",
    "azure_container": "their-container",
}
GROUP = f"{SUBSCRIPTION}/resourceGroups/their-group"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/theiraccount"
HOLDERS = ("Bucket", "ResourceGroup", "StorageAccount", "BlobContainer")
PARTS = {
    "access": {"BucketOwnershipControls", "BucketPublicAccessBlock"},
    "policy": {"BucketPolicy"},
    "encryption": {"BucketServerSideEncryptionConfiguration"},
    "versions": {"BucketVersioning", "BlobServiceProperties"},
    "lifecycle": {"BucketLifecycleConfiguration", "ManagementPolicy"},
}


def _types(recorded: Recording) -> set[str]:
    return {resource.token.rpartition(":")[2] for resource in recorded.resources}


def test_what_is_adopted_is_read_by_its_id_and_nothing_of_it_is_managed() -> None:
    recorded = run_program({"adopt": ADOPTED})

    read = {it.token.rpartition(":")[2]: it.inputs["id"] for it in recorded.read}
    assert read == {
        "Bucket": "their-documents",
        "ResourceGroup": GROUP,
        "StorageAccount": ACCOUNT,
        "BlobContainer": f"{ACCOUNT}/blobServices/default/containers/their-container",
    }
    assert not _types(recorded) & {*HOLDERS, *(part for parts in PARTS.values() for part in parts)}


def test_the_programs_work_in_what_is_adopted() -> None:
    recorded = run_program({"adopt": ADOPTED})

    assert recorded.exports["aws_bucket"] == "their-documents"
    assert recorded.exports["azure_container"] == "their-container"
    assert recorded.exports["azure_account_url"] == "https://theiraccount.blob.core.windows.net/"
    (documents, listing) = recorded.named("RolePolicy", "agent").policy()
    assert documents["Resource"] == "arn:aws:s3:::their-documents/kb/*"
    assert listing["Resource"] == "arn:aws:s3:::their-documents"
    assert recorded.named("RoleAssignment", "agent").inputs["scope"].startswith(ACCOUNT)


@pytest.mark.parametrize("aspect", ASPECTS)
def test_an_aspect_is_changed_where_it_is_named_and_stays_when_the_environment_goes(
    aspect: str,
) -> None:
    recorded = run_program({"adopt": {**ADOPTED, "change": [aspect]}})

    changed = _types(recorded) & {part for parts in PARTS.values() for part in parts}
    assert changed == PARTS[aspect]
    assert recorded.retained - recorded.protected == PARTS[aspect]


def test_a_new_store_is_whole_and_goes_with_its_environment(local: Recording) -> None:
    assert {part for parts in PARTS.values() for part in parts} <= _types(local)
    assert local.retained == set()


def test_a_new_account_can_lie_in_an_adopted_group() -> None:
    recorded = run_program({"clouds": ["azure"], "adopt": {"azure_resource_group": "their-group"}})

    assert recorded.one("StorageAccount").inputs["resourceGroupName"] == "their-group"
    assert recorded.protected == {"StorageAccount", "BlobContainer"}
    assert not recorded.of("ResourceGroup")


def test_a_new_container_can_lie_in_an_adopted_account() -> None:
    adopted = {"azure_resource_group": "their-group", "azure_account": "theiraccount"}
    recorded = run_program({"clouds": ["azure"], "azure_container": "docs", "adopt": adopted})

    assert recorded.one("BlobContainer").inputs["containerName"] == "docs"
    assert recorded.protected == {"BlobContainer"}
    assert not recorded.of("BlobServiceProperties")


def test_rules_for_an_adopted_container_name_that_container() -> None:
    recorded = run_program({"adopt": {**ADOPTED, "change": ["lifecycle"]}})

    rules = recorded.one("ManagementPolicy").inputs["policy"]["rules"]
    prefixes = [it for rule in rules for it in rule["definition"]["filters"]["prefixMatch"]]
    assert all(prefix.startswith("their-container/") for prefix in prefixes)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"adopt": {"azure_account": "theirs"}}, "azure_resource_group: name that one, too"),
        (
            {"adopt": {"azure_container": "theirs", "azure_resource_group": "g"}},
            "azure_account: name that one, too",
        ),
        ({"adopt": {"aws_bucket": "Theirs"}}, "aws_bucket 'Theirs' must look like"),
        ({"adopt": {"aws_bukket": "theirs"}}, "adopt.aws_bukket"),
        ({"adopt": {"change": ["lifecycle"]}}, "there is none"),
        ({"adopt": {"aws_bucket": "theirs", "change": ["tags"]}}, "adopt.change[0]"),
        ({"adopt": {"aws_bucket": "theirs", "change": ["policy"] * 2}}, "twice"),
        ({"adopt": {"aws_bucket": "theirs"}, "aws_bucket": "ours"}, "give one of them"),
        ({"adopt": {"aws_bucket": "theirs"}, "clouds": ["azure"]}, "not one of clouds"),
        ({"adopt": {"aws_bucket": "theirs"}, "aws_encryption": "kms"}, "adopt.change"),
    ],
)
def test_an_adoption_that_cannot_be_is_one_sentence_that_names_its_key(
    wrong: dict[str, Any], named: str
) -> None:
    with pytest.raises(pulumi.RunError) as raised:
        run_program(wrong)

    assert named in str(raised.value)
    assert "\n" not in str(raised.value)
