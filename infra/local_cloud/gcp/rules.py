"""What Google's documentation forbids, and what its discovery documents say in prose only.

Sources, read 2026-11-26: the discovery documents storage v1 (revision 20261009) and iam v1 (20261023) for
limits of the IAM types, pulumi-gcp 10.2 for the soft delete's range; cloud.google.com/storage/docs/lifecycle
for actions and conditions, …/tags-and-labels for labels.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.local_cloud.gcp import schemas, watch_schemas
from infra.local_cloud.gcp.budget_rules import budget_failures
from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN, Properties

STORAGE_CLASSES: Final = ("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE")
_ZONAL: Final = "RAPID"
"""The class of a zone's buckets (pulumi-gcp 10.2, storage.Bucket): no rule moves into it."""
_OLD_CLASSES: Final = ("MULTI_REGIONAL", "REGIONAL", "DURABLE_REDUCED_AVAILABILITY")
_ACTIONS: Final = ("Delete", "SetStorageClass", "AbortIncompleteMultipartUpload")
_OF_UPLOADS: Final = frozenset({"age", "matchesPrefixes", "matchesSuffixes", "sendAgeIfZero"})
"""The conditions that an unfinished upload can meet."""
_STATES: Final = ("LIVE", "ARCHIVED", "ANY")
_LIFECYCLE_RULES_MAX: Final = 100

_LABELS_MAX: Final = 64
_LABEL_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_LABEL_VALUE: Final = re.compile(r"[a-z0-9_-]{0,63}")

SOFT_DELETE_SECONDS: Final = (604_800, 7_776_000)
_PERMISSION: Final = re.compile(r"[a-z0-9]+\.[A-Za-z0-9]+\.[A-Za-z0-9]+")
_ISSUERS: Final = ("aws", "oidc", "saml", "x509")
_AUDIENCES_MAX: Final = 10

CHARACTERS_MAX: Final[Mapping[str, Mapping[str, int]]] = {
    schemas.ACCOUNT: {"displayName": 100, "description": 256},
    schemas.ROLE: {"title": 100},
    schemas.POOL: {"displayName": 32, "description": 256},
    schemas.POOL_PROVIDER: {"displayName": 32, "description": 256, "attributeCondition": 4096},
}


def documented(token: str, inputs: Properties) -> list[Failure]:
    """Say what documentation forbids in inputs of the right form."""
    found = list(_too_long(token, inputs))
    if token == schemas.BUCKET:
        found += _bucket_failures(inputs)
    if token == schemas.ROLE:
        found += _permission_failures(inputs.get("permissions"))
    if token == schemas.POOL_PROVIDER:
        found += _provider_failures(inputs)
    if token == watch_schemas.BUDGET:
        found += budget_failures(inputs)
    return found


def _too_long(token: str, inputs: Properties) -> Iterator[Failure]:
    for name, most in CHARACTERS_MAX.get(token, {}).items():
        value = inputs.get(name)
        if isinstance(value, str) and len(value.encode()) > most:
            yield name, f"has more than {most} bytes"


def _bucket_failures(inputs: Properties) -> Iterator[Failure]:
    prevention = inputs.get("publicAccessPrevention")
    if prevention not in ("inherited", "enforced", None, UNKNOWN):
        yield "publicAccessPrevention", "must be inherited or enforced"
    if inputs.get("storageClass") not in (*STORAGE_CLASSES, _ZONAL, *_OLD_CLASSES, None, UNKNOWN):
        yield "storageClass", f"must be one of {', '.join(STORAGE_CLASSES)}"
    yield from _label_failures(inputs.get("labels"))
    seconds = _member(inputs.get("softDeletePolicy"), "retentionDurationSeconds")
    least, most = SOFT_DELETE_SECONDS
    if isinstance(seconds, int) and seconds and not least <= seconds <= most:
        yield "softDeletePolicy.retentionDurationSeconds", f"must be 0 or {least} to {most}"
    rules = inputs.get("lifecycleRules")
    if not isinstance(rules, list):
        return
    if len(rules) > _LIFECYCLE_RULES_MAX:
        yield "lifecycleRules", f"has more than {_LIFECYCLE_RULES_MAX} rules"
    for index, rule in enumerate(rules):
        if isinstance(rule, dict):
            yield from _rule_failures(rule, f"lifecycleRules[{index}]")


