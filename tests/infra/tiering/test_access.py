"""Cooling by the last read: Azure notes it only where it is asked to, and the others not at all."""

from datetime import UTC, datetime, timedelta

import pytest

from app.terms.inventory import Document
from infra.local_cloud.azure_native import payloads
from infra.settings import Settings
from infra.stores.account_settings import blob_service_arguments
from infra.tiering import FolderRule, TieringPolicy, azure_management_rules
from infra.tiering.effects import effects_of
from infra.tiering.explain import explain
from tests.infra.program.recording import Recording, run_program

SERVICE = "azure-native:storage:BlobServiceProperties"


@pytest.fixture(scope="module")
def by_access() -> Recording:
    return run_program({"clouds": ["azure"], "tiering": {"by": "access"}})


def test_access_is_tracked_where_rules_ask_for_it_and_nowhere_else(by_access: Recording) -> None:
    assert by_access.one(SERVICE).inputs["lastAccessTimeTrackingPolicy"] == {"enable": True}
    assert "last_access_time_tracking_policy" not in blob_service_arguments(Settings())


def test_the_vendor_s_models_take_rules_about_access(by_access: Recording) -> None:
    stored = [it for it in by_access.resources if it.token.startswith("azure-native:storage:")]

    assert {SERVICE, "azure-native:storage:ManagementPolicy"} <= {it.token for it in stored}
    assert [it for it in stored if payloads.failures(it.token, dict(it.inputs))] == []


def test_clouds_that_know_no_last_access_are_refused_with_it() -> None:
    with pytest.raises(ValueError, match=r"tiering\.by is access, which only Azure knows"):
        Settings(clouds=("aws", "azure"), tiering=TieringPolicy(by="access"))


def test_archiving_and_expiring_go_by_the_last_change_all_the_same() -> None:
    policy = TieringPolicy(
        by="access",
        allow_offline=True,
        archive=(FolderRule(folder="a/", after_days=200),),
        expire=(FolderRule(folder="b/", after_days=300),),
    )
    live = {
        rule["name"]: rule["definition"]["actions"].get("base_blob")
        for rule in azure_management_rules(policy, prefix="kb/", container="docs")
    }

    assert live["tierDocuments"] == {
        "tier_to_cool": {"days_after_last_access_time_greater_than": 30},
        "tier_to_cold": {"days_after_last_access_time_greater_than": 90},
        "enable_auto_tier_to_hot_from_cool": True,
    }
    assert "days_after_modification_greater_than" in live["archiveFolder1"]["tier_to_archive"]
    assert live["expireFolder1"] == {"delete": {"days_after_modification_greater_than": 300}}


def test_explain_says_that_nothing_is_due_before_reads_have_been_noted() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    old = Document(path="a.md", size_bytes=1, modified=now - timedelta(days=1000))
    rules = azure_management_rules(TieringPolicy(by="access"), prefix="kb/", container="docs")
    effects = [it for it in effects_of(rules, "azure") if it.phase == "live"]

    found = explain(effects, [old], cloud="azure", prefix="kb/", now=now)
    assert [(it.effect.tier, it.objects, it.due_objects) for it in found] == [
        ("Cool", 1, 0),
        ("Cold", 1, 0),
    ]
    assert all("after their last read or write" in it.sentence for it in found)
    assert all("counts from the day on which the rules start" in it.remark for it in found)
