"""What a migration costs, reckoned by hand, and price tables that somebody edited."""

import tomllib
import uuid
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest

from app.store.backends.azure import AzureStore
from app.store.backends.s3 import S3Store
from app.terms.answers import UsageRefusal
from app.terms.outputs import Cloud
from app.terms.prices import CLOUDS, prices_of, read_prices
from infra.local_cloud import credentials
from migrate.forecast.money import Requests, Sizes, costs_of, minimums_of
from tests.contract.stores import Place
from tests.migrate.calling import Kb
from tests.migrate.scene import plant

GIB = 1 << 30


def test_a_million_small_files_cost_what_they_cost_by_hand() -> None:
    prices = prices_of("aws")
    sizes = Sizes(minimums_of(prices))
    for _ in range(1000):
        sizes.add(1024)
    # A thousand files a thousand times over.
    sizes.files *= 1000
    sizes.billed = {least: 1000 * size for least, size in sizes.billed.items()}
    costs = {
        cost.tier: cost
        for cost in costs_of(prices, Requests(write=1_000_000, list=1, read=0), sizes)
    }

    standard, infrequent, deep = (
        costs[name] for name in ("STANDARD", "STANDARD_IA", "DEEP_ARCHIVE")
    )
    # 1,000,000 × 1 KiB = 0.954 GiB × $0.023; 1,000 × $0.005 for the writes.
    assert standard.month == pytest.approx(0.021935, abs=1e-6)
    assert standard.requests == pytest.approx(5.000005)
    assert standard.first_year == pytest.approx(5.000005 + 12 * 0.021935, abs=1e-4)
    # Billed as 128 KiB each: 122.07 GiB × $0.0125.
    assert infrequent.billed_bytes == 1_000_000 * 131_072
    assert infrequent.month == pytest.approx(1.525879, abs=1e-6)
    assert infrequent.requests == pytest.approx(10.000005)
    assert infrequent.days_min == 30
    # 32 KiB more each at its own price, 8 KiB at the price of STANDARD.
    assert deep.month == pytest.approx(1_000_000 * (33 * 0.00099 + 8 * 0.023) / 2**20, abs=1e-6)
    assert deep.requests == pytest.approx(50.000005)


def test_a_terabyte_of_large_files_in_azure_and_google() -> None:
    clouds: list[tuple[Cloud, str, float]] = [("azure", "Hot", 20.8), ("gcp", "STANDARD", 20.0)]
    for cloud, tier, month in clouds:
        prices = prices_of(cloud)
        sizes = Sizes(minimums_of(prices))
        for _ in range(10):
            sizes.add(100 * GIB)
        first, *_ = costs_of(prices, Requests(write=0, list=0, read=0), sizes)
        assert first.tier == tier
        assert first.month == pytest.approx(month)
        assert first.year == pytest.approx(12 * month)


def test_each_cloud_has_prices_with_a_date_and_a_source() -> None:
    assert set(CLOUDS.values()) == set(get_args(Cloud))
    for cloud in get_args(Cloud):
        prices = prices_of(cloud)
        assert prices.cloud == cloud
        assert prices.source
        assert prices.date == min(it.date for it in prices.sources if it.date is not None)


FROM_MEMORY = {
    f"gcp {tier}.{figure}_per_1000"
    for tier in ("NEARLINE", "COLDLINE", "ARCHIVE")
    for figure in ("write", "read", "list")
}
"""What docs/unproved.md names as written down from memory; nothing else may be."""


def test_each_figure_says_where_it_was_read_and_when() -> None:
    unread = set()
    for cloud in get_args(Cloud):
        prices = prices_of(cloud)
        for tier in prices.tiers:
            for figure in tier.model_fields_set - {"name"}:
                name = f"{tier.name}.{figure}"
                dates = [
                    source.date
                    for source in prices.sources
                    if any(fnmatchcase(name, pattern) for pattern in source.figures)
                ]
                assert dates, f"{cloud} {name} has no source"
                if None in dates:
                    unread.add(f"{cloud} {name}")

    assert unread == FROM_MEMORY


def test_each_source_is_of_figures_that_there_are() -> None:
    for cloud in get_args(Cloud):
        prices = prices_of(cloud)
        names = {f"{it.name}.{figure}" for it in prices.tiers for figure in it.model_fields_set}
        for pattern in (it for source in prices.sources for it in source.figures):
            assert any(fnmatchcase(name, pattern) for name in names), f"{cloud} {pattern}"


