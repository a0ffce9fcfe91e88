"""An adopted storage account: what is set on it, and what the program would set."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from app.terms.answers import Refusal
from infra.adoption_plan.compare import Difference, Verdict, by_name, differences, whole
from infra.settings import Settings
from infra.stores import account_settings

Look = Callable[[str], Mapping[str, Any] | None]
"""Resource id → its properties by azure-native's names; None: there is none."""

_FIXED_AT_CREATION: Final = ("kind", "sku", "is_hns_enabled", "encryption")
"""Compared by nobody: they cannot be changed, or only by moving the documents."""


def account_differences(
    look: Look, settings: Settings, *, subscription: str
) -> Iterator[Difference]:
    """Yield every property of the adopted account and of its parts.

    Raises:
        Refusal: there is no such group, account or container, or the account cannot keep what is promised.
    """
    adopt = settings.adopt
    group = f"/subscriptions/{subscription}/resourceGroups/{adopt.azure_resource_group}"
    _require(look, group, "azure_resource_group")
    if adopt.azure_account is None:
        return
    account_id = f"{group}/providers/Microsoft.Storage/storageAccounts/{adopt.azure_account}"
    account = _require(look, account_id, "azure_account")
    if account.get("isHnsEnabled"):
        raise Refusal(
            f"adopt.azure_account: {adopt.azure_account} has a hierarchical namespace, in which Azure "
            "keeps no versions: a replaced document would be gone. Adopt another account."
        )
    resource = f"account {adopt.azure_account}"
    wanted = {
        name: value
        for name, value in account_settings.account_arguments(settings).items()
        if name not in _FIXED_AT_CREATION
    }
    compared = {name: value for name, value in account.items() if _known(name, wanted)}
    yield from differences(compared, wanted, resource=resource, aspect="account", verdict="owner")
    yield from _part_differences(look, settings, account_id, resource)
    if adopt.azure_container is not None:
        _require(
            look,
            f"{account_id}/blobServices/default/containers/{adopt.azure_container}",
            "azure_container",
        )


def _part_differences(
    look: Look, settings: Settings, account_id: str, resource: str
) -> Iterator[Difference]:
    service = look(f"{account_id}/blobServices/default") or {}
    wanted = account_settings.blob_service_arguments(settings)
    names = {*wanted, "changeFeed", "restorePolicy", "lastAccessTimeTrackingPolicy"}
    yield from differences(
        {name: value for name, value in service.items() if _known(name, dict.fromkeys(names))},
        wanted,
        resource=resource,
        aspect="versions",
        verdict=_verdict("versions", settings),
    )
    policy = look(f"{account_id}/managementPolicies/default") or {}
    rules = (policy.get("policy") or {}).get("rules", [])
    asked = account_settings.management_policy(settings)["rules"]
    yield from differences(
        {"rules": whole(by_name(rules, name="name"))},
        {"rules": whole(by_name(asked, name="name"))},
        resource=resource,
        aspect="lifecycle",
        verdict=_verdict("lifecycle", settings),
    )


def _verdict(aspect: str, settings: Settings) -> Verdict:
    return "change" if aspect in settings.adopt.change else "kept"


def _known(name: str, wanted: Mapping[str, Any]) -> bool:
    """Whether the program has an opinion about a property; the rest of an account is none of its business."""
    return name.lower() in {it.replace("_", "").lower() for it in wanted}


def _require(look: Look, resource_id: str, key: str) -> Mapping[str, Any]:
    found = look(resource_id)
    if found is None:
        raise Refusal(f"adopt.{key}: there is no {resource_id}. Is the name right, and the login?")
    return found
