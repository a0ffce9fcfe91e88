"""What Azure Storage refuses in a management policy or a blob service although its model allows it.

Sources: https://learn.microsoft.com/azure/storage/blobs/ (lifecycle-management-policy-structure,
lifecycle-management-overview, point-in-time-restore-overview).
"""

import re
from collections import Counter
from typing import Any, Final

from infra.local_cloud.azure_native.schemas import PATTERNS
from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN, Properties

RULES_MAX: Final = 100
PREFIXES_MAX: Final = 10
TAG_CONDITIONS_MAX: Final = 10

# The documentation says "alphanumeric"; its own examples have dashes (`sample-rule`).
_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,256}")
_TIERS: Final = ("tierToCool", "tierToCold", "tierToArchive", "tierToHot")
_AGES: Final = (
    "daysAfterModificationGreaterThan",
    "daysAfterLastAccessTimeGreaterThan",
    "daysAfterCreationGreaterThan",
)
_TIER_CHANGE: Final = "daysAfterLastTierChangeGreaterThan"


def policy_failures(policy: Any, path: str = "policy") -> list[Failure]:
    """Say what the service would refuse in a policy whose shape is right."""
    rules = policy.get("rules") if isinstance(policy, dict) else None
    if not isinstance(rules, list):
        return []
    found: list[Failure] = []
    if not 0 < len(rules) <= RULES_MAX:
        found.append((f"{path}.rules", f"has {len(rules)} rules, must have 1 to {RULES_MAX}"))
    names = Counter(rule.get("name") for rule in rules if isinstance(rule, dict))
    for index, rule in enumerate(rules):
        if not isinstance(rule, dict):
            continue
        here, name = f"{path}.rules[{index}]", rule.get("name")
        if isinstance(name, str):
            if not _NAME.fullmatch(name):
                found.append((f"{here}.name", "must be 1 to 256 letters, digits and dashes"))
            if names[name] > 1:
                found.append((f"{here}.name", f"is {name!r}, as that of another rule"))
        definition = rule.get("definition")
        if isinstance(definition, dict):
            found += _filter_failures(definition.get("filters"), f"{here}.definition.filters")
            found += _action_failures(definition, f"{here}.definition")
    return found


def service_failures(inputs: Properties) -> list[Failure]:
    """Say what the service would refuse in a blob service's properties."""
    found: list[Failure] = []
    for name in ("deleteRetentionPolicy", "containerDeleteRetentionPolicy", "restorePolicy"):
        policy = inputs.get(name)
        if (
            isinstance(policy, dict)
            and policy.get("enabled") is True
            and policy.get("days") is None
        ):
            found.append((f"{name}.days", "is required when the policy is enabled"))
    restore = inputs.get("restorePolicy")
    if not isinstance(restore, dict) or restore.get("enabled") is not True:
        return found
    if inputs.get("isVersioningEnabled") not in (True, UNKNOWN):
        found.append(("isVersioningEnabled", "must be true for restorePolicy"))
    feed = inputs.get("changeFeed")
    if feed is not UNKNOWN and not _is_on(feed):
        found.append(("changeFeed.enabled", "must be true for restorePolicy"))
    retention = inputs.get("deleteRetentionPolicy")
    if retention is UNKNOWN:
        return found
    kept = retention.get("days") if isinstance(retention, dict) else None
    if not _is_on(retention):
        found.append(("deleteRetentionPolicy.enabled", "must be true for restorePolicy"))
    elif isinstance(kept, int) and isinstance(restore.get("days"), int) and restore["days"] >= kept:
        found.append(("restorePolicy.days", "must be less than deleteRetentionPolicy.days"))
    return found


def _is_on(policy: Any) -> bool:
    return isinstance(policy, dict) and policy.get("enabled") in (True, UNKNOWN)


