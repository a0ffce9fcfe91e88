"""How a run says goodbye: to people, to programs, and in its report."""

import os
from pathlib import Path
from typing import Any

from app.terms.answers import Refusal, UsageRefusal
from migrate.call import Call
from migrate.closing import run_lines
from migrate.forecast_kept import settle
from migrate.journal import Journal
from migrate.records import Pair
from migrate.report import Report
from migrate.summary import Summary


def refuse_report(file: Path | None) -> None:
    """Refuse before anything is done what could not be written at its end.

    Raises:
        UsageRefusal: there is no such folder, or the file is a folder.
    """
    if file is not None and (file.is_dir() or not file.absolute().parent.is_dir()):
        raise UsageRefusal(f"--report {file}: name a file in a folder that exists.")


def close_run(
    shown: Report,
    summary: Summary,
    kept: Journal,
    pair: Pair,
    call: Call,
    report_file: Path | None,
) -> Refusal | None:
    """Tell what a run did, however it ended, and write its report.

    Returns:
        Why the report could not be written: that must not hide why the run itself ended.
    """
    score = settle(kept, summary) if summary.ending in ("complete", "incomplete") else None
    fields: dict[str, Any] = {
        **pair.fields(),
        "journal": os.fspath(call.journal_file(pair)),
        **summary.fields(),
        "forecast": score and score.fields(),
    }
    shown.emit("end", fields)
    lines = run_lines(
        summary,
        pair,
        width=shown.width,
        status=call.command("status", "-v"),
        verify=call.command("verify"),
        score=score,
    )
    for line in lines:
        shown.say(line)
    if report_file is None:
        return None
    # Here, because few runs write one.
    from migrate.report_command import write_page

    try:
        write_page(kept, pair, call, report_file)
    except Refusal as error:
        return error
    shown.say(f"Report: {report_file}")
    return None
