"""What each compiled rule does, in one form for every cloud: read from the rules as they are deployed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from app.terms.outputs import Cloud
from infra.tiering.azure import azure_management_rules
from infra.tiering.gcs import gcs_lifecycle_rules
from infra.tiering.life import Phase
from infra.tiering.manners import MANNERS
from infra.tiering.policy import TieringPolicy
from infra.tiering.s3 import s3_lifecycle_rules

Action = Literal["move", "delete", "abort", "clean"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One thing that a rule does.

    Attributes:
        rule: its name; Cloud Storage has none, there it is its place in the list.
        action: what is done; `clean` takes away the mark of a document whose old versions have gone.
        phase: of what.
        prefix: of the keys that it looks at, without the container's name.
        days: after which it is done.
        tier: where to.
        by_access: whether the days count from the last read or write, not from the last change.
    """

    rule: str
    action: Action
    phase: Phase
    prefix: str
    days: int = 0
    tier: str | None = None
    by_access: bool = False


def compiled_rules(
    policy: TieringPolicy, cloud: Cloud, *, prefix: str, container: str
) -> list[dict[str, Any]]:
    """Return the rules that an environment deploys on a cloud."""
    match cloud:
        case "aws":
            return s3_lifecycle_rules(policy, prefix=prefix)
        case "azure":
            return azure_management_rules(policy, prefix=prefix, container=container)
        case "gcp":
            return gcs_lifecycle_rules(policy, prefix=prefix)


def effects_of(rules: list[dict[str, Any]], cloud: Cloud) -> list[Effect]:
    """Return what compiled rules do, in their order."""
    reader = {"aws": _s3, "azure": _azure, "gcp": _gcs}[cloud]
    return [effect for number, rule in enumerate(rules, 1) for effect in reader(rule, number)]


def _s3(rule: dict[str, Any], _: int) -> Iterator[Effect]:
    name, prefix = rule["id"], rule["filter"]["prefix"]
    for phase, moves, days in (
        ("live", "transitions", "days"),
        ("old", "noncurrent_version_transitions", "noncurrent_days"),
    ):
        for move in rule.get(moves, ()):
            yield Effect(
                rule=name,
                action="move",
                phase="live" if phase == "live" else "old",
                prefix=prefix,
                days=move[days],
                tier=move["storage_class"],
            )
    expiration = rule.get("expiration", {})
    if "days" in expiration:
        days_after = expiration["days"]
        yield Effect(rule=name, action="delete", phase="live", prefix=prefix, days=days_after)
    if expiration.get("expired_object_delete_marker"):
        yield Effect(rule=name, action="clean", phase="old", prefix=prefix)
    if ends := rule.get("noncurrent_version_expiration"):
        days_after = ends["noncurrent_days"]
        yield Effect(rule=name, action="delete", phase="old", prefix=prefix, days=days_after)
    if uploads := rule.get("abort_incomplete_multipart_upload"):
        days_after = uploads["days_after_initiation"]
        yield Effect(rule=name, action="abort", phase="live", prefix=prefix, days=days_after)


_AZURE_TIERS: Final = {
    "tier_to_cool": MANNERS["azure"].cool,
    "tier_to_cold": MANNERS["azure"].cold,
    "tier_to_archive": MANNERS["azure"].archive,
}


def _azure(rule: dict[str, Any], _: int) -> Iterator[Effect]:
    definition = rule["definition"]
    (matched,) = definition["filters"]["prefix_match"]
    phases: tuple[tuple[str, Phase], ...] = (("base_blob", "live"), ("version", "old"))
    for part, phase in phases:
        for action, condition in definition["actions"].get(part, {}).items():
            if action == "enable_auto_tier_to_hot_from_cool":
                continue
            yield Effect(
                rule=rule["name"],
                action="delete" if action == "delete" else "move",
                phase=phase,
                prefix=matched.partition("/")[2],
                days=next(iter(condition.values())),
                tier=_AZURE_TIERS.get(action),
                by_access="days_after_last_access_time_greater_than" in condition,
            )


def _gcs(rule: dict[str, Any], number: int) -> Iterator[Effect]:
    action, condition = rule["action"], rule["condition"]
    actions: dict[str, Action] = {
        "SetStorageClass": "move",
        "Delete": "delete",
        "AbortIncompleteMultipartUpload": "abort",
    }
    old = condition.get("with_state") == "ARCHIVED"
    yield Effect(
        rule=f"rule {number}",
        action=actions[action["type"]],
        phase="old" if old else "live",
        prefix=next(iter(condition.get("matches_prefixes", [""]))),
        days=condition["days_since_noncurrent_time"] if old else condition["age"],
        tier=action.get("storage_class"),
    )
