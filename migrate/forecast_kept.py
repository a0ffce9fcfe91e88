"""The forecast that a journal keeps, and how near it came to what the run after it took."""

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from migrate.kept import has_table, last_scope
from migrate.scope import kept_scope
from migrate.wording import duration_text

if TYPE_CHECKING:
    from migrate.journal import Journal
    from migrate.summary import Summary

FORECAST_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS forecasts (
    number INTEGER PRIMARY KEY,
    made REAL NOT NULL,      -- seconds since 1970
    words TEXT NOT NULL,     -- the options that it was made with
    files INTEGER NOT NULL,  -- to be moved
    size INTEGER NOT NULL,
    expected REAL NOT NULL,  -- seconds
    low REAL NOT NULL,
    high REAL NOT NULL,
    run INTEGER,             -- the first one that began after it
    took REAL                -- seconds; null where that run is no fair comparison
);
"""

_ALIKE: Final = 0.02
"""A source that changed by so much since is still what was forecast."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A forecast as a journal keeps it: what is moved, with which options, and how long it takes."""

    words: tuple[str, ...]
    files: int
    size: int
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """What was forecast, and what it took; all in seconds."""

    expected: float
    low: float
    high: float
    took: float

    @property
    def error(self) -> float:
        """By how much it took more than expected, as a share of what was expected; less is below 0."""
        return self.took / self.expected - 1 if self.expected else 0.0

    @property
    def within(self) -> bool:
        """Whether it took what the interval says."""
        return self.low <= self.took <= self.high

    def fields(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "expected_seconds": round(self.expected, 3),
            "low_seconds": round(self.low, 3),
            "high_seconds": round(self.high, 3),
            "took_seconds": round(self.took, 3),
            "error": round(self.error, 4),
            "within": self.within,
        }

    def line(self) -> str:
        """Return it for people."""
        share = round(100 * abs(self.error))
        verdict = f"{share} % {'more' if self.error > 0 else 'less'}" if share else "as forecast"
        return (
            f"Forecast {duration_text(self.expected)} ({duration_text(self.low)} to "
            f"{duration_text(self.high)}); it took {duration_text(self.took)}: {verdict}"
        )


def keep_forecast(journal: "Journal", forecast: Kept, *, made: float) -> None:
    """Keep a forecast for the next run; an earlier one that no run followed is forgotten."""
    journal.commit()
    connection = journal.connection
    connection.executescript(FORECAST_SCHEMA)
    connection.execute("DELETE FROM forecasts WHERE run IS NULL")
    connection.execute(
        "INSERT INTO forecasts (made, words, files, size, expected, low, high)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            made,
            "\0".join(forecast.words),
            forecast.files,
            forecast.size,
            forecast.expected,
            forecast.low,
            forecast.high,
        ),
    )
    journal.commit()


def settle(journal: "Journal", summary: "Summary") -> Score | None:
    """Score the forecast that the run which just ended was made for; None where there was none.

    Only a run that did what was forecast is scored: the first one after it, with the same options, that moved
    the same amount and came to its end. One that resumed moved less.
    """
    connection = journal.connection
    if not has_table(connection, "forecasts") or not journal.run:
        return None
    row = connection.execute(
        "SELECT number, words, files, size FROM forecasts WHERE run IS NULL"
        " ORDER BY number DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    number, words, files, size = row
    fair = (
        summary.ending in ("complete", "incomplete")
        and "\0".join(kept_scope(last_scope(connection)).words) == words
        and abs(summary.sent - files) <= _ALIKE * files
        and abs(summary.bytes_copied - size) <= _ALIKE * size
    )
    connection.execute(
        "UPDATE forecasts SET run = ?, took = ? WHERE number = ?",
        (journal.run, summary.seconds if fair else None, number),
    )
    journal.commit()
    return scored(connection, run=journal.run)


def scored(connection: sqlite3.Connection, *, run: int | None = None) -> Score | None:
    """Return how near a forecast came.

    Args:
        connection: of a journal, also of one that is only looked at.
        run: whose; None for the latest one.
    """
    if not has_table(connection, "forecasts"):
        return None
    if run is None:
        run = connection.execute("SELECT max(number) FROM runs").fetchone()[0]
    row = connection.execute(
        "SELECT expected, low, high, took FROM forecasts WHERE run = ? AND took IS NOT NULL", (run,)
    ).fetchone()
    return Score(*row) if row else None
