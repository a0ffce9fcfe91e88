"""A budget of Google Cloud, which belongs to a billing account."""

from typing import Any

import pulumi
import pytest

from tests.infra.program.recording import Recording, run_program

EMAILS = ["one@example.com", "two@example.com"]
BILLING = "0A1B2C-3D4E5F-6A7B8C"


def _watched(watch: dict[str, Any], **config: Any) -> Recording:
    return run_program({"watch": watch, "migration": "closed", **config})


def test_a_budget_of_google_is_of_the_project_and_tells_everybody_named() -> None:
    config = {"clouds": ["gcp"], "gcp_billing_account": BILLING}
    recorded = _watched({"emails": EMAILS, "budget_month": 7}, **config)

    budget = recorded.one("Budget").inputs
    assert budget["billingAccount"] == BILLING
    assert budget["amount"] == {"specifiedAmount": {"units": "7"}}
    assert budget["budgetFilter"]["projects"] == ["projects/123456789012"]
    assert [it["thresholdPercent"] for it in budget["thresholdRules"]] == [0.8, 1, 1]
    assert len(budget["allUpdatesRule"]["monitoringNotificationChannels"]) == len(EMAILS)


@pytest.mark.parametrize(
    ("watch", "config"),
    [({}, {}), ({"budget_month": None}, {"gcp_billing_account": BILLING})],
    ids=["without a billing account", "without an amount"],
)
def test_a_budget_of_google_is_made_only_of_an_account_and_an_amount(
    watch: dict[str, Any], config: dict[str, Any]
) -> None:
    assert not _watched({"emails": EMAILS, **watch}, clouds=["gcp"], **config).of("Budget")


def test_a_budget_of_google_without_alarms_still_tells_everybody_named() -> None:
    config = {"clouds": ["gcp"], "gcp_billing_account": BILLING}
    recorded = _watched({"emails": EMAILS, "alarms": None}, **config)

    assert len(recorded.of("NotificationChannel")) == len(EMAILS)
    assert not recorded.of("AlertPolicy")


def test_more_people_than_a_budget_of_google_tells_are_refused() -> None:
    emails = [f"{number}@example.com" for number in range(6)]
    config = {"clouds": ["gcp"], "watch": {"emails": emails}}

    assert run_program(config).of("AlertPolicy")
    with pytest.raises(pulumi.RunError, match=r"watch\.emails names more than 5"):
        run_program({**config, "gcp_billing_account": BILLING})
