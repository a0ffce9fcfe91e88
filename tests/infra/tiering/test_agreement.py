"""The simulator, which reads the policy, and an interpreter of compiled rules tell the same story."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.terms.outputs import Cloud
from infra.tiering import (
    TieringPolicy,
    azure_management_rules,
    azure_soft_delete_days,
    gcs_lifecycle_rules,
    gcs_soft_delete_seconds,
    s3_lifecycle_rules,
)
from infra.tiering.life import Lives, State
from tests.infra.tiering.generated import policies, states
from tests.infra.tiering.interpreter import (
    Held,
    Rules,
    Step,
    azure_step_of,
    days_of,
    gcs_step_of,
    s3_step,
)

DAYS = 100
PREFIX = "kb/"


def compiled(policy: TieringPolicy, cloud: Cloud) -> tuple[Rules, Step, str]:
    """The rules, who interprets them, and what stands before a path in a key."""
    match cloud:
        case "aws":
            return s3_lifecycle_rules(policy, prefix=PREFIX), s3_step, PREFIX
        case "azure":
            rules = azure_management_rules(policy, prefix=PREFIX, container="docs")
            return rules, azure_step_of(azure_soft_delete_days(policy)), f"docs/{PREFIX}"
        case "gcp":
            rules = gcs_lifecycle_rules(policy, prefix=PREFIX)
            return rules, gcs_step_of(gcs_soft_delete_seconds(policy)), PREFIX


def interpreted(policy: TieringPolicy, cloud: Cloud, state: State) -> list[tuple[str, str] | None]:
    rules, step, before = compiled(policy, cloud)
    held = Held(
        before + state.path,
        state.size_bytes,
        state.written,
        state.replaced,
        state.tier,
        reads=state.reads,
    )
    return days_of(rules, held, DAYS, step)


def simulated(policy: TieringPolicy, cloud: Cloud, state: State) -> list[tuple[str, str] | None]:
    stays = Lives(policy, cloud).stays(state)
    return [
        next(((it.phase, it.tier) for it in stays if it.start <= run < it.end), None)
        for run in range(1, DAYS + 1)
    ]


CLOUDS: tuple[Cloud, ...] = ("aws", "azure", "gcp")
CASES = st.sampled_from(CLOUDS).flatmap(
    lambda cloud: st.tuples(
        st.just(cloud),
        policies(by_access=cloud == "azure"),
        st.lists(states(cloud, DAYS), min_size=1, max_size=4),
    )
)


def _agree(cloud: Cloud, policy: TieringPolicy, inventory: list[State]) -> None:
    for state in inventory:
        assert simulated(policy, cloud, state) == interpreted(policy, cloud, state), state


@settings(max_examples=250, derandomize=True)
@given(CASES)
def test_simulator_and_compiled_rules_agree_on_every_day(
    case: tuple[Cloud, TieringPolicy, list[State]],
) -> None:
    _agree(*case)


@pytest.mark.proof
@pytest.mark.timeout(1800)
@settings(
    max_examples=10_000,
    derandomize=True,
)
@given(CASES)
def test_simulator_and_compiled_rules_agree_on_every_day_of_ten_thousand_inventories(
    case: tuple[Cloud, TieringPolicy, list[State]],
) -> None:
    _agree(*case)
