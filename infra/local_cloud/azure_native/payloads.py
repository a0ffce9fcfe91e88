"""What Azure would refuse in a resource's inputs.

Pure: nothing here asks a service. The models are Microsoft's for storage 2024-01-01; the rules that they
lack, and those of the other resource providers, are from Microsoft's documentation.
"""

import re
from typing import Final

from infra.local_cloud.azure_native import models, schemas
from infra.local_cloud.azure_native.policy_rules import policy_failures, service_failures
from infra.local_cloud.azure_native.private_endpoints import endpoint_failures
from infra.local_cloud.azure_native.schema import Schema
from infra.local_cloud.azure_native.schemas import PATTERNS, SCHEMAS
from infra.local_cloud.azure_native.watch_rules import watch_failures
from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN, Properties

TAGS_MAX: Final = {schemas.ACCOUNT: 15}  # the REST specification's; elsewhere ARM allows 50
_TAGS_MAX_ELSEWHERE: Final = 50
# https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources: 512, of accounts 128
_TAG_NAME_CHARACTERS_MAX: Final = {schemas.ACCOUNT: 128}
_TAG_NAME_CHARACTERS_MAX_ELSEWHERE: Final = 512
_TAG_VALUE_CHARACTERS_MAX: Final = 256

_PRINCIPALS: Final = ("User", "Group", "ServicePrincipal", "ForeignGroup", "Device")
_PERMISSIONS: Final = ("actions", "notActions", "dataActions", "notDataActions")
_METADATA_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SAS_PERIOD: Final = re.compile(r"(\d+\.)?\d{1,2}:[0-5]\d:[0-5]\d")
_KINDS: Final[dict[type, str]] = {str: "a string", dict: "an object", list: "a list"}


def failures(token: str, inputs: Properties) -> list[Failure]:
    """Say everything that is wrong with the inputs of a resource; unknown values are passed over.

    Args:
        token: the resource's type: `azure-native:storage:StorageAccount`.
        inputs: by their Pulumi names.

    Returns:
        (property path, reason) of each failure; none means that Azure would take it, as far as its models and
        its documentation tell.

    Raises:
        KeyError: the local cloud does not serve the type.
    """
    schema = SCHEMAS[token]
    body = set(models.properties(schema.model)) if schema.model else set(schema.body)
    found: list[Failure] = []
    for name, value in inputs.items():
        if name in schema.place:
            if value is not UNKNOWN and not isinstance(value, str):
                found.append((name, "must be a string"))
        elif name in schema.unserved:
            found.append((name, "is not served by the local cloud"))
        elif name not in body:
            known = ", ".join(sorted({*schema.place, *body}))
            found.append((name, f"is not a property of {token}; there are {known}"))
        elif schema.model:
            found += models.check_property(schema.model, name, value)
        elif value is not UNKNOWN and not isinstance(value, schema.body[name]):
            found.append((name, f"must be {_KINDS[schema.body[name]]}"))
    found += [(name, "is required") for name in _required(schema) if inputs.get(name) is None]
    return found + _place_failures(schema, inputs) + _documented(token, inputs)


def _required(schema: Schema) -> list[str]:
    # azure-native takes the location from the configuration or from the resource group.
    of_model = models.required(schema.model) if schema.model else []
    return sorted({*schema.required, *of_model} - {"location"})


def _place_failures(schema: Schema, inputs: Properties) -> list[Failure]:
    found: list[Failure] = []
    for name, only in schema.fixed.items():
        if inputs.get(name) not in (only, UNKNOWN):
            # azure-native would invent a name here, and the service would refuse it only at up.
            found.append((name, f"must be given and be {only!r}"))
    for name, (pattern, said) in {**PATTERNS, **schema.patterns}.items():
        value = inputs.get(name)
        if isinstance(value, str) and not pattern.fullmatch(value):
            found.append((name, f"is {value!r}, must be {said}"))
    return found


def _documented(token: str, inputs: Properties) -> list[Failure]:
    found = [*_tag_failures(token, inputs), *watch_failures(token, inputs)]
    if token == schemas.ACCOUNT:
        found += _account_failures(inputs)
    if token == schemas.BLOB_SERVICE:
        found += service_failures(inputs)
    if token == schemas.POLICY:
        found += policy_failures(inputs.get("policy"))
    if token == schemas.CONTAINER and isinstance(inputs.get("metadata"), dict):
        found += [
            (f'metadata["{name}"]', "must be a C# identifier")
            for name in inputs["metadata"]
            if not _METADATA_NAME.fullmatch(name)
        ]
    found += endpoint_failures(token, inputs)
    if token == schemas.ROLE_DEFINITION:
        found += _role_definition_failures(inputs)
    if token == schemas.FEDERATION:
        found += _federation_failures(inputs)
    if token == schemas.ROLE_ASSIGNMENT:
        if inputs.get("principalType") not in (*_PRINCIPALS, UNKNOWN, None):
            found.append(("principalType", f"must be one of {', '.join(_PRINCIPALS)}"))
        given = inputs.get("condition"), inputs.get("conditionVersion")
        if given[0] is not None and given[1] not in ("2.0", UNKNOWN):
            found.append(("conditionVersion", "must be '2.0' when there is a condition"))
        if given[0] is None and given[1] is not None:
            found.append(("conditionVersion", "means nothing without a condition"))
    return found


