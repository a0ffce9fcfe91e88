"""What drift breaks on Azure."""

from collections.abc import Mapping
from typing import Final

from infra.drift.explanations.terms import TAGS, Explanation, deleted

_GROUP: Final = (
    deleted("agent", "high", "The resource group is gone with everything in it, documents too."),
    TAGS,
)
_ACCOUNT: Final = (
    deleted("agent", "high", "The account is gone with its documents: up makes an empty one."),
    Explanation("minimumTlsVersion", (), "safety", "high", "Clients with an old TLS are let in."),
    Explanation(
        "enableHttpsTrafficOnly", (), "safety", "high", "Documents may travel unencrypted."
    ),
    Explanation(
        "allowBlobPublicAccess", (), "safety", "high", "A container can be opened to everybody."
    ),
    Explanation(
        "allowSharedKeyAccess",
        ("changed",),
        "agent",
        "high",
        "Clients that come with the account's key are refused.",
        found=False,
    ),
    Explanation(
        "allowSharedKeyAccess",
        (),
        "safety",
        "high",
        "The account's key opens everything, past every role.",
    ),
    Explanation(
        "networkRuleSet.defaultAction",
        ("changed", "removed"),
        "safety",
        "high",
        "Clients from every network are let in.",
        found="Allow",
    ),
    Explanation(
        "networkRuleSet*",
        ("removed",),
        "agent",
        "high",
        "Clients from networks that were let in are refused, or all are let in.",
    ),
    Explanation(
        "networkRuleSet*",
        (),
        "agent",
        "high",
        "Clients from other networks than declared are refused or let in.",
    ),
    Explanation(
        "publicNetworkAccess", (), "agent", "high", "Clients reach the account by other ways."
    ),
    Explanation(
        "allowCrossTenantReplication",
        (),
        "safety",
        "high",
        "Documents can be copied to another directory.",
    ),
    Explanation(
        "isLocalUserEnabled", (), "safety", "high", "Users of the account's own can log in."
    ),
    Explanation("isSftpEnabled", (), "safety", "high", "The account answers to SFTP, too."),
    Explanation(
        "sasPolicy*", (), "safety", "medium", "Links that give access live longer than declared."
    ),
    Explanation("keyPolicy*", (), "safety", "low", "Nobody is told when keys are old."),
    Explanation(
        "encryption*", (), "safety", "medium", "Documents are not encrypted as it was declared."
    ),
    Explanation("accessTier", (), "cost", "medium", "New documents are stored in another tier."),
    Explanation("sku*", (), "cost", "medium", "More or fewer copies are kept, and paid for."),
    TAGS,
)
_BLOB_SERVICE: Final = (
    deleted("safety", "high", "What is overwritten or deleted cannot be brought back."),
    Explanation(
        "isVersioningEnabled",
        (),
        "safety",
        "high",
        "What is overwritten from now on cannot be brought back.",
    ),
    Explanation(
        "deleteRetentionPolicy*",
        (),
        "safety",
        "high",
        "A deleted document can be brought back for another time, or not at all.",
    ),
    Explanation(
        "containerDeleteRetentionPolicy*",
        (),
        "safety",
        "high",
        "A deleted container can be brought back for another time, or not at all.",
    ),
    Explanation(
        "restorePolicy*", (), "safety", "medium", "An earlier state cannot be restored as declared."
    ),
    Explanation(
        "changeFeed*",
        (),
        "cost",
        "low",
        "A log of every change is kept and paid for, or no longer is.",
    ),
    Explanation(
        "lastAccessTimeTrackingPolicy*",
        (),
        "cost",
        "medium",
        "Rules about the last access look at another date, and each read may cost a write.",
    ),
)
_CONTAINER: Final = (
    deleted("agent", "high", "The container is gone with its documents: up makes an empty one."),
    Explanation("publicAccess", (), "safety", "high", "Everybody can read the documents."),
    Explanation("metadata*", (), "safety", "low", "Somebody else writes on the container."),
)
_POLICY: Final = (
    deleted(
        "cost",
        "medium",
        "Old versions are kept and paid for ever, and nothing moves to a cheaper tier.",
    ),
    Explanation(
        "policy.rules[*]",
        ("extra",),
        "safety",
        "high",
        "A rule that nobody declared can delete or archive documents.",
    ),
    Explanation(
        "policy.rules[*]",
        ("removed",),
        "cost",
        "medium",
        "What the rule moved or deleted is kept and paid for as it is.",
    ),
    Explanation(
        "policy.rules*.baseBlob.delete*",
        (),
        "safety",
        "high",
        "Documents are deleted at an age nobody declared.",
    ),
    Explanation(
        "policy.rules*.tierToArchive*",
        (),
        "agent",
        "high",
        "Documents go to the archive at another age; there they cannot be read.",
    ),
    Explanation(
        "policy.rules*.delete*",
        (),
        "safety",
        "medium",
        "Old versions, which undo a mistake, end at another age.",
    ),
    Explanation(
        "policy.rules*.filters*",
        (),
        "safety",
        "medium",
        "The rule works on other documents than it was declared for.",
    ),
    Explanation(
        "policy.rules*", (), "cost", "medium", "Documents move at another age or to another tier."
    ),
)
_IDENTITY: Final = (
    deleted("agent", "high", "The identity is gone: nobody can act as it."),
    TAGS,
)
_FEDERATION: Final = (
    deleted("agent", "high", "The workload cannot act as the identity any more."),
    Explanation(
        "*", (), "safety", "high", "Another workload than declared can act as the identity."
    ),
)
_ROLE_DEFINITION: Final = (
    deleted("agent", "high", "The identity's role is gone: every call is refused."),
    Explanation(
        "permissions*ctions",
        ("removed",),
        "agent",
        "high",
        "A call that the identity needs is refused.",
    ),
    Explanation(
        "permissions*ctions",
        ("extra",),
        "safety",
        "high",
        "The identity may do more than was declared.",
    ),
    Explanation(
        "permissions*", (), "safety", "high", "The identity may do other things than was declared."
    ),
    Explanation("assignableScopes*", (), "safety", "medium", "The role can be assigned elsewhere."),
)
_ROLE_ASSIGNMENT: Final = (
    deleted("agent", "high", "The identity may do nothing: every call is refused."),
    Explanation(
        "condition*",
        (),
        "safety",
        "high",
        "The identity is no longer held to its prefix, or to another one.",
    ),
    Explanation("*", (), "safety", "high", "Another identity, role or place than was declared."),
)

EXPLANATIONS: Final[Mapping[str, tuple[Explanation, ...]]] = {
    "azure-native:resources:ResourceGroup": _GROUP,
    "azure-native:storage:StorageAccount": _ACCOUNT,
    "azure-native:storage:BlobServiceProperties": _BLOB_SERVICE,
    "azure-native:storage:BlobContainer": _CONTAINER,
    "azure-native:storage:ManagementPolicy": _POLICY,
    "azure-native:managedidentity:UserAssignedIdentity": _IDENTITY,
    "azure-native:managedidentity:FederatedIdentityCredential": _FEDERATION,
    "azure-native:authorization:RoleDefinition": _ROLE_DEFINITION,
    "azure-native:authorization:RoleAssignment": _ROLE_ASSIGNMENT,
}
"""By type; within a type the first row that matches wins."""
