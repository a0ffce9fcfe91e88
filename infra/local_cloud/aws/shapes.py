"""Pulumi's property names against botocore's shapes: checked, translated, and back.

botocore's models are AWS's own: https://github.com/boto/botocore/tree/develop/botocore/data. pulumi-aws names
a member as AWS does, in camel case (`SSEAlgorithm` is `sseAlgorithm`): the names agree but for their case.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeGuard

from botocore.model import ListShape, ServiceModel, Shape, StringShape, StructureShape

from infra.local_cloud.aws.clients import session
from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN

# What the Pulumi schema requires and AWS's model does not.
_REQUIRED_BESIDES: Final[Mapping[str, tuple[str, ...]]] = {
    "LifecycleRule": ("ID", "Status"),
    "Transition": ("StorageClass",),
    "NoncurrentVersionTransition": ("NoncurrentDays", "StorageClass"),
    "NoncurrentVersionExpiration": ("NoncurrentDays",),
    "VersioningConfiguration": ("Status",),
}

# pulumi-aws's word for a bucket that never had versions; S3 has none.
_VALUES_BESIDES: Final[Mapping[str, tuple[str, ...]]] = {"BucketVersioningStatus": ("Disabled",)}

_NAMES: Final = {"ID": "id", "MFADelete": "mfaDelete", "SSEAlgorithm": "sseAlgorithm"} | {
    "KMSMasterKeyID": "kmsMasterKeyId"
}


@cache
def input_shape(service: str, operation: str) -> StructureShape:
    """The shape of an operation's request."""
    shape = _service(service).operation_model(operation).input_shape
    if shape is None:
        raise LookupError(f"{service}.{operation} takes no input")
    return shape


@cache
def _service(name: str) -> ServiceModel:
    return session().get_service_model(name)


def member(shape: StructureShape, path: str) -> Shape:
    """The shape that lies at a dotted path: `LifecycleConfiguration.Rules`."""
    found: Shape = shape
    for name in path.split("."):
        assert isinstance(found, StructureShape)  # noqa: S101 - the schemas name structures only
        found = found.members[name]
    return found


def pulumi_name(name: str) -> str:
    """The Pulumi property name of a member: `NoncurrentDays` is `noncurrentDays`."""
    return _NAMES.get(name, name[0].lower() + name[1:])


def check(shape: Shape, value: Any, path: str) -> list[Failure]:
    """Say everything that the model finds wrong with a value in Pulumi's form."""
    if value is UNKNOWN or value is None:
        return []
    if _is_tags(shape) and isinstance(value, dict):
        return _check_tags(shape, value, path)
    if isinstance(shape, StructureShape):
        wrapped = _wrapped(shape)
        if wrapped and isinstance(value, list):
            return check(wrapped[1], value, path)
        return _check_structure(shape, value, path)
    if isinstance(shape, ListShape):
        if not isinstance(value, list):
            return [(path, "must be a list")]
        found = _check_size(shape, len(value), path, "items")
        for index, item in enumerate(value):
            found += check(shape.member, item, f"{path}[{index}]")
        return found
    return _check_scalar(shape, value, path)