def _role_definition_failures(inputs: Properties) -> list[Failure]:
    # https://learn.microsoft.com/azure/role-based-access-control/role-definitions
    found: list[Failure] = []
    if inputs.get("roleType") not in ("CustomRole", UNKNOWN, None):
        found.append(("roleType", "must be 'CustomRole': the others are Microsoft's"))
    for name in ("permissions", "assignableScopes"):
        if inputs.get(name) == []:
            found.append((name, "must not be empty"))
    scopes = inputs.get("assignableScopes")
    found += [
        (f"assignableScopes[{index}]", "must be the id of a scope: it begins with a slash")
        for index, scope in enumerate(scopes if isinstance(scopes, list) else [])
        if scope is not UNKNOWN and not (isinstance(scope, str) and scope.startswith("/"))
    ]
    permissions = inputs.get("permissions")
    for index, permission in enumerate(permissions if isinstance(permissions, list) else []):
        here = f"permissions[{index}]"
        if not isinstance(permission, dict):
            if permission is not UNKNOWN:
                found.append((here, "must be an object"))
            continue
        for name, actions in permission.items():
            if name not in _PERMISSIONS:
                found.append(
                    (f"{here}.{name}", f"is not a property; there are {', '.join(_PERMISSIONS)}")
                )
            elif actions is not UNKNOWN and not isinstance(actions, list):
                found.append((f"{here}.{name}", "must be a list"))
    return found


# https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations (2026-11-26)
_FEDERATION_CHARACTERS_MAX: Final = 600


def _federation_failures(inputs: Properties) -> list[Failure]:
    found: list[Failure] = []
    audiences = inputs.get("audiences")
    named = [("issuer", inputs.get("issuer")), ("subject", inputs.get("subject"))]
    if isinstance(audiences, list):
        if len(audiences) != 1:
            found.append(("audiences", f"has {len(audiences)} items, must have exactly one"))
        named += [(f"audiences[{index}]", one) for index, one in enumerate(audiences)]
    for name, value in named:
        if value is not None and value is not UNKNOWN and not isinstance(value, str):
            found.append((name, "must be a string"))
        elif isinstance(value, str) and not 0 < len(value) <= _FEDERATION_CHARACTERS_MAX:
            found.append((name, f"must have 1 to {_FEDERATION_CHARACTERS_MAX} characters"))
        elif isinstance(value, str) and name != "issuer" and "*" in value:
            found.append((name, "must be the whole value: there are no wildcards"))
    issuer = inputs.get("issuer")
    if isinstance(issuer, str) and not re.fullmatch(r"https://[^\s/?#]+[^\s?#]*", issuer):
        found.append(("issuer", f"is {issuer!r}, must be a URL that begins with https://"))
    return found


def _account_failures(inputs: Properties) -> list[Failure]:
    found: list[Failure] = []
    if inputs.get("kind") == "BlobStorage" and inputs.get("accessTier") is None:
        found.append(("accessTier", "is required where kind is BlobStorage"))
    policy = inputs.get("sasPolicy")
    period = policy.get("sasExpirationPeriod") if isinstance(policy, dict) else None
    if isinstance(period, str) and not _SAS_PERIOD.fullmatch(period):
        found.append(("sasPolicy.sasExpirationPeriod", f"is {period!r}, must be DD.HH:MM:SS"))
    return found


def _tag_failures(token: str, inputs: Properties) -> list[Failure]:
    tags = inputs.get("tags")
    if not isinstance(tags, dict):
        return []
    most = TAGS_MAX.get(token, _TAGS_MAX_ELSEWHERE)
    longest = _TAG_NAME_CHARACTERS_MAX.get(token, _TAG_NAME_CHARACTERS_MAX_ELSEWHERE)
    found: list[Failure] = []
    if len(tags) > most:
        found.append(("tags", f"has {len(tags)} tags, must be at most {most}"))
    for name, value in tags.items():
        if not 0 < len(name) <= longest:
            found.append((f'tags["{name}"]', f"must have a name of 1 to {longest} characters"))
        if value is not UNKNOWN and not isinstance(value, str):
            found.append((f'tags["{name}"]', "must be a string"))
        elif isinstance(value, str) and len(value) > _TAG_VALUE_CHARACTERS_MAX:
            found.append((f'tags["{name}"]', "has more than 256 characters"))
    return found
