"""The check of monitoring: a call that was just made is in the log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from opentelemetry.metrics import NoOpMeterProvider, get_meter_provider

from app.store.errors import NotFound
from app.store.keys import Key
from migrate.checklist.trial import Trial
from migrate.checklist.verdict import Verdict, failed, passed

_LOG: Final = logging.getLogger("app.store")
_MEND: Final = "Set KB_MONITORED=1 in the environment or .env (docs/guide/layers.md, Monitoring)."


def check_monitoring(trial: Trial) -> Verdict:
    """Make a call, and look for its line."""
    if not trial.destination.options.metered:
        return failed("KB_MONITORED is off: no call to the store is logged or counted.", _MEND)
    key = Key(f"monitored-{trial.folder.name}")
    with _listened() as lines, suppress(NotFound):
        trial.store("monitoring").stat(key)
    found = next((line for line in lines if str(key) in line), None)
    if found is None:
        return failed("KB_MONITORED is on, but a call that was just made left no line.", _MEND)
    shown = found.replace(str(key), "…")
    if _counts_go_somewhere():
        return passed(f"A call left its line ({shown}), and OpenTelemetry counts it.", _ALARMS)
    return passed(
        f"A call left its line ({shown}).",
        "The counts (kb.store.calls, .seconds, .bytes) go nowhere until the agent's process sets up an "
        f"OpenTelemetry SDK. {_ALARMS}",
    )


_ALARMS: Final = (
    "The outputs declare no alarms and access logs: switch those on in the cloud's console."
)


def _counts_go_somewhere() -> bool:
    provider = get_meter_provider()
    # The proxy stands where no SDK was set up; it is no public class.
    return not isinstance(provider, NoOpMeterProvider) and "Proxy" not in type(provider).__name__


@contextmanager
def _listened() -> Iterator[list[str]]:
    """Give the lines that the log of the store gets during the block."""
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    listener, level = Listener(), _LOG.level
    _LOG.addHandler(listener)
    _LOG.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        _LOG.setLevel(level)
        _LOG.removeHandler(listener)
