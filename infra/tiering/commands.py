"""`kb tiering explain · simulate`: what the rules do to these documents, before they are deployed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from app.terms.answers import UsageRefusal, emit_json
from app.terms.inventory import INVENTORY, Document, InventoryReader
from app.terms.options import Json, Stack, environment_name
from app.terms.outputs import Cloud
from app.terms.prices import Prices, prices_of, read_prices
from infra.settings import Settings
from infra.tiering import tables
from infra.tiering.configured import read_settings
from infra.tiering.effects import compiled_rules, effects_of
from infra.tiering.explain import explain as explained
from infra.tiering.laws import Facts, judge
from infra.tiering.manners import MANNERS, soft_delete_days
from infra.tiering.simulation import simulate as simulated
from infra.tiering.sources import documents_at
from infra.tiering.traffic import Traffic

APP: Final = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Say what the tiering rules do to these documents, and what a year of them costs.",
)

DAYS_MAX: Final = 3650

From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="PLACE",
        help="A folder, or a file as kb ls --json prints it, instead of the environment's store.",
    ),
]
Clouds = Annotated[
    list[str] | None,
    typer.Option(
        "--cloud",
        metavar="CLOUD",
        help="aws, azure or gcp; several stand side by side. Default: those of the environment.",
        show_default=False,
    ),
]
Start = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        help="The day on which the rules start. Default: today.",
        show_default=False,
    ),
]


@APP.command()
def explain(
    ctx: typer.Context,
    stack: Stack = None,
    place: From = None,
    cloud: Clouds = None,
    start: Start = None,
    as_json: Json = False,
) -> None:
    """Say what each rule that an environment deploys does to the documents that there are."""
    settings = read_settings(environment_name(stack))
    clouds = _clouds(cloud, settings)
    documents = _documents(ctx, stack, place)
    answers = []
    for name in clouds:
        rules = compiled_rules(
            settings.tiering, name, prefix=settings.prefix, container=settings.container
        )
        effects = explained(
            effects_of(rules, name),
            documents,
            cloud=name,
            prefix=settings.prefix,
            now=_midnight(start),
        )
        judged = judge(rules, name, _facts(settings, name, documents))
        answers.append(tables.Answer(name, is_deployed(settings, name), effects, judged))
    if as_json:
        emit_json(tables.explained_fields(documents, answers))
    else:
        tables.print_explained(documents, answers)


@APP.command()
def simulate(
    ctx: typer.Context,
    stack: Stack = None,
    days: Annotated[int, typer.Option(min=1, max=DAYS_MAX, help="How many days to replay.")] = 365,
    place: From = None,
    cloud: Clouds = None,
    start: Start = None,
    changed: Annotated[
        float, typer.Option(min=0, help="Percent of the documents that are replaced in a month.")
    ] = 0,
    added: Annotated[
        float, typer.Option(min=0, help="Percent by which their number grows in a month.")
    ] = 0,
    reads: Annotated[float, typer.Option(min=0, help="Reads of each document in a month.")] = 0,
    prices: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Prices of one cloud, instead of its list prices."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Replay a time over the documents that there are: where they lie each month, and what that costs."""
    settings = read_settings(environment_name(stack))
    clouds = _clouds(cloud, settings)
    lists = _prices(clouds, prices or [])
    traffic = Traffic(changed_monthly=changed / 100, added_monthly=added / 100, reads_monthly=reads)
    documents = _documents(ctx, stack, place)
    found = [
        simulated(
            documents,
            settings.tiering,
            cloud=name,
            prices=lists[name],
            start=_midnight(start),
            days=days,
            traffic=traffic,
        )
        for name in clouds
    ]
    if as_json:
        emit_json(tables.simulated_fields(documents, days, found))
    else:
        tables.print_simulated(documents, days, found)


def _clouds(named: list[str] | None, settings: Settings) -> list[Cloud]:
    asked = named or list(settings.clouds)
    unknown = [name for name in asked if name not in MANNERS]
    if unknown:
        raise UsageRefusal(f"--cloud {unknown[0]} is none of {', '.join(MANNERS)}.")
    return [name for name in MANNERS if name in asked]


def _documents(ctx: typer.Context, stack: str | None, place: Path | None) -> list[Document]:
    if place is not None:
        return documents_at(place)
    reader: InventoryReader = ctx.meta[INVENTORY]
    return list(reader(environment_name(stack)))


def _midnight(day: datetime | None) -> datetime:
    if day is not None:
        return day.replace(tzinfo=UTC)
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _prices(clouds: list[Cloud], files: list[Path]) -> dict[Cloud, Prices]:
    given = {prices.cloud: prices for prices in map(read_prices, files)}
    strange = sorted(set(given) - set(clouds))
    if strange:
        raise UsageRefusal(f"--prices names those of {strange[0]}, which is not simulated.")
    return {name: given.get(name) or prices_of(name) for name in clouds}


def is_deployed(settings: Settings, cloud: Cloud) -> bool:
    """Whether the next `kb up` deploys rules there: not where an adopted store keeps its own."""
    adopt = settings.adopt
    adopted = {"aws": adopt.aws_bucket, "azure": adopt.azure_account, "gcp": adopt.gcp_bucket}[
        cloud
    ]
    if cloud not in settings.clouds or (cloud == "gcp" and adopted is not None):
        return False
    return not adopt.leaves("lifecycle", adopted=adopted)


def _facts(settings: Settings, cloud: Cloud, documents: list[Document]) -> Facts:
    # Of an adopted account, what is not ours to set is not known, and counts as missing.
    ours = cloud != "azure" or not settings.adopt.leaves(
        "versions", adopted=settings.adopt.azure_account
    )
    return Facts(
        container=settings.container,
        redundancy=settings.azure_redundancy,
        tracks_access=ours and settings.tiering.by == "access",
        soft_delete_days=soft_delete_days(cloud, settings.tiering) if ours else 0,
        kept_days=settings.tiering.old_versions.kept_days,
        small_documents=sum(it.size_bytes < MANNERS["aws"].bytes_min for it in documents),
    )
