"""What S3 refuses in a lifecycle configuration although its model allows it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ (lifecycle-transition-general-considerations,
intro-lifecycle-rules, lifecycle-conflicts) and the shapes' own documentation in botocore 1.44. That
STANDARD_IA wants 30 days is no rule any more: since July 2026 `Days` is "0 or any positive integer".
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from infra.local_cloud.handlers import Failure
from infra.local_cloud.values import UNKNOWN

RULES_MAX: Final = 1000
ID_CHARACTERS_MAX: Final = 255
NEWER_VERSIONS_MAX: Final = 100

_COLDER: Final[Mapping[str, frozenset[str]]] = {
    "STANDARD_IA": frozenset(
        {"INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"}
    ),
    "INTELLIGENT_TIERING": frozenset({"ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"}),
    "ONEZONE_IA": frozenset({"GLACIER", "DEEP_ARCHIVE"}),
    "GLACIER_IR": frozenset({"GLACIER", "DEEP_ARCHIVE"}),
    "GLACIER": frozenset({"DEEP_ARCHIVE"}),
    "DEEP_ARCHIVE": frozenset(),
}

_ACTIONS: Final = (
    "transitions",
    "noncurrentVersionTransitions",
    "expiration",
    "noncurrentVersionExpiration",
    "abortIncompleteMultipartUpload",
)

_MEMBERS: Final = ("prefix", "tag", "objectSizeGreaterThan", "objectSizeLessThan", "and")


def lifecycle_failures(rules: Any, path: str = "rules") -> list[Failure]:
    """Say what S3 would refuse in rules whose shape is right."""
    if not isinstance(rules, list):
        return []
    found: list[Failure] = []
    if not rules:
        found.append((path, "must have at least one rule"))
    if len(rules) > RULES_MAX:
        found.append((path, f"has {len(rules)} rules, at most {RULES_MAX} are allowed"))
    ids = Counter(rule.get("id") for rule in rules if isinstance(rule, dict))
    for index, rule in enumerate(rules):
        if isinstance(rule, dict):
            here = f"{path}[{index}]"
            found += _rule_failures(rule, here)
            name = rule.get("id")
            if isinstance(name, str) and ids[name] > 1:
                found.append((f"{here}.id", f"is {name!r}, as that of another rule"))
    return found


def _rule_failures(rule: dict[str, Any], path: str) -> list[Failure]:
    found: list[Failure] = []
    name = rule.get("id")
    if isinstance(name, str) and not 0 < len(name) <= ID_CHARACTERS_MAX:
        found.append((f"{path}.id", f"must have 1 to {ID_CHARACTERS_MAX} characters"))
    if not any(rule.get(action) for action in _ACTIONS):
        found.append((path, f"does nothing: give one of {', '.join(_ACTIONS)}"))
    if rule.get("prefix") is not None and rule.get("filter") is not None:
        found.append((f"{path}.prefix", "cannot be given together with filter"))
    found += _filter_failures(rule.get("filter"), f"{path}.filter")
    found += _transition_failures(rule, path, "transitions", "days")
    found += _transition_failures(rule, path, "noncurrentVersionTransitions", "noncurrentDays")
    found += _expiration_failures(rule, path)
    found += _number(rule, f"{path}", "abortIncompleteMultipartUpload", "daysAfterInitiation", 1)
    found += _tag_failures(rule, path)
    return found


def _filter_failures(chosen: Any, path: str) -> list[Failure]:
    if not isinstance(chosen, dict):
        return []
    given = [name for name in _MEMBERS if chosen.get(name) is not None]
    found: list[Failure] = []
    if len(given) > 1:
        found.append((path, f"has {' and '.join(given)}; more than one belongs into `and`"))
    both = chosen.get("and")
    if isinstance(both, dict):
        tags = both.get("tags")
        count = sum(both.get(name) is not None for name in _MEMBERS)
        count += len(tags) if isinstance(tags, dict) else 2 if tags is UNKNOWN else 0
        if count < 2:
            found.append((f"{path}.and", "must combine at least two predicates"))
    for where, place in ((chosen, path), (both, f"{path}.and")):
        if not isinstance(where, dict):
            continue
        least, most = where.get("objectSizeGreaterThan"), where.get("objectSizeLessThan")
        for size, size_name in ((least, "objectSizeGreaterThan"), (most, "objectSizeLessThan")):
            if isinstance(size, int) and size < 0:
                found.append((f"{place}.{size_name}", "must not be negative"))
        if isinstance(least, int) and isinstance(most, int) and least >= most:
            found.append((f"{place}.objectSizeLessThan", "must exceed objectSizeGreaterThan"))
    return found


def _transition_failures(
    rule: dict[str, Any], path: str, name: str, days_name: str
) -> list[Failure]:
    transitions = rule.get(name)
    if not isinstance(transitions, list):
        return []
    found: list[Failure] = []
    least = 0 if days_name == "days" else 1
    dated: list[tuple[float, int, str]] = []
    for index, transition in enumerate(transitions):
        if not isinstance(transition, dict):
            continue
        here = f"{path}.{name}[{index}]"
        days, date = transition.get(days_name), transition.get("date")
        if days is not None and date is not None:
            found.append((f"{here}.date", f"cannot be given together with {days_name}"))
        if isinstance(days, int) and days < least:
            found.append((f"{here}.{days_name}", f"is {days}, must be at least {least}"))
        found += _midnight(date, f"{here}.date")
        found += _newer(transition, here)
        when = _when(0 if days is None and date is None else days, date)
        storage_class = transition.get("storageClass")
        if when is not None and isinstance(storage_class, str) and storage_class in _COLDER:
            dated.append((when, index, storage_class))
    given = [transition for transition in transitions if isinstance(transition, dict)]
    if len({transition.get("date") is None for transition in given}) > 1:
        found.append((f"{path}.{name}", f"mixes date and {days_name}"))
        return found
    dated.sort(key=lambda entry: (entry[0], entry[1]))
    for (before, _, warmer), (after, index, colder) in pairwise(dated):
        here = f"{path}.{name}[{index}]"
        if colder not in _COLDER[warmer]:
            found.append((f"{here}.storageClass", f"is {colder}, which cannot follow {warmer}"))
        elif after == before:
            found.append((f"{here}.{days_name}", f"must be later than the transition to {warmer}"))
    return found


def _expiration_failures(rule: dict[str, Any], path: str) -> list[Failure]:
    found: list[Failure] = []
    expiration = rule.get("expiration")
    if isinstance(expiration, dict):
        here = f"{path}.expiration"
        given = [
            name
            for name in ("days", "date", "expiredObjectDeleteMarker")
            if expiration.get(name) is not None
        ]
        if len(given) != 1:
            found.append(
                (here, "must have exactly one of days, date and expiredObjectDeleteMarker")
            )
        found += _number(rule, path, "expiration", "days", 1)
        found += _midnight(expiration.get("date"), f"{here}.date")
        found += _outlives(rule.get("transitions"), expiration, "days", here)
        found += _outlives(rule.get("transitions"), expiration, "date", here)
    noncurrent = rule.get("noncurrentVersionExpiration")
    if isinstance(noncurrent, dict):
        here = f"{path}.noncurrentVersionExpiration"
        found += _number(rule, path, "noncurrentVersionExpiration", "noncurrentDays", 1)
        found += _newer(noncurrent, here)
        found += _outlives(
            rule.get("noncurrentVersionTransitions"), noncurrent, "noncurrentDays", here
        )
    return found


def _outlives(transitions: Any, expiration: dict[str, Any], name: str, path: str) -> list[Failure]:
    end = expiration.get(name)
    if not isinstance(transitions, list) or end is None or end is UNKNOWN:
        return []
    for transition in transitions:
        moved = transition.get(name) if isinstance(transition, dict) else None
        if moved is not None and type(moved) is type(end) and moved >= end:
            what = transition.get("storageClass")
            return [(f"{path}.{name}", f"is {end}, must be later than the transition to {what}")]
        if name == "days" and isinstance(transition, dict) and transition.get("date") is not None:
            return [(f"{path}.{name}", "cannot be given where a transition has a date")]
        if name == "date" and isinstance(transition, dict) and transition.get("days") is not None:
            return [(f"{path}.{name}", "cannot be given where a transition has days")]
    return []


def _tag_failures(rule: dict[str, Any], path: str) -> list[Failure]:
    chosen = rule.get("filter")
    if not isinstance(chosen, dict):
        return []
    both = chosen.get("and")
    if chosen.get("tag") is None and not (isinstance(both, dict) and both.get("tags")):
        return []
    found: list[Failure] = []
    if rule.get("abortIncompleteMultipartUpload"):
        found.append((f"{path}.abortIncompleteMultipartUpload", "cannot have a filter by tag"))
    expiration = rule.get("expiration")
    if isinstance(expiration, dict) and expiration.get("expiredObjectDeleteMarker") is not None:
        found.append(
            (f"{path}.expiration.expiredObjectDeleteMarker", "cannot have a filter by tag")
        )
    return found


def _number(rule: dict[str, Any], path: str, action: str, name: str, least: int) -> list[Failure]:
    chosen = rule.get(action)
    value = chosen.get(name) if isinstance(chosen, dict) else None
    if isinstance(value, int) and value < least:
        return [(f"{path}.{action}.{name}", f"is {value}, must be at least {least}")]
    return []


def _newer(chosen: dict[str, Any], path: str) -> list[Failure]:
    count = chosen.get("newerNoncurrentVersions")
    if isinstance(count, int) and not 0 < count <= NEWER_VERSIONS_MAX:
        return [
            (f"{path}.newerNoncurrentVersions", f"is {count}, must be 1 to {NEWER_VERSIONS_MAX}")
        ]
    return []


def _midnight(date: Any, path: str) -> list[Failure]:
    moment = _moment(date)
    if moment and (moment.hour, moment.minute, moment.second, moment.microsecond) != (0, 0, 0, 0):
        return [(path, f"is {date}, must be midnight UTC")]
    return []


def _when(days: Any, date: Any) -> float | None:
    if isinstance(days, int):
        return float(days)
    moment = _moment(date)
    return moment.timestamp() if moment else None


def _moment(date: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(date) if isinstance(date, str) else None
    except ValueError:
        return None  # the model's check says so
