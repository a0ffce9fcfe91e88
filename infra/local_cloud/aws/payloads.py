"""What AWS would refuse in a resource's inputs, and the request that they become.

Pure: nothing here asks a service. The models are botocore's; the rules that they lack are from AWS's
documentation.
"""

import re
from typing import Any, Final

from botocore.model import ListShape, Shape

from infra.local_cloud.aws import schemas, shapes
from infra.local_cloud.aws.lifecycle_rules import lifecycle_failures
from infra.local_cloud.aws.policy_documents import Kind, document_failures, document_text
from infra.local_cloud.aws.schemas import SCHEMAS
from infra.local_cloud.aws.watch_rules import watch_failures
from infra.local_cloud.aws.watch_schemas import TOPIC_POLICY
from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN, Properties

DOCUMENTS: Final[dict[str, tuple[str, Kind]]] = {
    schemas.BUCKET_POLICY: ("policy", "bucket"),
    schemas.ROLE: ("assumeRolePolicy", "trust"),
    schemas.ROLE_POLICY: ("policy", "identity"),
    schemas.USER_POLICY: ("policy", "identity"),
    schemas.KEY: ("policy", "key"),
    TOPIC_POLICY: ("policy", "bucket"),  # of a resource, as a bucket's
}
"""Type → the property that is a policy document, which a program may write as text or as an object."""

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_BUCKET_ADDRESS: Final = re.compile(r"\d+\.\d+\.\d+\.\d+")
_BUCKET_PREFIXES: Final = ("xn--", "sthree-", "amzn-s3-demo-")
_BUCKET_SUFFIXES: Final = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
BUCKET_PREFIX_CHARACTERS_MAX: Final = 37

_KINDS: Final = {
    str: "a string",
    bool: "true or false",
    dict: "an object",
    int: "a whole number",
    list: "a list",
}


def failures(token: str, inputs: Properties) -> list[Failure]:
    """Say everything that is wrong with the inputs of a resource; unknown values are passed over.

    Args:
        token: the resource's type: `aws:s3/bucket:Bucket`.
        inputs: by their Pulumi names.

    Returns:
        (property path, reason) of each failure; none means that AWS would take it, as far as its models and
        its documentation tell.

    Raises:
        KeyError: the local cloud does not serve the type.
    """
    schema = SCHEMAS[token]
    found: list[Failure] = []
    for name, value in inputs.items():
        if name in schema.members:
            if token in DOCUMENTS and name == DOCUMENTS[token][0] and isinstance(value, dict):
                continue  # its text is the payload; the grammar is checked below
            found += shapes.check(_shape(token, name), value, name)
        elif name in schema.own:
            kind = schema.own[name]
            # Python takes true for a number.
            right = type(value) is int if kind is int else isinstance(value, kind)
            if value is not UNKNOWN and not right:
                found.append((name, f"must be {_KINDS[kind]}"))
        elif name in schema.refused:
            found.append((name, schema.refused[name]))
        else:
            known = ", ".join(sorted([*schema.members, *schema.own]))
            found.append((name, f"is not a property of {token}; there are {known}"))
    found += [(name, "is required") for name in schema.required if inputs.get(name) is None]
    return found + _documented(token, inputs)


def request(token: str, inputs: Properties) -> dict[str, Any]:
    """The request of the type's operation, from checked and wholly known inputs."""
    made: dict[str, Any] = {}
    for name, path in SCHEMAS[token].members.items():
        if inputs.get(name) is None:
            continue
        *parents, last = path.split(".")
        place = made
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = request_property(token, name, inputs[name])
    return made


def request_property(token: str, name: str, value: Any) -> Any:
    """One property as the request has it."""
    if token in DOCUMENTS and name == DOCUMENTS[token][0]:
        value = document_text(value)
    translated = shapes.translate(_shape(token, name), value)
    return [translated] if (token, name) == _SINGLE else translated


def live_property(token: str, name: str, answer: Any) -> Any:
    """One property in Pulumi's form, from what the service answered for it."""
    return shapes.back(_shape(token, name), answer[0] if (token, name) == _SINGLE else answer)


# The API has a list of exactly one rule here, pulumi-aws the rule.
_SINGLE: Final = (schemas.OWNERSHIP, "rule")