def _filter_failures(filters: Any, path: str) -> list[Failure]:
    if not isinstance(filters, dict):
        return []
    found: list[Failure] = []
    types = filters.get("blobTypes")
    if isinstance(types, list):
        for index, kind in enumerate(types):
            if kind not in ("blockBlob", "appendBlob", UNKNOWN):
                found.append(
                    (
                        f"{path}.blobTypes[{index}]",
                        f"is {kind!r}; Azure knows appendBlob, blockBlob",
                    )
                )
        if not types:
            found.append((f"{path}.blobTypes", "must name at least one type"))
    prefixes = filters.get("prefixMatch")
    if isinstance(prefixes, list):
        if len(prefixes) > PREFIXES_MAX:
            found.append((f"{path}.prefixMatch", f"must have at most {PREFIXES_MAX} prefixes"))
        for index, prefix in enumerate(prefixes):
            found += _prefix_failures(prefix, f"{path}.prefixMatch[{index}]")
    tags = filters.get("blobIndexMatch")
    if isinstance(tags, list):
        if len(tags) > TAG_CONDITIONS_MAX:
            found.append(
                (f"{path}.blobIndexMatch", f"must have at most {TAG_CONDITIONS_MAX} conditions")
            )
        for index, tag in enumerate(tags):
            if isinstance(tag, dict) and tag.get("op") not in ("==", UNKNOWN, None):
                found.append((f"{path}.blobIndexMatch[{index}].op", "must be =="))
    return found


def _prefix_failures(prefix: Any, path: str) -> list[Failure]:
    if not isinstance(prefix, str):
        return []
    container, slash, _ = prefix.partition("/")
    if "*" in prefix or "?" in prefix:
        return [(path, f"is {prefix!r}; wildcards have no meaning in a prefix")]
    # Without a slash it is the beginning of a container's name, which may be short.
    if slash and not PATTERNS["containerName"][0].fullmatch(container):
        return [(path, f"is {prefix!r}, must begin with a container's name and a slash")]
    return [] if prefix else [(path, "must not be empty")]


def _action_failures(definition: dict[str, Any], path: str) -> list[Failure]:
    actions = definition.get("actions")
    if not isinstance(actions, dict):
        return []
    filters = definition.get("filters")
    types = filters.get("blobTypes") if isinstance(filters, dict) else None
    appended = isinstance(types, list) and "appendBlob" in types
    found: list[Failure] = []
    if not any(actions.get(part) for part in ("baseBlob", "snapshot", "version")):
        found.append((f"{path}.actions", "does nothing: give baseBlob, snapshot or version"))
    for part in ("baseBlob", "snapshot", "version"):
        chosen = actions.get(part)
        if not isinstance(chosen, dict):
            continue
        here = f"{path}.actions.{part}"
        if not chosen:
            found.append((here, "must have at least one action"))
        for action in (*_TIERS, "delete"):
            condition = chosen.get(action)
            if condition is None or condition is UNKNOWN:
                continue
            if appended and action in _TIERS:
                found.append((f"{here}.{action}", "cannot be given for append blobs: only delete"))
            if isinstance(condition, dict):
                found += _condition_failures(condition, f"{here}.{action}", action)
        found += _auto_tier_failures(chosen, here)
    return found


def _condition_failures(condition: dict[str, Any], path: str, action: str) -> list[Failure]:
    given = [name for name in _AGES if condition.get(name) is not None]
    found: list[Failure] = []
    if len(given) != 1:
        found.append((path, f"must have exactly one of {', '.join(_AGES)}"))
    if condition.get(_TIER_CHANGE) is not None:
        if action != "tierToArchive":
            found.append((f"{path}.{_TIER_CHANGE}", "is allowed for tierToArchive only"))
        elif _AGES[1] in given:
            found.append((f"{path}.{_TIER_CHANGE}", f"cannot be combined with {_AGES[1]}"))
    return found


def _auto_tier_failures(chosen: dict[str, Any], path: str) -> list[Failure]:
    if chosen.get("enableAutoTierToHotFromCool") is not True:
        return []
    cool = chosen.get("tierToCool")
    if cool is UNKNOWN or (isinstance(cool, dict) and cool.get(_AGES[1]) is not None):
        return []
    return [(f"{path}.enableAutoTierToHotFromCool", f"needs tierToCool.{_AGES[1]}")]
