"""`kb drift` on a deployment: each kind of drift is found and explained, and nothing else ever is."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Kb
from tests.e2e.drift.azure import AZURE
from tests.e2e.drift.gcp import GCP
from tests.e2e.drift.iam import IAM
from tests.e2e.drift.looking import clouds_of, findings, state_bytes
from tests.e2e.drift.s3 import S3
from tests.e2e.drift.table import Drift
from tests.e2e.drift.watching import WATCHING

pytestmark = [
    pytest.mark.engine,
    pytest.mark.emulator,
    pytest.mark.proof,
    pytest.mark.timeout(900),
]

DRIFTS = [*S3, *IAM, *AZURE, *GCP, *WATCHING]
CLEAN_RUNS = 50
BY_HAND = "a policy attached to a role"
APART = {BY_HAND, "a bucket deleted", "a user deleted", "a key deleted"}
"""Kinds that take away what the others change, or that no `up` mends."""


def test_there_are_more_than_twenty_kinds() -> None:
    assert len({one.name for one in DRIFTS}) == len(DRIFTS) > 20


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.name)
def test_each_kind_is_found_and_explained_and_nothing_beside_it(
    drift: Drift, kb_up: Kb, state: Path
) -> None:
    undo = drift.act(clouds_of(kb_up, state))
    before = state_bytes(state)

    answer = kb_up("drift", "-s", "local", "--no-probes", "--json")

    assert state_bytes(state) == before
    if undo is None:
        repaired = kb_up("up", "-s", "local", "--refresh")
        assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    else:
        undo()
    assert answer.returncode == 1, answer.stderr
    assert findings(answer) == drift.said


@pytest.mark.timeout(3600)
def test_a_clean_environment_never_alarms(kb_up: Kb) -> None:
    runs = [
        kb_up("drift", "-s", "local", *(() if number % 10 == 0 else ("--no-probes",)))
        for number in range(CLEAN_RUNS)
    ]

    assert [run.returncode for run in runs] == [0] * CLEAN_RUNS, [run.stdout for run in runs]


def test_an_up_with_refresh_mends_everything_that_it_knows_of(kb_up: Kb, state: Path) -> None:
    clouds = clouds_of(kb_up, state)
    at_once = [one for one in DRIFTS if one.name not in APART]
    # Of kinds that say something of the same types, the first: the others would undo it.
    one_of_each = {frozenset(said.type for said in one.said): one for one in reversed(at_once)}
    for one in one_of_each.values():
        one.act(clouds)

    found = kb_up("drift", "-s", "local", "--no-probes", "--json")
    up = kb_up("up", "-s", "local", "--refresh")
    left = kb_up("drift", "-s", "local", "--json")

    assert findings(found) == {said for one in one_of_each.values() for said in one.said}
    assert len(one_of_each) > 10
    assert up.returncode == 0, up.stdout + up.stderr
    assert (left.returncode, findings(left)) == (0, frozenset())


def test_what_up_does_not_know_of_stays_until_somebody_undoes_it(kb_up: Kb, state: Path) -> None:
    (by_hand,) = (one for one in DRIFTS if one.name == BY_HAND)
    undo = by_hand.act(clouds_of(kb_up, state))
    kb_up("up", "-s", "local", "--refresh")

    still = kb_up("drift", "-s", "local", "--no-probes")
    assert undo
    undo()
    gone = kb_up("drift", "-s", "local", "--no-probes")

    assert still.returncode == 1
    assert "By hand" in still.stdout
    assert gone.returncode == 0, gone.stdout
