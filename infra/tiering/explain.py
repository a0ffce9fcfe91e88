"""What each deployed rule does to the documents that there are."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from app.terms.inventory import Document
from app.terms.outputs import Cloud
from infra.tiering.effects import Effect
from infra.tiering.manners import MANNERS, Manners, tier_on

SMALL_BYTES: Final = 128 * 1024
_DAY_SECONDS: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A rule's effect on an inventory.

    Attributes:
        effect: what it does.
        objects, size_bytes: what it looks at.
        idle_objects, idle_bytes: of these, what it never touches because it is too small.
        due_objects, due_bytes: of these, what it touches on its first run.
        sentence: what it does, for a person.
        remark: what one might not expect; empty where there is nothing.
    """

    effect: Effect
    objects: int = 0
    size_bytes: int = 0
    idle_objects: int = 0
    idle_bytes: int = 0
    due_objects: int = 0
    due_bytes: int = 0
    sentence: str
    remark: str = ""

    def fields(self) -> dict[str, Any]:
        """Return it for JSON."""
        found = asdict(self)
        return {**found.pop("effect"), **found}


def explain(
    effects: Sequence[Effect],
    documents: Sequence[Document],
    *,
    cloud: Cloud,
    prefix: str,
    now: datetime,
) -> list[Explained]:
    """Say what each effect does to these documents.

    Args:
        effects: of the rules that are deployed.
        documents: paths without the prefix.
        cloud: where.
        prefix: of the environment.
        now: the day on which the rules start.
    """
    own = [replace(it, tier=tier_on(cloud, it.tier)) for it in documents]
    return [_explained(effect, own, MANNERS[cloud], prefix, now) for effect in effects]


def _explained(
    effect: Effect, documents: Sequence[Document], manners: Manners, prefix: str, now: datetime
) -> Explained:
    sentence = _sentence(effect, manners)
    if effect.phase == "old" or effect.action == "abort":
        return Explained(effect=effect, sentence=sentence, remark=_remark_on_old(effect, manners))
    seen = [it for it in documents if (prefix + it.path).startswith(effect.prefix)]
    moves = effect.action == "move"
    idle = [it for it in seen if moves and it.size_bytes < manners.bytes_min]
    due = [
        it
        for it in seen
        if not (moves and it.size_bytes < manners.bytes_min) and _is_due(effect, it, manners, now)
    ]
    return Explained(
        effect=effect,
        objects=len(seen),
        size_bytes=_bytes(seen),
        idle_objects=len(idle),
        idle_bytes=_bytes(idle),
        due_objects=len(due),
        due_bytes=_bytes(due),
        sentence=sentence,
        remark=_remark(effect, manners, len(idle), len(seen)),
    )


def _is_due(effect: Effect, document: Document, manners: Manners, now: datetime) -> bool:
    if effect.tier and effect.tier not in manners.onward.get(
        document.tier or manners.default, frozenset()
    ):
        return False
    if effect.by_access:
        return False  # who was not read since counts from today
    written = (document.modified - now).total_seconds() / _DAY_SECONDS
    return manners.run_of(written, effect.days) <= 1


def _bytes(documents: Sequence[Document]) -> int:
    return sum(document.size_bytes for document in documents)


def _sentence(effect: Effect, manners: Manners) -> str:
    where = f"below {effect.prefix}" if effect.prefix else "in all of it"
    match effect.action, effect.phase:
        case "move", "live":
            last = "last read or write" if effect.by_access else "last change"
            return (
                f"moves documents {where} to {effect.tier}, {effect.days} days after their {last}"
            )
        case "move", _:
            return f"moves old versions to {effect.tier}, {effect.days} days {_since(manners)}"
        case "delete", "live":
            return (
                f"deletes documents {where}, {effect.days} days after their last change; they stay as old "
                "versions"
            )
        case "delete", _:
            return f"deletes old versions, {effect.days} days {_since(manners)}"
        case "abort", _:
            return f"discards uploads that nobody finished within {effect.days} days"
        case _:
            return "removes what is left of deleted documents when their last old version has gone"


def _since(manners: Manners) -> str:
    if manners.old_since == "written":
        return "after they were written"
    return "after they were replaced or deleted"


def _remark_on_old(effect: Effect, manners: Manners) -> str:
    if effect.action == "delete" and manners.old_since == "written":
        return "a version may be that old when it is replaced: soft delete keeps the promise of kept_days"
    if effect.action == "move" and manners.bytes_min:
        return "old versions below 128 KB stay where they are"
    if effect.tier in manners.offline:
        return "an archived version takes hours to bring back"
    return ""


def _remark(effect: Effect, manners: Manners, idle: int, seen: int) -> str:
    if not seen:
        return "there is nothing there: this rule does nothing today"
    said = []
    if idle:
        share = 100 * idle / seen
        shown = f"{share:.0f}" if share >= 1 else "less than 1"
        if idle < seen and shown == "100":
            shown = f"{share:.2f}"
        said.append(
            f"{shown} % of your files are under 128 KB: this rule does nothing for them on S3"
        )
    if effect.by_access:
        said.append("what is not read counts from the day on which the rules start")
    if effect.tier in manners.offline:
        said.append("reading a document from there takes hours")
    return "; ".join(said)
