"""What `kb tiering` shows a person, and its JSON."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table

from app.terms.inventory import Document
from app.terms.outputs import Cloud
from infra.screen import console
from infra.tiering.bill import Amount, Month
from infra.tiering.explain import SMALL_BYTES, Explained
from infra.tiering.laws import Judgement
from infra.tiering.manners import MANNERS
from infra.tiering.simulation import Simulation

TITLES: Final[dict[Cloud, str]] = {
    "aws": "Amazon S3",
    "azure": "Azure Blob Storage",
    "gcp": "Google Cloud Storage",
}


class Answer(NamedTuple):
    """What `explain` says of one cloud.

    Attributes:
        cloud: which.
        deployed: whether the next `kb up` deploys these rules.
        rules: what each of them does.
        laws: those that they break.
    """

    cloud: Cloud
    deployed: bool
    rules: list[Explained]
    laws: list[Judgement]


_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")


def explained_fields(documents: Sequence[Document], answers: Sequence[Answer]) -> dict[str, Any]:
    """Return what `explain --json` prints."""
    return {
        "inventory": inventory_fields(documents),
        "clouds": [
            {
                "cloud": answer.cloud,
                "deployed": answer.deployed,
                "rules": [it.fields() for it in answer.rules],
                "laws": [it.fields() for it in answer.laws],
            }
            for answer in answers
        ],
    }


def simulated_fields(
    documents: Sequence[Document], days: int, found: Sequence[Simulation]
) -> dict[str, Any]:
    """Return what `simulate --json` prints."""
    return {
        "inventory": inventory_fields(documents),
        "days": days,
        "clouds": [it.fields() for it in found],
    }


def inventory_fields(documents: Sequence[Document]) -> dict[str, Any]:
    """Return the sizes of an inventory for JSON."""
    small = [it.size_bytes for it in documents if it.size_bytes < SMALL_BYTES]
    return {
        "objects": len(documents),
        "bytes": sum(it.size_bytes for it in documents),
        "small_objects": len(small),
        "small_bytes": sum(small),
    }


def print_explained(documents: Sequence[Document], answers: Sequence[Answer]) -> None:
    """Print each rule with what it looks at, and which laws stand against it."""
    screen = console()
    _print_inventory(screen, documents)
    for answer in answers:
        screen.print(f"\n[bold]{TITLES[answer.cloud]}[/bold]")
        if not answer.deployed:
            _print_line(screen, "  kb up does not deploy these rules: no store of ours is there.")
        for it in answer.rules:
            _print_line(screen, f"  {it.effect.rule}: {it.sentence}.")
            if it.objects:
                _print_line(screen, f"    {_looked_at(it)}")
            if it.remark:
                _print_line(screen, f"    {it.remark}.")
        for broken in answer.laws:
            where = f"{broken.path}: {broken.sentence}"
            _print_line(screen, f"  {broken.law.weight}: {where} ({broken.law.says}).")


def print_simulated(documents: Sequence[Document], days: int, found: Sequence[Simulation]) -> None:
    """Print each month of each cloud, then the clouds beside each other."""
    screen = console()
    _print_inventory(screen, documents)
    for it in found:
        screen.print()
        screen.print(_months_table(it))
        for line in _remarks(it):
            _print_line(screen, f"  {line}")
    screen.print()
    screen.print(_clouds_table(days, found))


def _print_line(screen: Console, line: str) -> None:
    """Print a sentence that a reader may want to copy whole, in names that are no markup."""
    screen.print(line, markup=False, soft_wrap=True)


def _print_inventory(screen: Console, documents: Sequence[Document]) -> None:
    sizes = inventory_fields(documents)
    count = sizes["objects"]
    share = 100 * sizes["small_objects"] / count if count else 0
    screen.print(
        f"{count:,} objects, {size_text(sizes['bytes'])}; {share:.0f} % of them are under 128 KB "
        f"({size_text(sizes['small_bytes'])}).",
        markup=False,
    )


def _looked_at(it: Explained) -> str:
    said = f"looks at {it.objects:,} objects ({size_text(it.size_bytes)})"
    if it.idle_objects:
        said += f", leaves {it.idle_objects:,} alone ({size_text(it.idle_bytes)})"
    return f"{said}, touches {it.due_objects:,} on its first run ({size_text(it.due_bytes)})"


def _months_table(found: Simulation) -> Table:
    manners = MANNERS[found.cloud]
    tiers = (manners.default, manners.cool, manners.cold, manners.archive)
    prices = found.prices
    table = Table(
        title=f"{prices.title}, {prices.region}: objects and bytes at the end of each month",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("month", justify="right")
    for tier in (*tiers, "old versions"):
        table.add_column(tier, justify="right", no_wrap=True)
    table.add_column(prices.currency, justify="right", no_wrap=True)
    for number, month in enumerate(found.months, 1):
        table.add_row(
            str(number),
            *(_cell(month.places.get(("live", tier), Amount())) for tier in tiers),
            _cell(_old(month)),
            money_text(month.total),
        )
    return table


def _old(month: Month) -> Amount:
    old = [it for (phase, _), it in month.places.items() if phase != "live"]
    return Amount(sum(it.objects for it in old), sum(it.size_bytes for it in old))


def _cell(amount: Amount) -> str:
    return f"{amount.objects:,} {size_text(amount.size_bytes)}" if amount.objects else "–"


def _remarks(found: Simulation) -> list[str]:
    left_early = round(found.sum_of("left_early"))
    offline = found.sum_of("offline_reads")
    said = []
    if left_early:
        early = money_text(found.sum_of("early"))
        said.append(f"{left_early:,} left a tier before its minimum time, which costs {early}.")
    lost = found.total - found.unmoved
    if lost > 0:
        said.append(
            f"Moving costs {money_text(lost)} more than it saves: leave them where they are."
        )
    if offline >= 1:
        said.append(f"{offline:,.0f} reads met a document that takes hours to read.")
    if found.unpriced:
        said.append(f"No price of {', '.join(found.unpriced)}: reckoned as the first tier.")
    return said


def _clouds_table(days: int, found: Sequence[Simulation]) -> Table:
    table = Table(title=f"{days} days", title_justify="left", box=None, pad_edge=False)
    table.add_column("cloud", no_wrap=True)
    names = ("storage", "moves", "early", "writes", "reads")
    for name in (*names, "total", "unmoved", "saved"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("prices of", no_wrap=True)
    for it in found:
        table.add_row(
            it.cloud,
            *(money_text(it.sum_of(name)) for name in names),
            money_text(it.total),
            money_text(it.unmoved),
            money_text(it.unmoved - it.total),
            it.prices.date.isoformat(),
        )
    return table


def money_text(amount: float) -> str:
    """Return an amount of money with as many digits as it needs."""
    return f"{amount:,.2f}" if abs(amount) >= 100 else f"{amount:,.4f}"


def size_text(size: float) -> str:
    """Return a number of bytes for a person."""
    for unit in _UNITS:
        if size < 1024 or unit == _UNITS[-1]:
            break
        size /= 1024
    return f"{size:,.0f} {unit}" if unit == "B" else f"{size:,.1f} {unit}"
