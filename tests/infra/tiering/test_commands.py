"""`kb tiering explain` and `simulate`, called as a person calls them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.environment import Environments, environments_of_process
from infra.adoption import Adoption
from infra.settings import Settings
from infra.stacks import PROJECT
from infra.tiering.commands import is_deployed
from tests.infra.tiering.golden_costs import FOLDER

INVENTORY = str(FOLDER / "inventory.json")

Kb = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kb(capfd: pytest.CaptureFixture[str]) -> Kb:
    def call(*words: str) -> tuple[int, str, str]:
        code = run(words)
        said = capfd.readouterr()
        return code, said.out, said.err

    return call


def asked(kb: Kb, *words: str) -> dict[str, Any]:
    code, out, err = kb("tiering", *words, "--json")

    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """49 notes of text, and one picture of 200 KB."""
    for number in range(49):
        (tmp_path / f"{number}.md").write_bytes(b"text")
    (tmp_path / "picture.png").write_bytes(bytes(200_000))
    return tmp_path


def test_explain_says_that_a_rule_does_nothing_for_small_files_on_s3(kb: Kb, notes: Path) -> None:
    code, out, _ = kb("tiering", "explain", "-s", "dev", "--from", str(notes))

    assert code == 0
    sentence = "98 % of your files are under 128 KB: this rule does nothing for them on S3."
    assert out.split("Azure Blob Storage")[0].count(sentence) == 2
    assert sentence not in out.split("Azure Blob Storage")[1]
    assert max(map(len, out.splitlines())) <= 120


def test_explain_counts_what_each_rule_touches(kb: Kb) -> None:
    words = ("-s", "dev", "--from", INVENTORY, "--start", "2026-01-01", "--cloud", "aws")
    found = asked(kb, "explain", *words)

    documents = json.loads(Path(INVENTORY).read_text())["documents"]
    small = [it for it in documents if it["size_bytes"] < 128 * 1024]
    (cloud,) = found["clouds"]
    cool = next(it for it in cloud["rules"] if it["tier"] == "STANDARD_IA")
    assert (cool["objects"], cool["idle_objects"]) == (len(documents), len(small))
    assert 0 < cool["due_objects"] < len(documents) - len(small)
    assert {it["law"] for it in cloud["laws"]} == {"s3-128-kb"}
    assert found["inventory"]["small_objects"] == len(small)


def test_explain_knows_the_rules_of_every_cloud(kb: Kb) -> None:
    clouds = ("--cloud", "gcp", "--cloud", "aws", "--cloud", "azure")
    found = asked(kb, "explain", "-s", "prod", "--from", INVENTORY, *clouds)

    assert [it["cloud"] for it in found["clouds"]] == ["aws", "azure", "gcp"]
    for cloud in found["clouds"]:
        assert {"move", "delete"} <= {rule["action"] for rule in cloud["rules"]}


@pytest.mark.parametrize(
    ("adopted", "deployed"),
    [
        ({}, [True, True, True]),
        ({"aws_bucket": "theirs-1", "gcp_bucket": "theirs-2"}, [False, True, False]),
        ({"aws_bucket": "theirs-1", "change": ["lifecycle"]}, [True, True, True]),
    ],
)
def test_what_an_adopted_store_keeps_is_not_deployed(
    adopted: dict[str, Any], deployed: list[bool]
) -> None:
    settings = Settings(clouds=("aws", "azure", "gcp"), adopt=Adoption(**adopted))

    assert [is_deployed(settings, cloud) for cloud in ("aws", "azure", "gcp")] == deployed


def test_explain_says_which_promise_a_cloud_cannot_keep(kb: Kb) -> None:
    """prod promises 365 days; who may delete on Cloud Storage may delete old versions after 90 of them."""
    clouds = ("--cloud", "gcp", "--cloud", "aws", "--cloud", "azure")
    found = asked(kb, "explain", "-s", "prod", "--from", INVENTORY, *clouds)

    laws = [law for cloud in found["clouds"] for law in cloud["laws"]]
    assert [it["law"] for it in laws if it["weight"] in ("refused", "risky")] == ["gcs-promise"]


def test_simulate_shows_months_and_clouds_beside_each_other(kb: Kb) -> None:
    words = ("-s", "dev", "--from", INVENTORY, "--start", "2026-01-01", "--days", "90")
    code, out, _ = kb("tiering", "simulate", *words, "--changed", "5", "--reads", "1")

    assert code == 0
    assert "Amazon S3, us-east-1" in out
    assert "Azure Blob Storage, LRS, East US" in out
    assert "90 days" in out
    assert "Moving costs" in out
    assert max(map(len, out.splitlines())) <= 100


def test_simulate_reckons_with_the_prices_of_a_file(kb: Kb, tmp_path: Path) -> None:
    listed = (PROJECT / "app/terms/prices/aws.toml").read_text()
    dear = tmp_path / "dear.toml"
    dear.write_text(listed.replace("gigabyte_month = 0.023\n", "gigabyte_month = 23.0\n"))
    words = ("-s", "dev", "--from", INVENTORY, "--cloud", "aws", "--days", "1")

    before = asked(kb, "simulate", *words)
    after = asked(kb, "simulate", *words, "--prices", str(dear))
    assert after["clouds"][0]["total_unmoved"] == pytest.approx(
        1000 * before["clouds"][0]["total_unmoved"], rel=1e-3
    )


def test_without_a_place_the_environment_s_store_is_listed(
    kb: Kb, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_TYPE", "filesystem")
    monkeypatch.setenv("STORAGE_PATH", str(notes))
    monkeypatch.setenv("KB_PREFIX", "")
    settings = Environments.settings
    # As if dev had been brought up with the notes in its store.
    monkeypatch.setattr(Environments, "settings", lambda self, _: settings(self, None))
    monkeypatch.chdir(notes)
    assert environments_of_process(None).read_outputs is None

    found = asked(kb, "simulate", "-s", "dev", "--days", "31")
    assert found["inventory"] == {
        "objects": 50,
        "bytes": 49 * 4 + 200_000,
        "small_objects": 49,
        "small_bytes": 49 * 4,
    }
    assert found["clouds"][0]["months"][-1]["end_day"] == 31


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("-s", "nowhere"), "Environment 'nowhere' is unknown"),
        (("-s", "dev", "--from", "/no/such/place"), "/no/such/place cannot be read"),
        (("-s", "dev", "--from", str(PROJECT / "Makefile")), "Makefile is no inventory"),
        (("-s", "dev", "--from", INVENTORY, "--cloud", "ibm"), "--cloud ibm is none of aws"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(
    kb: Kb, words: tuple[str, ...], sentence: str
) -> None:
    for command in ("explain", "simulate"):
        code, out, err = kb("tiering", command, *words)

        assert (code, out) == (2, "")
        assert sentence in err
        assert err.count("\n") == 1


def test_prices_of_a_cloud_that_is_not_simulated_are_refused(kb: Kb) -> None:
    prices = str(PROJECT / "app/terms/prices/gcp.toml")
    code, _, err = kb("tiering", "simulate", "-s", "dev", "--from", INVENTORY, "--prices", prices)

    assert code == 2
    assert "--prices names those of gcp, which is not simulated." in err
