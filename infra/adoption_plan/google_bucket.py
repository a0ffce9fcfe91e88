"""An adopted bucket of Google Cloud: what is set on it, and what a bucket of ours would be set to.

Versions, soft delete and lifecycle are parts of the bucket itself there, and what is adopted is only read:
whatever differs is its owner's to set.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from app.terms.answers import Refusal
from infra.adoption import Aspect
from infra.adoption_plan.compare import Difference, camel, differences, whole
from infra.settings import Settings
from infra.stores import gcp_settings

GoogleLook = Callable[[str], Mapping[str, Any] | None]
"""A bucket's name → its properties by pulumi-gcp's names; None: there is none."""

_PARTS: Final[Mapping[Aspect, tuple[str, ...]]] = {
    "access": ("uniformBucketLevelAccess", "publicAccessPrevention"),
    "versions": ("versioning", "softDeletePolicy"),
    "lifecycle": ("lifecycleRules",),
}


def google_bucket_differences(look: GoogleLook, settings: Settings) -> Iterator[Difference]:
    """Yield every property of the adopted bucket that the program has an opinion about.

    Raises:
        Refusal: there is no such bucket, it may not be looked at, or rights below a prefix cannot be given in
            it.
    """
    name = str(settings.adopt.gcp_bucket)
    bucket = look(name)
    if bucket is None:
        raise Refusal(
            f"adopt.gcp_bucket: there is no bucket {name!r}. Is the name right, and the login?"
        )
    if settings.prefix and bucket.get("uniformBucketLevelAccess") is False:
        raise Refusal(
            f"adopt.gcp_bucket: {name} has access control lists, beside which Google takes no condition: "
            "nobody could be let in below the prefix only. Turn uniform bucket-level access on, or adopt "
            "another bucket."
        )
    wanted = _by_name(
        {camel(key): it for key, it in gcp_settings.bucket_arguments(settings).items()}
    )
    now = _by_name(bucket)
    for aspect, names in _PARTS.items():
        yield from differences(
            {it: now[it] for it in names if it in now},
            {it: wanted[it] for it in names},
            resource=f"bucket {name}",
            aspect=aspect,
            verdict="owner",
        )


def _by_name(bucket: Mapping[str, Any]) -> dict[str, Any]:
    """A bucket whose rules, which have no names there, are told by what they do to what."""
    named: dict[str, Any] = {}
    for rule in bucket.get("lifecycleRules") or []:
        name = _rule_name(rule)
        same = sum(it.partition(" #")[0] == name for it in named)
        named[f"{name} #{same + 1}" if same else name] = rule
    told = whole({f"[{name}]": rule for name, rule in named.items()})
    return {**bucket, "lifecycleRules": told}


def _rule_name(rule: Mapping[str, Any]) -> str:
    action, condition = _camelled(rule.get("action")), _camelled(rule.get("condition"))
    prefixes: Sequence[str] = condition.get("matchesPrefixes") or ()
    words = (action.get("type"), action.get("storageClass"), condition.get("withState"), *prefixes)
    return " ".join(str(it) for it in words if it)


def _camelled(part: Mapping[str, Any] | None) -> dict[str, Any]:
    return {camel(key): it for key, it in (part or {}).items()}
