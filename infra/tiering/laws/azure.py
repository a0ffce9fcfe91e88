"""Azure Blob Storage's rules about management policies."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any, Final

from infra.tiering.laws.terms import Facts, Law, Problem, Rules, Weight

_DOCS: Final = "https://learn.microsoft.com/azure/storage/blobs/"
_STRUCTURE: Final = f"{_DOCS}lifecycle-management-policy-structure"
_TIERS_PAGE: Final = f"{_DOCS}access-tiers-overview"
_READ: Final = date(2026, 11, 23)

RULES_MAX: Final = 100
NAME_CHARACTERS_MAX: Final = 256
PREFIXES_MAX: Final = 10
TAGS_MAX: Final = 10
WITHOUT_ARCHIVE: Final = frozenset({"Standard_ZRS", "Standard_GZRS", "Standard_RAGZRS"})
MINIMUM_DAYS: Final = {"tier_to_cool": 30, "tier_to_cold": 90, "tier_to_archive": 180}

_PARTS: Final = ("base_blob", "snapshot", "version")
_AGES: Final = (
    "days_after_modification_greater_than",
    "days_after_last_access_time_greater_than",
    "days_after_creation_greater_than",
)
_ACCESS: Final = _AGES[1]
_REST: Final = "days_after_last_tier_change_greater_than"


def _too_many(rules: Rules, _: Facts) -> Iterator[Problem]:
    if not 1 <= len(rules) <= RULES_MAX:
        yield "rules", f"{len(rules)} rules, there must be 1 to {RULES_MAX}"


def _names(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        name = rule["name"]
        if not (name.isascii() and name.isalnum() and len(name) <= NAME_CHARACTERS_MAX):
            words = f"must be 1 to {NAME_CHARACTERS_MAX} letters and digits"
            yield f"rules[{index}].name", words


def _same_names(rules: Rules, _: Facts) -> Iterator[Problem]:
    counted = Counter(rule["name"] for rule in rules)
    for index, rule in enumerate(rules):
        if counted[rule["name"]] > 1:
            yield f"rules[{index}].name", f"{rule['name']!r} is the name of another rule, too"


def _filters(rules: Rules) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, rule in enumerate(rules):
        yield f"rules[{index}].definition.filters", rule["definition"]["filters"]


def _many_prefixes(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, filters in _filters(rules):
        if len(filters.get("prefix_match", ())) > PREFIXES_MAX:
            yield f"{path}.prefix_match", f"more than {PREFIXES_MAX} prefixes"


def _containers(rules: Rules, facts: Facts) -> Iterator[Problem]:
    for path, filters in _filters(rules):
        for prefix in filters.get("prefix_match", ()):
            if not prefix.startswith(f"{facts.container}/"):
                words = f"{prefix!r} does not begin with the container's name, {facts.container}/"
                yield f"{path}.prefix_match", words


def _wildcards(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, filters in _filters(rules):
        if any("*" in prefix for prefix in filters.get("prefix_match", ())):
            yield f"{path}.prefix_match", "`*` is a letter like any other in a prefix"


def _tags(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, filters in _filters(rules):
        if len(filters.get("blob_index_match", ())) > TAGS_MAX:
            yield f"{path}.blob_index_match", f"more than {TAGS_MAX} conditions on tags"


def _kinds(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, _part, _action, _condition, filters in _conditions(rules):
        if _action != "delete" and filters["blob_types"] != ["blockBlob"]:
            yield path, "only block blobs have tiers"


def _conditions(
    rules: Rules,
) -> Iterator[tuple[str, str, str, dict[str, int], dict[str, Any]]]:
    """Yield where each action stands, its part, its name, its condition and the rule's filters."""
    for index, rule in enumerate(rules):
        definition = rule["definition"]
        for part in _PARTS:
            for action, condition in definition["actions"].get(part, {}).items():
                if isinstance(condition, dict):
                    path = f"rules[{index}].definition.actions.{part}.{action}"
                    yield path, part, action, condition, definition["filters"]


