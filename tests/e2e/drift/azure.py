"""Drift on Azure."""

from typing import Any

from tests.e2e.drift.clouds import Clouds, Undo
from tests.e2e.drift.table import Table

AZURE = Table()

BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"


@AZURE.enter("a container deleted", ("BlobContainer", "", "deleted", "agent"))
def _(clouds: Clouds) -> Undo:
    clouds.container.delete_container()
    return lambda: clouds.container.create_container()


@AZURE.enter("a container opened", ("BlobContainer", "publicAccess", "changed", "safety"))
def _(clouds: Clouds) -> Undo:
    def put(public_access: str | None) -> object:
        return clouds.container.set_container_access_policy(
            signed_identifiers={}, public_access=public_access
        )

    put("blob")
    return lambda: put(None)


@AZURE.enter("metadata on a container", ("BlobContainer", "metadata", "extra", "safety"))
def _(clouds: Clouds) -> Undo:
    clouds.container.set_container_metadata({"owner": "somebody"})
    return lambda: clouds.container.set_container_metadata({})


def _account(name: str, found: Any, kind: str, breaks: str) -> None:
    said = ("StorageAccount", name, kind, breaks)

    @AZURE.enter(f"{name} of the account", said)
    def _(clouds: Clouds) -> Undo:
        return clouds.edit_record(
            "azure-native:storage:StorageAccount", lambda inputs: inputs.update({name: found})
        )


_account("minimumTlsVersion", "TLS1_0", "changed", "safety")
_account("allowBlobPublicAccess", True, "changed", "safety")
_account("allowSharedKeyAccess", False, "changed", "agent")
_account("enableHttpsTrafficOnly", False, "changed", "safety")
_account("isSftpEnabled", True, "changed", "safety")
_account("networkRuleSet", {"defaultAction": "Deny"}, "extra", "agent")
_account("accessTier", "Cool", "changed", "cost")


@AZURE.enter(
    "versions no longer kept", ("BlobServiceProperties", "isVersioningEnabled", "changed", "safety")
)
def _(clouds: Clouds) -> Undo:
    return clouds.edit_record(
        "azure-native:storage:BlobServiceProperties",
        lambda inputs: inputs.update(isVersioningEnabled=False),
    )


@AZURE.enter(
    "soft delete turned off",
    ("BlobServiceProperties", "deleteRetentionPolicy.enabled", "changed", "safety"),
)
def _(clouds: Clouds) -> Undo:
    return clouds.edit_record(
        "azure-native:storage:BlobServiceProperties",
        lambda inputs: inputs["deleteRetentionPolicy"].update(enabled=False),
    )


@AZURE.enter(
    "a rule's age changed",
    (
        "ManagementPolicy",
        "policy.rules[tierDocuments].definition.actions.baseBlob.tierToCool"
        ".daysAfterModificationGreaterThan",
        "changed",
        "cost",
    ),
)
def _(clouds: Clouds) -> Undo:
    def edit(inputs: dict[str, Any]) -> None:
        actions = _rule(inputs)["definition"]["actions"]
        actions["baseBlob"]["tierToCool"] = {"daysAfterModificationGreaterThan": 1}

    return clouds.edit_record("azure-native:storage:ManagementPolicy", edit)


@AZURE.enter(
    "a rule that deletes documents",
    (
        "ManagementPolicy",
        "policy.rules[tierDocuments].definition.actions.baseBlob.delete",
        "extra",
        "safety",
    ),
)
def _(clouds: Clouds) -> Undo:
    def edit(inputs: dict[str, Any]) -> None:
        actions = _rule(inputs)["definition"]["actions"]
        actions["baseBlob"]["delete"] = {"daysAfterModificationGreaterThan": 1}

    return clouds.edit_record("azure-native:storage:ManagementPolicy", edit)


@AZURE.enter(
    "a rule removed", ("ManagementPolicy", "policy.rules[tierDocuments]", "removed", "cost")
)
def _(clouds: Clouds) -> Undo:
    return clouds.edit_record(
        "azure-native:storage:ManagementPolicy",
        lambda inputs: inputs["policy"]["rules"].remove(_rule(inputs)),
    )


def _rule(inputs: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = (rule for rule in inputs["policy"]["rules"] if rule["name"] == "tierDocuments")
    return found


@AZURE.enter("all rules deleted", ("ManagementPolicy", "", "deleted", "cost"))
def _(clouds: Clouds) -> Undo:
    return clouds.delete_record("azure-native:storage:ManagementPolicy")


@AZURE.enter("a role assignment deleted", ("RoleAssignment", "", "deleted", "agent"))
def _(clouds: Clouds) -> Undo:
    return clouds.delete_record("azure-native:authorization:RoleAssignment")


@AZURE.enter(
    "the condition of an assignment dropped",
    ("RoleAssignment", "condition", "removed", "safety"),
    ("RoleAssignment", "conditionVersion", "removed", "safety"),
)
def _(clouds: Clouds) -> Undo:
    def edit(inputs: dict[str, Any]) -> None:
        del inputs["condition"], inputs["conditionVersion"]

    return clouds.edit_record("azure-native:authorization:RoleAssignment", edit)


@AZURE.enter("a role widened", ("RoleDefinition", "permissions[0].dataActions", "extra", "safety"))
def _(clouds: Clouds) -> Undo:
    return clouds.edit_record(
        "azure-native:authorization:RoleDefinition",
        lambda inputs: inputs["permissions"][0]["dataActions"].append(
            f"{BLOBS}/deleteBlobVersion/action"
        ),
    )


@AZURE.enter(
    "a role narrowed", ("RoleDefinition", "permissions[0].dataActions", "removed", "agent")
)
def _(clouds: Clouds) -> Undo:
    return clouds.edit_record(
        "azure-native:authorization:RoleDefinition",
        lambda inputs: inputs["permissions"][0]["dataActions"].remove(f"{BLOBS}/write"),
    )


@AZURE.enter("a managed identity deleted", ("UserAssignedIdentity", "", "deleted", "agent"))
def _(clouds: Clouds) -> Undo:
    return clouds.delete_record("azure-native:managedidentity:UserAssignedIdentity")


@AZURE.enter("a group's tag dropped", ("ResourceGroup", "tags.project", "removed", "cost"))
def _(clouds: Clouds) -> Undo:
    return clouds.edit_record(
        "azure-native:resources:ResourceGroup", lambda inputs: inputs["tags"].pop("project")
    )