def _shape(token: str, name: str) -> Shape:
    schema = SCHEMAS[token]
    root = shapes.input_shape(schema.service, schema.operation)
    shape = shapes.member(root, schema.members[name])
    if (token, name) == _SINGLE and isinstance(shape, ListShape):
        return shape.member
    return shape


def _documented(token: str, inputs: Properties) -> list[Failure]:
    found = watch_failures(token, inputs)
    if token in DOCUMENTS:
        name, kind = DOCUMENTS[token]
        found += document_failures(inputs.get(name), name, kind=kind)
    if token == schemas.BUCKET:
        found += _bucket_failures(inputs)
    if token == schemas.LIFECYCLE:
        found += lifecycle_failures(inputs.get("rules"))
    if token == schemas.KEY:
        found += _key_failures(inputs)
    if token == schemas.ENCRYPTION:
        found += _encryption_failures(inputs.get("rules"))
    if token == schemas.ACCESS_KEY and inputs.get("status", "Active") not in (
        "Active",
        "Inactive",
        UNKNOWN,
    ):
        found.append(("status", "must be Active or Inactive"))
    for name, prefix in (("bucket", "bucketPrefix"), ("name", "namePrefix")):
        named, begun = inputs.get(name), inputs.get(prefix)
        # The automatic name of a prefix begins with it; any other name contradicts it.
        if isinstance(named, str) and isinstance(begun, str) and not named.startswith(begun):
            found.append((prefix, f"cannot be given together with {name}"))
    return found


# https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html (2026-11-26): 7 to 30 days;
# the model says 1 to 365.
_DELETION_DAYS: Final = range(7, 31)
# https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html (2026-11-26), and the model.
_ROTATION_DAYS: Final = range(90, 2561)


def _key_failures(inputs: Properties) -> list[Failure]:
    found: list[Failure] = []
    for name, days in (
        ("deletionWindowInDays", _DELETION_DAYS),
        ("rotationPeriodInDays", _ROTATION_DAYS),
    ):
        given = inputs.get(name)
        if isinstance(given, int) and given not in days:
            found.append((name, f"is {given}, must be {days[0]} to {days[-1]}"))
    rotates = inputs.get("enableKeyRotation")
    if (
        inputs.get("rotationPeriodInDays") is not None
        and rotates is not True
        and rotates is not UNKNOWN
    ):
        found.append(("rotationPeriodInDays", "means nothing without enableKeyRotation"))
    symmetric = inputs.get("customerMasterKeySpec") in (None, "SYMMETRIC_DEFAULT", UNKNOWN)
    if rotates is True and not symmetric:
        found.append(("enableKeyRotation", "is possible only for SYMMETRIC_DEFAULT keys"))
    return found


def _bucket_failures(inputs: Properties) -> list[Failure]:
    found: list[Failure] = []
    name, prefix = inputs.get("bucket"), inputs.get("bucketPrefix")
    if isinstance(prefix, str) and len(prefix) > BUCKET_PREFIX_CHARACTERS_MAX:
        found.append(("bucketPrefix", f"has more than {BUCKET_PREFIX_CHARACTERS_MAX} characters"))
    if not isinstance(name, str):
        return found
    if not _BUCKET_NAME.fullmatch(name) or ".." in name:
        found.append(
            ("bucket", f"is {name!r}; 3 to 63 lower-case letters, digits, dots and dashes are allowed, "
             "a letter or digit at both ends, no two dots together")
        )  # fmt: skip
    elif (
        _BUCKET_ADDRESS.fullmatch(name)
        or name.startswith(_BUCKET_PREFIXES)
        or name.endswith(_BUCKET_SUFFIXES)
    ):
        found.append(("bucket", f"is {name!r}, a form that S3 keeps for itself"))
    return found


def _encryption_failures(rules: Any) -> list[Failure]:
    if not isinstance(rules, list):
        return []
    found: list[Failure] = []
    if len(rules) != 1:
        found.append(("rules", "must have exactly one rule"))
    for index, rule in enumerate(rules):
        default = rule.get("applyServerSideEncryptionByDefault") if isinstance(rule, dict) else None
        if not isinstance(default, dict):
            continue
        algorithm = default.get("sseAlgorithm")
        if default.get("kmsMasterKeyId") and algorithm == "AES256":
            path = f"rules[{index}].applyServerSideEncryptionByDefault.kmsMasterKeyId"
            found.append((path, "is allowed only with the algorithms aws:kms and aws:kms:dsse"))
    return found
