"""`kb adopt plan`: what an environment would change on what it adopts."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

import typer
from rich.table import Table

from app.terms.answers import Refusal, UsageRefusal, emit_json
from app.terms.options import Json, Stack, environment_name
from infra import screen
from infra.adoption_plan.account import account_differences
from infra.adoption_plan.bucket import bucket_differences
from infra.adoption_plan.compare import Difference
from infra.adoption_plan.google_bucket import google_bucket_differences
from infra.adoption_plan.google_looks import cloud_storage, local_bucket
from infra.adoption_plan.looks import arm, control_plane
from infra.configured import config_of, settings_of
from infra.local_cloud import is_local, servers
from infra.settings import Settings

APP: Final = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Work in buckets and accounts that exist: see what would change on them.",
)

_MEANING: Final = {
    "change": "up sets it",
    "lost": "up takes it away",
    "kept": "stays: not in adopt.change",
    "owner": "stays: its owner sets it",
}


@APP.callback()
def _group() -> None:
    """Work in buckets and accounts that exist: see what would change on them."""


@APP.command()
def plan(stack: Stack = None, as_json: Json = False) -> None:
    """Compare what is there with what the program would set, property by property. Changes nothing."""
    name = environment_name(stack)
    config = config_of(name)
    settings = settings_of(config, environment=name)
    if not settings.adopt.anything:
        raise UsageRefusal(
            f"Environment {name!r} adopts nothing: name what exists under adopt in Pulumi.{name}.yaml "
            "(docs/guide/adopt.md)."
        )
    found = list(look_at(name, settings, config))
    differing = [it for it in found if it.verdict != "same"]
    if as_json:
        emit_json(as_document(name, settings, found))
        return
    console = screen.console()
    console.print(table_of(differing))
    counts = {it: sum(one.verdict == it for one in differing) for it in _MEANING}
    console.print(
        f"{len(found) - len(differing)} properties are as the program wants them; up sets "
        f"{counts['change']}, takes away {counts['lost']}, leaves {counts['kept'] + counts['owner']} "
        "that differ. Nothing is replaced or deleted, no document is touched."
    )


def as_document(name: str, settings: Settings, found: list[Difference]) -> dict[str, Any]:
    """Return the plan for a program."""
    adopted = {key: it for key, it in asdict(settings.adopt).items() if it and key != "change"}
    return {
        "environment": name,
        "adopted": adopted,
        "change": list(settings.adopt.change),
        "differences": [it.as_json() for it in found if it.verdict != "same"],
        "same": sum(it.verdict == "same" for it in found),
    }


def look_at(name: str, settings: Settings, config: dict[str, Any]) -> Iterator[Difference]:
    """Yield every property of everything that the environment adopts.

    Raises:
        Refusal: something is not there, or may not be looked at.
    """
    if settings.adopt.aws_bucket is not None:
        yield from bucket_differences(_s3(name, config), settings)
    if settings.adopt.azure_resource_group is not None:
        look = control_plane(name) if is_local(name) else arm()
        yield from account_differences(look, settings, subscription=_subscription(name, config))
    if settings.adopt.gcp_bucket is not None:
        look_at_bucket = local_bucket(name) if is_local(name) else cloud_storage()
        yield from google_bucket_differences(look_at_bucket, settings)


def table_of(differing: list[Difference]) -> Table:
    """Return what differs as a table for people."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("resource", "aspect", "property", "now", "wanted", "what becomes of it"):
        table.add_column(column, overflow="fold")
    for it in differing:
        values = [_said(it.now), _said(it.wanted)]
        table.add_row(it.resource, it.aspect, it.property, *values, _MEANING[it.verdict])
    return table


def _said(value: Any) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _s3(name: str, config: dict[str, Any]) -> Any:
    if is_local(name):
        from infra.local_cloud.aws.clients import make_client

        return make_client("s3", url=servers.endpoints(name).aws_url, region="us-east-1")
    import boto3

    session = boto3.Session(
        profile_name=config.get("aws:profile"), region_name=config.get("aws:region")
    )
    return session.client("s3")


def _subscription(name: str, config: dict[str, Any]) -> str:
    if is_local(name):
        from infra.local_cloud.azure_native.base import SUBSCRIPTION

        return str(config.get("azure-native:subscriptionId") or SUBSCRIPTION)
    found = config.get("azure-native:subscriptionId") or os.environ.get("ARM_SUBSCRIPTION_ID")
    if not found:
        raise Refusal(
            f"Which subscription? Name it in Pulumi.{name}.yaml: azure-native:subscriptionId, or in "
            "ARM_SUBSCRIPTION_ID."
        )
    return str(found)