def _one_age(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, _part, _action, condition, _filters in _conditions(rules):
        if sum(age in condition for age in _AGES) != 1:
            yield path, "an action has exactly one age: of change, of access or of creation"


def _negative(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, _part, _action, condition, _filters in _conditions(rules):
        if any(days < 0 for days in condition.values()):
            yield path, "days are 0 or more"


def _old_ages(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, part, _action, condition, _filters in _conditions(rules):
        if part != "base_blob" and _AGES[2] not in condition:
            yield path, "versions and snapshots have the age of their creation only"


def _untracked(rules: Rules, facts: Facts) -> Iterator[Problem]:
    for path, _part, _action, condition, _filters in _conditions(rules):
        if _ACCESS in condition and not facts.tracks_access:
            words = (
                "the account tracks no access: the day on which the policy was made counts instead"
            )
            yield path, words


def _rest(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, _part, action, condition, _filters in _conditions(rules):
        if _REST in condition and (action != "tier_to_archive" or _ACCESS in condition):
            yield f"{path}.{_REST}", "goes with tier_to_archive by modification or creation only"


def _back_at_once(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, part, action, condition, _filters in _conditions(rules):
        if part == "base_blob" and action == "tier_to_archive" and _REST not in condition:
            yield path, "a document that is brought back goes back into the archive within a day"


def _warming(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        chosen = rule["definition"]["actions"].get("base_blob", {})
        if chosen.get("enable_auto_tier_to_hot_from_cool") and _ACCESS not in chosen.get(
            "tier_to_cool", {}
        ):
            yield f"rules[{index}]", "warming on access needs tier_to_cool by last access"


def _zones(rules: Rules, facts: Facts) -> Iterator[Problem]:
    for path, _part, action, _condition, _filters in _conditions(rules):
        if action == "tier_to_archive" and facts.redundancy in WITHOUT_ARCHIVE:
            yield path, f"{facts.redundancy} has no archive tier"


def _versions(rules: Rules, facts: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        if "version" in rule["definition"]["actions"] and not facts.versioned:
            yield f"rules[{index}]", "is about old versions, and the account keeps none"


def _young_versions(rules: Rules, facts: Facts) -> Iterator[Problem]:
    for path, part, action, _condition, _filters in _conditions(rules):
        if part == "version" and action == "delete" and facts.soft_delete_days < facts.kept_days:
            yield (
                path,
                f"may delete a version on the day on which it is replaced, and soft delete keeps it "
                f"{facts.soft_delete_days} days of the promised {facts.kept_days}",
            )


def _short_stays(rules: Rules, _: Facts) -> Iterator[Problem]:
    for index, rule in enumerate(rules):
        for part in _PARTS:
            chosen = rule["definition"]["actions"].get(part, {})
            stops = sorted(
                (next(iter(it.values())), name)
                for name, it in chosen.items()
                if isinstance(it, dict)
            )
            for (entered, tier), (left, _next) in pairwise(stops):
                if left - entered < MINIMUM_DAYS.get(tier, 0):
                    words = f"{left - entered} days after {tier}, {MINIMUM_DAYS[tier]} are billed"
                    yield f"rules[{index}].definition.actions.{part}", words


def _offline(rules: Rules, _: Facts) -> Iterator[Problem]:
    for path, part, action, _condition, _filters in _conditions(rules):
        if part == "base_blob" and action == "tier_to_archive":
            yield path, "documents in Archive take hours to read"


def _law(name: str, says: str, weight: Weight, source: str, problems: Any) -> Law:
    return Law(
        name=name,
        cloud="azure",
        says=says,
        weight=weight,
        source=source,
        date=_READ,
        problems=problems,
    )


LAWS: Final = (
    _law("azure-rules", "1 to 100 rules", "refused", _STRUCTURE, _too_many),
    _law("azure-name", "1 to 256 letters and digits", "refused", _STRUCTURE, _names),
    _law("azure-name-once", "a name is given once", "refused", _STRUCTURE, _same_names),
    _law("azure-prefixes", "at most 10 prefixes a rule", "refused", _STRUCTURE, _many_prefixes),
    _law("azure-container", "a prefix begins with its container", "idle", _STRUCTURE, _containers),
    _law("azure-wildcards", "a prefix is plain text", "refused", _STRUCTURE, _wildcards),
    _law("azure-tags", "at most 10 conditions on tags a rule", "refused", _STRUCTURE, _tags),
    _law("azure-block-blobs", "tiers are for block blobs", "refused", _STRUCTURE, _kinds),
    _law("azure-one-age", "an action has one age", "refused", _STRUCTURE, _one_age),
    _law("azure-days", "days are not negative", "refused", _STRUCTURE, _negative),
    _law(
        "azure-old-ages",
        "old versions are as old as their writing",
        "refused",
        _STRUCTURE,
        _old_ages,
    ),
    _law("azure-tracking", "last access needs tracking", "risky", _STRUCTURE, _untracked),
    _law("azure-rest", "resting is for the archive", "refused", _STRUCTURE, _rest),
    _law(
        "azure-rehydrated",
        "what is brought back goes back unless it may rest",
        "risky",
        f"{_DOCS}archive-rehydrate-overview",
        _back_at_once,
    ),
    _law("azure-warming", "warming needs the last access", "refused", _STRUCTURE, _warming),
    _law("azure-zones", "no archive with zone redundancy", "refused", _TIERS_PAGE, _zones),
    _law("azure-versioning", "old versions need versioning", "idle", _STRUCTURE, _versions),
    _law(
        "azure-young-versions",
        "a version's age is that of its writing, not of its replacement",
        "risky",
        _STRUCTURE,
        _young_versions,
    ),
    _law(
        "azure-minimum-days",
        "30 days are billed in Cool, 90 in Cold, 180 in Archive",
        "charged",
        _TIERS_PAGE,
        _short_stays,
    ),
    _law("azure-offline", "Archive is not read at once", "risky", _TIERS_PAGE, _offline),
)