def edited(tmp_path: Path, old: str, new: str) -> Path:
    text = files("app.terms.prices").joinpath("aws.toml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "prices.toml"
    file.write_text(text.replace(old, new, 1))
    return file


@pytest.mark.parametrize(
    ("old", "new", "saying"),
    [
        ("gigabyte_month = 0.023", 'gigabyte_month = "0.023"', "tiers.0.gigabyte_month"),
        ("gigabyte_month = 0.023", "gigabyte_month = -1.0", "tiers.0.gigabyte_month"),
        ("gigabyte_month = 0.023", "gigabyte_month = nan", "tiers.0.gigabyte_month"),
        ("gigabyte_month = 0.023\n", "", "tiers.0.gigabyte_month: Field required"),
        ("gigabyte_month = 0.023", "gigabyte_month = ", "are no TOML"),
        ("billed_days_min = 30", "billed_day_min = 30", "tiers.1.billed_day_min"),
        ('name = "GLACIER"', 'name = "STANDARD"', "two tiers are called 'STANDARD'"),
        ('cloud = "aws"', 'cloud = "moon"', "cloud"),
        ('currency = "USD"', 'currency = "$"', "currency"),
        ("date = 2026", 'date = "', "are no TOML"),
    ],
)
def test_bad_prices_are_refused_in_a_sentence(
    tmp_path: Path, kb: Kb, old: str, new: str, saying: str
) -> None:
    file = edited(tmp_path, old, new)
    with pytest.raises(UsageRefusal, match="prices") as refusal:
        read_prices(file)
    answer = kb("forecast", "--prices", str(file))

    assert saying in str(refusal.value)
    assert (answer.code, answer.out) == (2, "")
    assert len(answer.err.splitlines()) == 1


def test_no_prices_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageRefusal, match="cannot be read"):
        read_prices(tmp_path / "none")


def test_edited_prices_are_reckoned_with_also_for_a_folder(kb: Kb, tmp_path: Path) -> None:
    plant(tmp_path / "source", {"a": b"x", "b": b"y"})
    file = edited(tmp_path, "write_per_1000 = 0.005", "write_per_1000 = 5000")
    (event,) = kb("forecast", "--json", "--prices", str(file)).events

    assert event["prices"]["tiers"][0]["requests"] == pytest.approx(2 * 5 + 0.000005)


@pytest.mark.emulator
def test_emulated_clouds_have_the_prices_of_their_cloud(
    kb: Kb, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path / "source", {"a": b"x" * 1000, "b": b"y"})
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials.MOTO_ACCESS_KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials.MOTO_SECRET_ACCESS_KEY)
    monkeypatch.setenv(
        "AZURE_STORAGE_CONNECTION_STRING", credentials.azurite_connection_string(place.azurite_url)
    )
    bucket, container = f"forecast-{uuid.uuid4().hex}", f"forecast-{uuid.uuid4().hex}"
    s3 = S3Store(
        bucket,
        region_name=credentials.MOTO_REGION,
        endpoint_url=place.moto_url,
        aws_access_key_id=credentials.MOTO_ACCESS_KEY_ID,
        aws_secret_access_key=credentials.MOTO_SECRET_ACCESS_KEY,
    )
    s3.create_bucket()
    azure = AzureStore(
        container, connection_string=credentials.azurite_connection_string(place.azurite_url)
    )
    azure.create_container()
    account = credentials.AZURITE_ACCOUNT
    addresses: list[tuple[S3Store | AzureStore, str, str]] = [
        (s3, f"s3://{bucket}/x?endpoint_url={place.moto_url}&region=us-east-1", "aws"),
        (azure, f"azure://{account}/{container}/x?endpoint_url={place.azurite_url}", "azure"),
    ]
    for store, to, cloud in addresses:
        (event,) = kb("forecast", "--json", to=to).events
        shown = kb("forecast", to=to)
        tables = tomllib.loads(
            files("app.terms.prices").joinpath(f"{cloud}.toml").read_text(encoding="utf-8")
        )
        assert event["prices"]["cloud"] == cloud
        assert [tier["tier"] for tier in event["prices"]["tiers"]] == [
            tier["name"] for tier in tables["tiers"]
        ]
        assert f"{tables['title']}, {tables['region']}, USD, of {tables['date']}" in shown.out
        assert [str(info.key) for info in store.scan()] == []
        store.close()
