"""The check of monitoring: a call that was just made is in the log, and the environment is watched."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from opentelemetry.metrics import NoOpMeterProvider, get_meter_provider

from app.store.errors import NotFound
from app.store.keys import Key
from migrate.checklist.destination import Watched
from migrate.checklist.trial import Trial
from migrate.checklist.verdict import Verdict, failed, passed

_LOG: Final = logging.getLogger("app.store")
_MEND: Final = "Set KB_MONITORED=1 in the environment or .env (docs/guide/layers.md, Monitoring)."


def check_monitoring(trial: Trial) -> Verdict:
    """Make a call, and look for its line; look what the environment declares to watch it."""
    watched = trial.destination.watched
    if watched is not None and not watched.alarms and watched.access_log is None:
        return failed("The environment declares no alarms and no access log.", _WATCH)
    if not trial.destination.options.metered:
        return failed("KB_MONITORED is off: no call to the store is logged or counted.", _MEND)
    key = Key(f"monitored-{trial.folder.name}")
    with _listened() as lines, suppress(NotFound):
        trial.store("monitoring").stat(key)
    found = next((line for line in lines if str(key) in line), None)
    if found is None:
        return failed("KB_MONITORED is on, but a call that was just made left no line.", _MEND)
    evidence = [f"A call left its line ({found.replace(str(key), '…')})."]
    steps = [_UNKNOWN] if watched is None else []
    if watched is not None:
        evidence.append(_declared(watched))
        steps += [_WATCH] if watched.access_log is None or not watched.alarms else []
    if _counts_go_somewhere():
        evidence.append("OpenTelemetry counts it.")
    else:
        steps.append(_NOWHERE)
    return passed(" ".join(evidence), " ".join(steps), figures=_figures(watched))


_WATCH: Final = (
    "Switch on alarms and access_log_days under watch (docs/guide/watch.md), then: kb up."
)
_UNKNOWN: Final = "Only an environment says which alarms and access log it has: name one with -s."
_NOWHERE: Final = (
    "The counts (kb.store.calls, .seconds, .bytes) go nowhere until the agent's process sets up an "
    "OpenTelemetry SDK."
)


def _declared(watched: Watched) -> str:
    count = len(watched.alarms)
    alarms = f"{count} alarm{'' if count == 1 else 's'}" if count else "no alarms"
    log = f"an access log in {watched.access_log}" if watched.access_log else "no access log"
    return f"The environment declares {alarms} and {log}."


def _figures(watched: Watched | None) -> dict[str, Any]:
    if watched is None:
        return {}
    return {"alarms": list(watched.alarms), "access_log": watched.access_log}


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