def _rule_failures(rule: Mapping[str, Any], path: str) -> Iterator[Failure]:
    action, condition = rule["action"], rule["condition"]
    if not isinstance(action, dict) or not isinstance(condition, dict):
        return
    kind, into = action.get("type"), action.get("storageClass")
    if kind not in (*_ACTIONS, UNKNOWN):
        yield f"{path}.action.type", f"must be one of {', '.join(_ACTIONS)}"
    if kind == "SetStorageClass" and into is None:
        yield f"{path}.action.storageClass", "is required where the action is SetStorageClass"
    if kind not in ("SetStorageClass", UNKNOWN) and into is not None:
        yield f"{path}.action.storageClass", "means nothing where the action is another"
    if into not in (*STORAGE_CLASSES, *_OLD_CLASSES, None, UNKNOWN):
        yield f"{path}.action.storageClass", f"must be one of {', '.join(STORAGE_CLASSES)}"
    if not condition:
        yield f"{path}.condition", "must say something"
    if kind == "AbortIncompleteMultipartUpload":
        for name in condition.keys() - _OF_UPLOADS:
            yield f"{path}.condition.{name}", "cannot be met by an unfinished upload"
    yield from _condition_failures(condition, f"{path}.condition")


def _condition_failures(condition: Mapping[str, Any], path: str) -> Iterator[Failure]:
    for name, value in condition.items():
        where = f"{path}.{name}"
        if isinstance(value, int) and not isinstance(value, bool) and value < 0:
            yield where, "must not be negative"
        if name == "withState" and value not in (*_STATES, UNKNOWN):
            yield where, f"must be one of {', '.join(_STATES)}"
        if name == "matchesStorageClasses" and isinstance(value, list):
            for index, found in enumerate(value):
                if found not in (*STORAGE_CLASSES, *_OLD_CLASSES, UNKNOWN):
                    yield f"{where}[{index}]", f"must be one of {', '.join(STORAGE_CLASSES)}"


def _label_failures(labels: Any) -> Iterator[Failure]:
    if not isinstance(labels, dict):
        return
    if len(labels) > _LABELS_MAX:
        yield "labels", f"has more than {_LABELS_MAX} labels"
    for name, value in labels.items():
        where = f'labels["{name}"]'
        if not _LABEL_NAME.fullmatch(name):
            yield where, "must be named with lower-case letters, digits, - and _, a letter first"
        if isinstance(value, str) and not _LABEL_VALUE.fullmatch(value):
            yield where, "must be at most 63 lower-case letters, digits, - and _"


def _permission_failures(permissions: Any) -> Iterator[Failure]:
    if permissions == []:
        yield "permissions", "must name at least one"
    for index, permission in enumerate(permissions if isinstance(permissions, list) else []):
        if isinstance(permission, str) and not _PERMISSION.fullmatch(permission):
            yield f"permissions[{index}]", "must look like storage.objects.get: no '*' in a role"


def _provider_failures(inputs: Properties) -> Iterator[Failure]:
    issuers = [name for name in _ISSUERS if inputs.get(name) is not None]
    if len(issuers) != 1:
        yield issuers[1] if issuers else "oidc", f"must be exactly one of {', '.join(_ISSUERS)}"
    mapping = inputs.get("attributeMapping")
    if issuers == ["oidc"] and (mapping is None or "google.subject" not in _known(mapping)):
        yield "attributeMapping", "must say what google.subject is"
    oidc = inputs.get("oidc")
    issuer, audiences = _member(oidc, "issuerUri"), _member(oidc, "allowedAudiences")
    if isinstance(issuer, str) and not issuer.startswith("https://"):
        yield "oidc.issuerUri", "must begin with https://"
    if isinstance(audiences, list) and len(audiences) > _AUDIENCES_MAX:
        yield "oidc.allowedAudiences", f"has more than {_AUDIENCES_MAX} audiences"


def _known(mapping: Any) -> Any:
    """A map whose values may be unknown; one that is unknown itself is taken for whole."""
    return mapping if isinstance(mapping, dict) else {"google.subject"}


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
