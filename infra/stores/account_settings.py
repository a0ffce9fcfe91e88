"""What a storage account of ours is set to, in the words of azure-native.

Pure, so that a plan can compare it with what is there.
"""

from typing import Any

from infra.network import azure_network_arguments
from infra.settings import Settings
from infra.tiering import azure_management_rules, azure_soft_delete_days

Arguments = dict[str, Any]


def account_arguments(settings: Settings, *, key_identity: Any = None) -> Arguments:
    """Return the arguments of `StorageAccount` that the configuration decides, but for its name and place.

    Args:
        settings: of the environment.
        key_identity: id of the identity that may use the customer's key, known or not yet; None: Microsoft's
            keys encrypt.
    """
    return {
        "kind": "StorageV2",
        "sku": {"name": settings.azure_redundancy},
        "access_tier": "Hot",
        # Unset means TLS 1.0, public access allowed, shared key allowed.
        "minimum_tls_version": "TLS1_2",
        "enable_https_traffic_only": True,
        "allow_blob_public_access": False,
        "allow_shared_key_access": settings.azure_shared_key,
        "default_to_o_auth_authentication": True,
        "allow_cross_tenant_replication": False,
        # A hierarchical namespace has no versions, and cannot be turned off again.
        "is_hns_enabled": False,
        "is_local_user_enabled": False,
        "is_sftp_enabled": False,
        "key_policy": {"key_expiration_period_in_days": 90},
        "sas_policy": {"sas_expiration_period": "0.01:00:00", "expiration_action": "Block"},
        **_encryption(settings, key_identity),
        **azure_network_arguments(settings.network),
    }


def blob_service_arguments(settings: Settings) -> Arguments:
    """Return the arguments of `BlobServiceProperties`, but for its place."""
    soft_delete = {"enabled": True, "days": azure_soft_delete_days(settings.tiering)}
    tracked = {"last_access_time_tracking_policy": {"enable": True}}
    return {
        "is_versioning_enabled": True,
        "delete_retention_policy": soft_delete,
        "container_delete_retention_policy": soft_delete,
        # Without it, rules about the last access count from the day on which they were made.
        **(tracked if settings.tiering.by == "access" else {}),
    }


def management_policy(settings: Settings) -> Arguments:
    """Return the policy of `ManagementPolicy`."""
    rules = azure_management_rules(
        settings.tiering, prefix=settings.prefix, container=settings.container
    )
    return {"rules": rules}


def _encryption(settings: Settings, key_identity: Any) -> Arguments:
    encryption: Arguments = {
        "key_source": "Microsoft.Storage",
        "require_infrastructure_encryption": True,
        "services": {"blob": {"enabled": True, "key_type": "Account"}},
    }
    if settings.azure_key is None or key_identity is None:
        return {"encryption": encryption}
    parts = settings.azure_key.split("/")
    # Without a version, Azure takes the newest within a day: the key's rotation in the vault is enough.
    key = {"key_name": parts[-1], "key_vault_uri": f"https://{parts[-3]}.vault.azure.net"}
    return {
        "identity": {"type": "UserAssigned", "user_assigned_identities": [key_identity]},
        "encryption": {
            **encryption,
            "key_source": "Microsoft.Keyvault",
            "key_vault_properties": key,
            "encryption_identity": {"encryption_user_assigned_identity": key_identity},
        },
    }
