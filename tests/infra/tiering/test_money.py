"""What a year costs, against sums that were reckoned by hand and files that were looked at."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.terms.inventory import Document
from app.terms.outputs import Cloud
from app.terms.prices import GIGABYTE_BYTES, prices_of
from infra.tiering import FolderRule, OldVersions, TieringPolicy
from infra.tiering.bill import Bill
from infra.tiering.life import State, Stay
from infra.tiering.manners import MANNERS
from infra.tiering.simulation import Simulation, simulate
from infra.tiering.traffic import MONTH_DAYS, NO_TRAFFIC, Traffic
from tests.infra.tiering.golden_costs import FOLDER, costs

START = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING = TieringPolicy(cool_after_days=None, cold_after_days=None)
CLOUDS: list[Cloud] = ["aws", "azure", "gcp"]


def simulated(
    policy: TieringPolicy,
    cloud: Cloud,
    *documents: Document,
    traffic: Traffic = NO_TRAFFIC,
    days: int = 365,
) -> Simulation:
    return simulate(
        documents,
        policy,
        cloud=cloud,
        prices=prices_of(cloud),
        start=START,
        days=days,
        traffic=traffic,
    )


def document(size: int = GIGABYTE_BYTES, *, age: float = 0.5, tier: str | None = None) -> Document:
    return Document(path="a.bin", size_bytes=size, modified=START - timedelta(days=age), tier=tier)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_year_is_the_one_that_was_reckoned_and_looked_at(cloud: Cloud) -> None:
    golden = json.loads((FOLDER / f"{cloud}.json").read_text(encoding="utf-8"))

    assert costs(cloud) == golden
    assert golden["prices"]["date"] == prices_of(cloud).date.isoformat()


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_never_moves_costs_twelve_months_of_its_tier(cloud: Cloud) -> None:
    found = simulated(NOTHING, cloud, document())

    price = prices_of(cloud).tiers[0].gigabyte_month
    assert found.total == pytest.approx(12 * price)
    assert found.unmoved == pytest.approx(found.total)


def test_a_gigabyte_on_s3_costs_what_it_does_on_paper() -> None:
    found = simulated(TieringPolicy(), "aws", document())

    # Standard for the 30 days of month 1; Standard-IA in month 2 and for 29 of the 30 days of month 3;
    # Glacier Instant Retrieval for the day that is left, and for 9 months.
    paper = 0.023 + 0.0125 + (29 * 0.0125 + 0.004) / 30 + 9 * 0.004
    assert found.sum_of("storage") == pytest.approx(paper)
    assert found.sum_of("moves") == pytest.approx((0.01 + 0.02) / 1000)
    assert found.sum_of("early") == 0


def test_a_small_document_is_billed_as_128_kb_where_the_tier_does_so() -> None:
    found = simulated(NOTHING, "aws", document(1000, tier="STANDARD_IA"))

    assert found.total == pytest.approx(12 * 0.0125 * 131_072 / GIGABYTE_BYTES)


def test_an_archived_object_has_its_overhead_billed_in_both_tiers() -> None:
    found = simulated(NOTHING, "aws", document(tier="GLACIER"))

    glacier = (GIGABYTE_BYTES + 32_768) * 0.0036 / GIGABYTE_BYTES
    assert found.total == pytest.approx(12 * (glacier + 8_192 * 0.023 / GIGABYTE_BYTES))


def test_cool_left_after_21_days_costs_the_9_days_that_are_missing() -> None:
    """Access tiers: a blob in the cool tier that is deleted or moved after 21 days."""
    policy = TieringPolicy(cool_after_days=10, cold_after_days=31)

    found = simulated(policy, "azure", document())
    assert found.sum_of("early") == pytest.approx(0.0152 * 9 / MONTH_DAYS)
    assert found.sum_of("left_early") == 1


def test_archive_left_after_120_days_is_charged_for_180() -> None:
    """Access tiers: an archived blob that is deleted after 120 days; soft delete counts as being there."""
    prices = prices_of("azure")
    bill = Bill(
        prices,
        NO_TRAFFIC,
        days=365,
        early_since="entered",
        offline=MANNERS["azure"].offline,
    )
    state = State(path="a", size_bytes=GIGABYTE_BYTES, written=-10, tier="Hot")
    bill.add(
        state,
        [
            Stay("Hot", "live", 0, 5),
            Stay("Archive", "live", 5, 20),
            Stay("Archive", "old", 20, 65),
            Stay("Archive", "deleted", 65, 125),
        ],
    )

    archived = 0.00099 * 180 / MONTH_DAYS
    billed = sum(month.storage + month.early for month in bill.months)
    hot = 0.0208 * 5 / 30
    # Months have 30 or 31 days; a fee is reckoned in mean ones.
    assert billed - hot == pytest.approx(archived, rel=0.01)
    assert sum(month.left_early for month in bill.months) == 1


def test_on_cloud_storage_moving_is_never_early_and_deleting_counts_from_the_writing() -> None:
    expiring = TieringPolicy(
        cool_after_days=1,
        cold_after_days=2,
        expire=(FolderRule(folder="logs/", after_days=20),),
        old_versions=OldVersions(kept_days=10),
    )
    held = replace(document(), path="logs/a.bin")

    found = simulated(expiring, "gcp", held)
    # Written half a day before, it expires on day 20, goes on day 30 and is soft deleted until day 40.
    assert found.sum_of("left_early") == 1
    assert found.sum_of("early") == pytest.approx(0.004 * (90 - 40.5) / MONTH_DAYS)
    assert simulated(expiring, "gcp", document()).sum_of("early") == 0


def test_reads_cost_their_requests_and_what_is_retrieved() -> None:
    policy = TieringPolicy(cool_after_days=1, cold_after_days=None)

    found = simulated(policy, "aws", document(age=100), traffic=Traffic(reads_monthly=10))
    hot = 10 * 0.0004 / 1000 / 30
    cool = 10 * (0.001 / 1000 + 0.01) * (11 + 29 / 30)
    assert found.sum_of("reads") == pytest.approx(hot + cool)


def test_reads_of_what_takes_hours_to_read_are_counted_apart() -> None:
    found = simulated(NOTHING, "azure", document(tier="Archive"), traffic=Traffic(reads_monthly=2))

    assert found.sum_of("offline_reads") == pytest.approx(24)
    assert found.sum_of("reads") == 0


@pytest.mark.parametrize("cloud", CLOUDS)
def test_changes_and_growth_come_in_the_shares_that_were_asked_for(cloud: Cloud) -> None:
    held = [replace(document(1000), path=f"{number}.md") for number in range(400)]
    traffic = Traffic(changed_monthly=0.10, added_monthly=0.05)

    found = simulated(NOTHING, cloud, *held, traffic=traffic)
    live = found.months[-1].places[("live", MANNERS[cloud].default)].objects
    assert live == pytest.approx(400 * (1 + 12 * 0.05), rel=0.02)
    writes = found.sum_of("writes") / prices_of(cloud).tiers[0].write_per_1000 * 1000
    # 40 replaced each month, later as many of the new ones, and 20 new ones.
    assert writes == pytest.approx(12 * 60 + 0.10 * 20 * 66, rel=0.05)


def test_one_cloud_s_word_for_a_tier_is_another_s() -> None:
    found = simulated(NOTHING, "aws", document(tier="Cool"))

    assert list(found.months[0].places) == [("live", "STANDARD_IA")]
    assert found.unpriced == ()


def test_a_tier_without_a_price_is_named() -> None:
    found = simulated(NOTHING, "aws", document(tier="INTELLIGENT_TIERING"))

    assert found.unpriced == ("INTELLIGENT_TIERING",)


def test_a_month_that_is_cut_off_costs_its_part() -> None:
    found = simulated(NOTHING, "aws", document(), days=45)

    assert [(month.first_day, month.end_day) for month in found.months] == [(0, 30), (30, 45)]
    assert found.total == pytest.approx(0.023 * (1 + 15 / 31))
