"""The vendors' rules about lifecycles, as data: each with its source, its date, and a check."""

from typing import Final

from app.terms.outputs import Cloud
from infra.tiering.laws import azure, gcs, s3
from infra.tiering.laws.terms import Facts, Judgement, Law, Rules

LAWS: Final[tuple[Law, ...]] = (*s3.LAWS, *azure.LAWS, *gcs.LAWS)


def judge(rules: Rules, cloud: Cloud, facts: Facts) -> list[Judgement]:
    """Return where compiled rules break a law of their cloud."""
    return [
        Judgement(law, path, sentence)
        for law in LAWS
        if law.cloud == cloud
        for path, sentence in law.problems(rules, facts)
    ]


__all__ = ["LAWS", "Facts", "Judgement", "Law", "judge"]
