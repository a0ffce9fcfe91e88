"""What a plan says of what is there, without a cloud."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from azure.core.pipeline.policies import SansIOHTTPPolicy

from app.cli import run
from app.terms.answers import Refusal
from infra.adoption import Adoption
from infra.adoption_plan.account import account_differences
from infra.adoption_plan.compare import Difference, Verdict, by_name, differences, whole
from infra.adoption_plan.looks import arm
from infra.settings import Settings
from tests.infra.adoption.json_service import json_service

GROUP = "/subscriptions/s/resourceGroups/g"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/theirs"
SETTINGS = Settings(adopt=Adoption(azure_resource_group="g", azure_account="theirs"))


def _compared(
    now: Mapping[str, Any] | None, wanted: Mapping[str, Any], verdict: Verdict = "change"
) -> dict[str, Difference]:
    found = differences(now, wanted, resource="r", aspect="a", verdict=verdict)
    return {it.property: it for it in found}


def test_one_property_is_the_same_in_every_spelling() -> None:
    wanted = {"rules": [{"by_default": {"kms_master_key_id": "k", "enabled": True}}]}
    now = {"Rules": [{"ByDefault": {"KMSMasterKeyID": "K", "Enabled": True}}]}

    assert {it.verdict for it in _compared(now, wanted).values()} == {"same"}


def test_what_is_not_there_is_nothing_now() -> None:
    (found,) = _compared(None, {"status": "Enabled"}).values()

    assert (found.now, found.wanted, found.verdict) == (None, "Enabled", "change")


@pytest.mark.parametrize(("verdict", "said"), [("change", "lost"), ("kept", "kept")])
def test_what_the_program_knows_nothing_of_is_lost_only_where_it_puts_the_part(
    verdict: Verdict, said: str
) -> None:
    found = _compared({"status": "Enabled", "other": 1}, {"status": "Enabled"}, verdict)

    assert found["other"].verdict == said
    assert found["status"].verdict == "same"


def test_rules_are_compared_by_their_names_wherever_they_stand() -> None:
    theirs = [{"ID": "b", "Days": 1}, {"ID": "a", "Days": 2}]
    wanted = [{"id": "a", "days": 2}, {"id": "b", "days": 3}]
    found = _compared(
        {"rules": whole(by_name(theirs, name="ID"))}, {"rules": whole(by_name(wanted, name="id"))}
    )

    assert {name: it.verdict for name, it in found.items()} == {
        "rules[a]": "same",
        "rules[b]": "change",
    }


def test_a_statement_without_a_name_has_its_place_as_one() -> None:
    assert list(by_name([{"Effect": "Deny"}, {"Sid": "x"}], name="Sid")) == ["[0]", "[x]"]


def test_an_account_without_versions_is_refused() -> None:
    there: dict[str, dict[str, Any]] = {GROUP: {}, ACCOUNT: {"isHnsEnabled": True}}

    with pytest.raises(Refusal, match="hierarchical namespace"):
        list(account_differences(there.get, SETTINGS, subscription="s"))


@pytest.mark.parametrize(("there", "key"), [({}, "resource_group"), ({GROUP: {}}, "account")])
def test_what_is_not_there_is_named_by_its_key(there: dict[str, Any], key: str) -> None:
    with pytest.raises(Refusal, match=f"adopt.azure_{key}: there is no {GROUP}"):
        list(account_differences(there.get, SETTINGS, subscription="s"))


ANSWERS = {
    GROUP: {"id": GROUP, "location": "westeurope"},
    ACCOUNT: {
        "sku": {"name": "Standard_GRS"},
        "properties": {"supportsHttpsTrafficOnly": False, "minimumTlsVersion": "TLS1_2"},
    },
    f"{ACCOUNT}/blobServices/default": {"properties": {"isVersioningEnabled": True}},
}


@pytest.fixture
def arm_url() -> Iterator[str]:
    """A service that answers as Azure Resource Manager does: 200, 404, and 403 for what is forbidden."""

    def answer(asked: str) -> tuple[int, Any]:
        path, _, query = asked.partition("?")
        assert "api-version=20" in query
        code = 403 if "forbidden" in path else 200 if path in ANSWERS else 404
        return code, ANSWERS.get(path, {"error": {"code": "AuthorizationFailed"}})

    with json_service(answer) as url:
        yield url


def test_an_account_is_looked_at_through_azure_resource_manager(arm_url: str) -> None:
    look = arm(SansIOHTTPPolicy(), endpoint=arm_url)
    found = {
        it.property: it.verdict for it in account_differences(look, SETTINGS, subscription="s")
    }

    assert found["enableHttpsTrafficOnly"] == "owner"
    assert found["minimumTlsVersion"] == "same"
    assert found["isVersioningEnabled"] == "same"
    assert found["rules[oldVersions]"] == "kept"
    with pytest.raises(Refusal, match="AuthorizationFailed"):
        look("/subscriptions/s/resourceGroups/forbidden")


def test_an_environment_that_adopts_nothing_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["adopt", "plan", "-s", "local"]) == 2
    assert "adopts nothing" in capsys.readouterr().err
