"""What drift breaks: an open table. A cloud's module lists its types, anything else is unexplained."""

from collections.abc import Mapping
from typing import Final

from infra.drift.compare import Difference
from infra.drift.explanations import aws, azure, gcp, network, watching
from infra.drift.explanations.terms import UNEXPLAINED, Explanation

__all__ = ["TABLE", "Explanation", "explain"]

TABLE: Final[Mapping[str, tuple[Explanation, ...]]] = {
    token: rows
    for module in (aws, azure, gcp, network, watching)
    for token, rows in module.EXPLANATIONS.items()
}
"""By type, the first that matches wins. A new cloud is one module, and one word here."""


def explain(token: str, difference: Difference) -> Explanation:
    """Return what a difference breaks.

    Args:
        token: the type of the resource, as Pulumi writes it.
        difference: of one of its properties.
    """
    rows = TABLE.get(token, ())
    return next((row for row in rows if row.matches(difference)), UNEXPLAINED)
