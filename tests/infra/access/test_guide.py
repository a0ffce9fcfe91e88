"""docs/guide/access.md says what is compiled."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.access import gcs_permissions, iam_boundary, iam_policy, rbac_permissions
from infra.access.deployer import (
    google_deployer_permissions,
    iam_deployer_policy,
    rbac_deployer_permissions,
)

GUIDE = (Path(__file__).parents[3] / "docs/guide/access.md").read_text()
ACCOUNT = "123456789012"
DEPLOYER_OF_AWS = iam_deployer_policy(
    account_id=ACCOUNT,
    environment="prod",
    boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/knowledge-base-boundary",
)


@pytest.mark.parametrize(
    ("name", "compiled"),
    [
        ("boundary", iam_boundary(ACCOUNT)),
        ("deployer of aws", DEPLOYER_OF_AWS),
        ("deployer of azure", rbac_deployer_permissions()[0]["actions"]),
        ("deployer of google", google_deployer_permissions()),
        (
            "deployer of google's billing account",
            google_deployer_permissions(where="billing account"),
        ),
    ],
)
def test_a_policy_in_the_guide_is_the_one_that_is_compiled(name: str, compiled: Any) -> None:
    (block,) = re.findall(rf"<!-- {name} -->\n```json\n(.*?)```", GUIDE, re.DOTALL)

    assert json.loads(block) == compiled


def test_the_guide_names_every_action_that_an_identity_is_granted() -> None:
    policy = iam_policy("agent", bucket_arn="arn:aws:s3:::b", prefix="kb/", key_arn="k")
    granted = [it for statement in policy["Statement"] for it in statement["Action"]]
    granted += [it.rpartition("/")[2] for it in rbac_permissions("agent")[0]["data_actions"]]
    granted += gcs_permissions("agent")

    assert [it for it in granted if f"`{it}`" not in GUIDE] == []
