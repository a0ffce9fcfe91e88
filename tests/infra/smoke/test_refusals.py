"""What a smoke test refuses before anything is made, and what it never shows."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.terms.answers import Refusal, UsageRefusal
from infra.adoption import Adoption
from infra.settings import Settings
from infra.smoke.consent import require_consent, require_harmless
from infra.smoke.cost import estimate, require_affordable
from infra.smoke.course import SAMPLES, run_course
from infra.smoke.masking import Mask
from infra.smoke.trial import trial_file

PROTECTED = {"knowledge-base-cloud:disposable": False}


@pytest.mark.parametrize(
    ("name", "config", "settings", "said"),
    [
        ("prod", {}, Settings(), "is production"),
        ("eu-prod", {}, Settings(), "is production"),
        ("Production", {}, Settings(), "is production"),
        ("staging", PROTECTED, Settings(), "is protected"),
        ("dev", {}, Settings(adopt=Adoption(aws_bucket="theirs")), "adopts what exists"),
        ("dev-smoke", {}, Settings(), "of a smoke test itself"),
    ],
)
def test_what_a_smoke_test_could_harm_is_refused(
    name: str, config: Mapping[str, Any], settings: Settings, said: str
) -> None:
    with pytest.raises(UsageRefusal, match=said):
        require_harmless(name, config, settings)


def test_nothing_is_made_without_consent_for_this_very_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KB_SMOKE_CONSENT", "staging")

    assert run(["smoke", "-s", "dev"]) == 2
    said = capsys.readouterr().err
    assert "KB_SMOKE_CONSENT=dev" in said
    assert "at most" in said
    assert not (Path(__file__).resolve().parents[3] / "Pulumi.dev-smoke.yaml").exists()


def test_consent_is_the_environments_name_and_nothing_else() -> None:
    require_consent("dev", {}, lambda _: "dev\n", notice="")
    require_consent("dev", {"KB_SMOKE_CONSENT": "dev"}, None, notice="")

    for typed in ("", "y", "yes", "prod"):
        with pytest.raises(Refusal, match="Nothing was done"):
            require_consent("dev", {}, lambda _, typed=typed: typed, notice="")  # type: ignore[misc]  # mypy knows no default of a lambda
    with pytest.raises(UsageRefusal):
        require_consent("dev", {"KB_SMOKE_CONSENT": "yes"}, None, notice="")


@pytest.mark.parametrize("cloud", ["aws", "azure", "gcp"])
def test_what_may_cost_more_than_was_allowed_is_refused(cloud: Any) -> None:
    found = estimate(SAMPLES, cloud)
    require_affordable(found, cost_max=1.0)

    assert found.files > 50
    with pytest.raises(UsageRefusal, match="may cost"):
        require_affordable(found, cost_max=found.amount / 2)


def test_the_tried_environment_is_disposable_and_has_no_name_of_the_real_one() -> None:
    tried, whole = trial_file("prod")["config"], trial_file("prod")

    assert tried["knowledge-base-cloud:disposable"] is True
    assert tried["knowledge-base-cloud:migration"] == "open"
    assert not [key for key in tried if key.endswith((":aws_bucket", ":azure_account"))]
    assert not whole.keys() & {"secretsprovider", "encryptedkey"}


Calls = list[Sequence[str]]


def _commands(calls: Calls, failing: str | None = None) -> Any:
    def command(words: Sequence[str], _: Mapping[str, str]) -> tuple[int, str]:
        calls.append(words)
        return (1, "no") if words[0] == failing else (0, "yes")

    return command


def test_after_a_step_that_fails_only_the_environment_is_taken_down() -> None:
    calls: Calls = []
    course = run_course("x", offline=True, environ={}, command=_commands(calls, "migrate"))
    outcomes = [(it.name, it.code) for it in course]

    assert [words[0] for words in calls] == ["up", "migrate", "down"]
    assert outcomes == [
        ("up", 0),
        ("migrate", 1),
        ("verify", None),
        ("ask", None),
        ("drift", None),
        ("down", 0),
    ]


def test_an_interruption_takes_the_environment_down_all_the_same() -> None:
    calls: Calls = []
    course = run_course("x", offline=True, environ={}, command=_commands(calls))
    next(course)
    with pytest.raises(KeyboardInterrupt):
        course.throw(KeyboardInterrupt)

    assert [words[0] for words in calls] == ["up", "down"]


SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SHOWN = f"""
arn:aws:iam::123456789012:role/a of 123456789012 and 210987654321
/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/kb
AccountKey=c2VjcmV0;x AKIAIOSFODNN7EXAMPLE {SECRET} sk-ant-api03-abc eyJhbGciOiJIUzI1NiJ9.e30.sig
someone@example.com from 203.0.113.7 on thatmachine in /home/someone/kb, passphrase hunter22
"""


def test_a_report_shows_no_secret_no_account_and_nobody() -> None:
    mask = Mask(
        {"PULUMI_CONFIG_PASSPHRASE": "hunter22", "LANG": "C.UTF-8"},
        names=["someone", "thatmachine"],
        home=Path("/home/someone"),
    )
    shown = mask(SHOWN)

    for hidden in (
        *("123456789012", "210987654321", "11111111-2222", "c2VjcmV0", "AKIA", SECRET, "sk-ant"),
        *("eyJ", "example.com", "203.0.113.7", "thatmachine", "someone", "hunter22"),
    ):
        assert hidden not in shown
    assert "arn:aws:iam::<account 1>:role/a of <account 1> and <account 2>" in shown
    assert "in ~/kb" in shown


def test_figures_and_loopback_addresses_stay_readable() -> None:
    said = "94 files, 196647 bytes, http://127.0.0.1:5000 in 12.3 s, exit code 1"

    assert Mask({})(said) == said
