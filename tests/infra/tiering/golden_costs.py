"""A year of one knowledge base on each cloud, as it was reckoned once and looked at.

`python -m tests.infra.tiering.golden_costs` writes the files anew: after a change of prices, of the policy's
meaning or of the inventory. What then differs is for a person to look at.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from app.terms.outputs import Cloud
from app.terms.prices import prices_of
from infra.tiering import FolderRule, OldVersions, TieringPolicy
from infra.tiering.simulation import simulate
from infra.tiering.sources import documents_at
from infra.tiering.traffic import Traffic

FOLDER = Path(__file__).with_name("golden")

POLICY = TieringPolicy(
    cool_after_days=30,
    cold_after_days=90,
    allow_offline=True,
    archive=(FolderRule(folder="reports/2019/", after_days=365),),
    expire=(FolderRule(folder="drafts/", after_days=180),),
    old_versions=OldVersions(cool_after_days=10, archive_after_days=40, kept_days=60),
)


def costs(cloud: Cloud) -> dict[str, Any]:
    """What the simulator says of the inventory in the folder."""
    found = simulate(
        documents_at(FOLDER / "inventory.json"),
        POLICY,
        cloud=cloud,
        prices=prices_of(cloud),
        start=datetime(2026, 1, 1, tzinfo=UTC),
        traffic=Traffic(changed_monthly=0.05, added_monthly=0.02, reads_monthly=3),
    )
    return found.fields()


if __name__ == "__main__":
    for name in get_args(Cloud):
        text = json.dumps(costs(name), indent=1, ensure_ascii=False) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
