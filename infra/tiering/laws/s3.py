"""Amazon S3's rules about lifecycle configurations."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any, Final

from infra.tiering.laws.terms import Facts, Law, Problem, Rules, Weight
from infra.tiering.manners import MANNERS

_GUIDE: Final = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
_CONSIDERATIONS: Final = f"{_GUIDE}lifecycle-transition-general-considerations.html"
_ELEMENTS: Final = f"{_GUIDE}intro-lifecycle-rules.html"
_MODEL: Final = "botocore 1.44, model of s3 2006-03-01"
_READ: Final = date(2026, 11, 23)

RULES_MAX: Final = 1000
ID_CHARACTERS_MAX: Final = 255
NEWER_VERSIONS_MAX: Final = 100
MINIMUM_DAYS: Final = {
    "STANDARD_IA": 30,
    "ONEZONE_IA": 30,
    "GLACIER_IR": 90,
    "GLACIER": 90,
    "DEEP_ARCHIVE": 180,
}
_FILTERS: Final = ("prefix", "tag", "object_size_greater_than", "object_size_less_than", "and")
_LISTS: Final = (
    ("transitions", "days", "expiration"),
    ("noncurrent_version_transitions", "noncurrent_days", "noncurrent_version_expiration"),
)


def _too_many(rules: Rules, _: Facts) -> Iterator[Problem]:
    if not 1 <= len(rules) <= RULES_MAX:
        yield "rules", f"{len(rules)} rules, there must be 1 to {RULES_MAX}"


def _long_ids(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        if not 1 <= len(rule["id"]) <= ID_CHARACTERS_MAX:
            yield f"rules[{index}].id", f"must have 1 to {ID_CHARACTERS_MAX} characters"


def _same_ids(rules: Rules, _: Facts) -> Iterator[Problem]:
    counted = Counter(rule["id"] for rule in rules)
    for index, rule in enumerate(rules):
        if counted[rule["id"]] > 1:
            yield f"rules[{index}].id", f"{rule['id']!r} is the id of another rule, too"


def _filters(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        given = [name for name in _FILTERS if name in rule["filter"]]
        if len(given) != 1:
            yield (
                f"rules[{index}].filter",
                f"has {len(given)} conditions; several belong into `and`",
            )


def _wildcards(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        if "*" in rule["filter"].get("prefix", ""):
            yield f"rules[{index}].filter.prefix", "`*` is a letter like any other in a prefix"


def _moves(rules: Rules) -> Iterator[tuple[str, dict[str, Any], str, str]]:
    """Yield where a rule has moves, the rule, and the names of the moves and of their days."""
    for index, rule in enumerate(rules):
        for name, days, _ in _LISTS:
            if name in rule:
                yield f"rules[{index}].{name}", rule, name, days


def _order(rules: Rules, _: Facts) -> Iterator[Problem]:
    onward = MANNERS["aws"].onward
    for path, rule, name, days in _moves(rules):
        ordered = sorted(rule[name], key=lambda move: move[days])
        for warmer, colder in pairwise(ordered):
            if colder["storage_class"] not in onward.get(warmer["storage_class"], ()):
                words = f"{colder['storage_class']} cannot follow {warmer['storage_class']}"
                yield path, words


def _days(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, rule, name, days in _moves(rules):
        least = 0 if days == "days" else 1
        for number, move in enumerate(rule[name]):
            if move[days] < least:
                yield f"{path}[{number}].{days}", f"is {move[days]}, must be at least {least}"


def _ends(rules: Rules) -> Iterator[tuple[str, dict[str, Any], int, str, str]]:
    for index, rule in enumerate(rules):
        for moves, days, end in _LISTS:
            if days in rule.get(end, {}):
                yield f"rules[{index}].{end}.{days}", rule, rule[end][days], moves, days


def _end_days(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, _rule, end, _moves, _days in _ends(rules):
        if end < 1:
            yield path, f"is {end}, must be at least 1"


def _ends_later(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, rule, end, moves, days in _ends(rules):
        if any(move[days] >= end for move in rule.get(moves, ())):
            yield path, f"is {end}, must be later than every transition"


def _marker_alone(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        expiration = rule.get("expiration", {})
        if "expired_object_delete_marker" in expiration and len(expiration) > 1:
            yield f"rules[{index}].expiration", "expired_object_delete_marker stands alone"


def _newer_versions(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        ends = rule.get("noncurrent_version_expiration", {})
        count = ends.get("newer_noncurrent_versions")
        if count is not None and not 1 <= count <= NEWER_VERSIONS_MAX:
            yield (
                f"rules[{index}].noncurrent_version_expiration.newer_noncurrent_versions",
                f"is {count}, must be 1 to {NEWER_VERSIONS_MAX}",
            )


def _versions(rules: Rules, facts: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        if not facts.versioned and any(name.startswith("noncurrent") for name in rule):
            yield f"rules[{index}]", "is about old versions, and the bucket keeps none"


def _small(rules: Rules, facts: Facts) -> Iterator[Problem]:
    for path, rule, _name, _days in _moves(rules):
        if facts.small_documents and "object_size_greater_than" not in str(rule["filter"]):
            yield path, f"does nothing for {facts.small_documents:,} documents under 128 KB"


def _short_stays(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        for name, days, end in _LISTS:
            stops = [(move[days], move["storage_class"]) for move in rule.get(name, ())]
            if days in rule.get(end, {}):
                stops.append((rule[end][days], ""))
            for (entered, tier), (left, _next) in pairwise(sorted(stops)):
                if left - entered < MINIMUM_DAYS.get(tier, 0):
                    yield (
                        f"rules[{index}].{name}",
                        f"{left - entered} days in {tier}, {MINIMUM_DAYS[tier]} are billed",
                    )


def _small_allowed(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        least = rule["filter"].get("object_size_greater_than")
        if least is not None and least < MANNERS["aws"].bytes_min and "transitions" in rule:
            yield f"rules[{index}].filter", "moves documents that are billed as 128 KB there"


def _offline(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        for move in rule.get("transitions", ()):
            if move["storage_class"] in MANNERS["aws"].offline:
                yield (
                    f"rules[{index}].transitions",
                    f"documents in {move['storage_class']} take hours to read",
                )


def _law(
    name: str, says: str, weight: Weight, source: str, problems: Any, read: date | None = _READ
) -> Law:
    return Law(
        name=name,
        cloud="aws",
        says=says,
        weight=weight,
        source=source,
        date=read,
        problems=problems,
    )


LAWS: Final = (
    _law("s3-rules", "at most 1,000 rules, at least one", "refused", _ELEMENTS, _too_many),
    _law("s3-id-length", "an id has at most 255 characters", "refused", _MODEL, _long_ids),
    _law("s3-id-once", "an id is given once", "refused", _ELEMENTS, _same_ids),
    _law("s3-filter", "a filter has one condition, or `and`", "refused", _MODEL, _filters),
    _law("s3-prefix", "a prefix is plain text", "idle", _ELEMENTS, _wildcards),
    _law(
        "s3-order", "classes follow each other downwards only", "refused", _CONSIDERATIONS, _order
    ),
    _law("s3-days", "days are 0 or more, noncurrent days 1 or more", "refused", _MODEL, _days),
    _law("s3-expiry-days", "what expires is at least a day old", "refused", _MODEL, _end_days),
    _law("s3-expiry-last", "what expires has moved before", "refused", _ELEMENTS, _ends_later),
    _law("s3-marker", "cleaning delete markers has no days", "refused", _ELEMENTS, _marker_alone),
    _law(
        "s3-newer-versions", "1 to 100 newer versions are kept", "refused", _MODEL, _newer_versions
    ),
    _law("s3-versioning", "old versions need versioning", "idle", _ELEMENTS, _versions),
    _law("s3-128-kb", "objects under 128 KB do not move", "idle", _CONSIDERATIONS, _small),
    _law(
        "s3-minimum-days",
        "30 days are billed in Standard-IA, 90 in Glacier, 180 in Deep Archive",
        "charged",
        f"{_GUIDE}storage-class-intro.html",
        _short_stays,
        None,
    ),
    _law(
        "s3-minimum-size",
        "Standard-IA and Glacier Instant Retrieval bill at least 128 KB an object",
        "charged",
        f"{_GUIDE}storage-class-intro.html",
        _small_allowed,
        None,
    ),
    _law(
        "s3-offline",
        "Glacier Flexible Retrieval and Deep Archive are not read at once",
        "risky",
        f"{_GUIDE}archived-objects.html",
        _offline,
    ),
)
