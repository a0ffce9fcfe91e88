"""The check of the costs: what the documents will cost where they go."""

from migrate.checklist.trial import Trial
from migrate.checklist.verdict import Verdict, skipped


def check_cost(trial: Trial) -> Verdict:
    """Forecast the money of a year."""
    if trial.destination.endpoint is None:
        return skipped(f"{trial.destination} costs nothing but its disk.")
    return skipped("This version has no forecast of costs yet.")