def translate(shape: Shape, value: Any) -> Any:
    """Return a checked, wholly known value in the form that the AWS API takes."""
    if _is_tags(shape) and isinstance(value, dict):
        name, content = _tag_members(shape)
        return [{name: key, content: item} for key, item in sorted(value.items())]
    if isinstance(shape, StructureShape):
        wrapped = _wrapped(shape)
        if wrapped and isinstance(value, list):
            return {wrapped[0]: value}
        names = {name.lower(): name for name in shape.members}
        return {
            names[key.lower()]: translate(shape.members[names[key.lower()]], item)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(shape, ListShape):
        return [translate(shape.member, item) for item in value]
    if shape.type_name == "timestamp":
        return _moment(value)
    return value


def back(shape: Shape, value: Any) -> Any:
    """Return what the AWS API answered in Pulumi's form."""
    if _is_tags(shape):
        name, content = _tag_members(shape)
        return {item[name]: item[content] for item in value}
    if isinstance(shape, StructureShape):
        wrapped = _wrapped(shape)
        if wrapped:
            return value.get(wrapped[0], [])
        return {
            pulumi_name(name): back(shape.members[name], item)
            for name, item in value.items()
            if name in shape.members
        }
    if isinstance(shape, ListShape):
        return [back(shape.member, item) for item in value]
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


def _check_structure(shape: StructureShape, value: Any, path: str) -> list[Failure]:
    if not isinstance(value, dict):
        return [(path, "must be an object")]
    names = {name.lower(): name for name in shape.members}
    found: list[Failure] = []
    for key, item in value.items():
        name = names.get(key.lower())
        if name is None or key != pulumi_name(name):
            known = ", ".join(sorted(map(pulumi_name, shape.members)))
            found.append((f"{path}.{key}", f"is not a property; there are {known}"))
        else:
            found += check(shape.members[name], item, f"{path}.{key}")
    required = {*shape.required_members, *_REQUIRED_BESIDES.get(shape.name, ())}
    given = {key.lower() for key, item in value.items() if item is not None}
    found += [
        (f"{path}.{pulumi_name(name)}", "is required")
        for name in sorted(required)
        if name.lower() not in given
    ]
    return found


def _check_tags(shape: ListShape, value: dict[str, Any], path: str) -> list[Failure]:
    assert isinstance(shape.member, StructureShape)  # noqa: S101 - _is_tags says so
    name, content = _tag_members(shape)
    found = _check_size(shape, len(value), path, "tags")
    for key, item in value.items():
        found += check(shape.member.members[name], key, f'{path}["{key}"]')
        found += check(shape.member.members[content], item, f'{path}["{key}"]')
    return found


def _check_scalar(shape: Shape, value: Any, path: str) -> list[Failure]:
    kind = shape.type_name
    if kind == "boolean":
        return [] if isinstance(value, bool) else [(path, "must be true or false")]
    if kind in ("integer", "long"):
        if isinstance(value, bool) or not isinstance(value, int):
            return [(path, "must be a whole number")]
        return _check_size(shape, value, path, "")
    if kind in ("double", "float"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return [(path, "must be a number")]
        return _check_size(shape, value, path, "")
    if kind == "timestamp":
        try:
            _moment(value)
        except (TypeError, ValueError):
            return [(path, "must be a moment in RFC 3339, such as 2027-01-31T00:00:00Z")]
        return []
    if not isinstance(value, str):
        return [(path, "must be a string")]
    found = _check_size(shape, len(value), path, "characters")
    if isinstance(shape, StringShape) and shape.enum:
        allowed = (*shape.enum, *_VALUES_BESIDES.get(shape.name, ()))
        if value not in allowed:
            found.append((path, f"is {value!r}; AWS knows {', '.join(sorted(allowed))}"))
    pattern = shape.metadata.get("pattern")
    if pattern and not _expression(pattern).fullmatch(value):
        found.append((path, f"is {value!r}, which does not match {pattern}"))
    return found


def _check_size(shape: Shape, size: float, path: str, unit: str) -> list[Failure]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    what = f"has {size} {unit}" if unit else f"is {size}"
    if least is not None and size < least:
        return [(path, f"{what}, must be at least {least}")]
    if most is not None and size > most:
        return [(path, f"{what}, must be at most {most}")]
    return []


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    # AWS writes Java's expressions; Python's has no Unicode categories, \w and \s stand for them, and takes
    # flags at the start only: without one, less is refused.
    return re.compile(pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s").replace("(?i)", ""))


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return moment


def _is_tags(shape: Shape) -> TypeGuard[ListShape]:
    return (
        isinstance(shape, ListShape)
        and isinstance(shape.member, StructureShape)
        and tuple(sorted(shape.member.members)) in (("Key", "Value"), ("TagKey", "TagValue"))
    )


def _tag_members(shape: ListShape) -> tuple[str, str]:
    """What the service calls a tag's name and its value."""
    assert isinstance(shape.member, StructureShape)  # noqa: S101 - _is_tags says so
    name, content = sorted(shape.member.members)
    return name, content


def _wrapped(shape: StructureShape) -> tuple[str, Shape] | None:
    # XML's way to write a list, which pulumi-aws leaves out: BlockedEncryptionTypes{EncryptionType: […]}.
    if len(shape.members) == 1:
        name, only = next(iter(shape.members.items()))
        if isinstance(only, ListShape):
            return name, only
    return None
