"""What is seen of a run while it works: rates of the last seconds, and nothing for each file."""

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from migrate.history import Sample
from migrate.outcomes import Cause, Outcome, Result
from migrate.report import Report
from migrate.screen.bar import BarReport
from migrate.screen.events import EventsReport
from migrate.screen.lines import LinesReport
from migrate.screen.meter import WINDOW_SECONDS, Meter
from migrate.sights import Extent
from tests.migrate.scene import Scene, plant
from tests.migrate.simulated import Clock

GUIDE = Path(__file__).parents[2] / "docs/guide/migrate.md"
NAMES = ["plain.md", "deep/er/" * 30 + "x", "한글 이름/資料" * 20, "\x1b[31m\nred", "[bold]x["]


def _bar(width: int, *, verbose: bool = False, clock: Clock | None = None) -> BarReport:
    console = Console(file=io.StringIO(), width=width, force_terminal=True)
    return BarReport(console, verbose=verbose, clock=clock or Clock())


def _printed(bar: BarReport) -> str:
    file = bar._console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def _move(report: Report, *, files: int, each: int, per_second: int, seconds: int) -> None:
    """Move so many files a second, with a sample each half second."""
    report.begin(Extent(files, files, files * each, 0, 0))
    moved = 0
    for half in range(2 * seconds + 1):
        while moved < min(files, half * per_second // 2):
            moved += 1
            report.note(Outcome(b"file-%d" % moved, Result.COPIED, each))
        report.progress(Sample(half / 2, moved, moved * each, 0))


def _measure(meter: Meter, second: int, *, moved: int, each: int, refused: int = 0) -> Any:
    """Move up to so many files of one size, then look."""
    while meter.number < moved:
        meter.count(Outcome(b"x", Result.COPIED, each))
    return meter.measure(Sample(second, moved, moved * each, refused))


def test_rates_are_those_of_the_last_seconds() -> None:
    meter = Meter(100_000, 1_000_000)
    moved = 0
    for second in range(60):
        fast = second > 60 - 2 * WINDOW_SECONDS
        moved += 500 if fast else 20
        progress = _measure(meter, second, moved=moved, each=10, refused=moved)

    assert progress.objects_per_second == 500
    assert progress.bytes_per_second == 5000
    assert progress.refused_share == 0.5
    assert progress.eta_seconds == round((100_000 - moved) / 500, 1)


def test_the_time_left_is_that_of_the_files_or_of_the_bytes_whichever_is_longer() -> None:
    many, large = Meter(1000, 2000), Meter(110, 100_000)

    for meter in (many, large):
        _measure(meter, 0, moved=0, each=10)
    last_of_many = _measure(many, 1, moved=100, each=10)
    last_of_large = _measure(large, 1, moved=100, each=10)

    assert last_of_many.eta_seconds == 9
    assert last_of_large.eta_seconds == 99


def test_what_is_there_already_brings_the_end_nearer_and_is_no_rate() -> None:
    meter = Meter(200, 400)
    meter.measure(Sample(0, 0, 0, 0))
    for _ in range(100):
        meter.count(Outcome(b"x", Result.ALREADY_THERE, 2))

    progress = meter.measure(Sample(1, 0, 0, 0))

    assert (progress.files, progress.objects_per_second, progress.eta_seconds) == (100, 0, 1)


def test_nobody_knows_the_end_while_nothing_goes_on_and_everybody_at_the_end() -> None:
    meter = Meter(2, 2)

    assert _measure(meter, 0, moved=0, each=1).eta_seconds is None
    assert _measure(meter, 60, moved=0, each=1).eta_seconds is None
    assert _measure(meter, 61, moved=2, each=1).eta_seconds == 0


def test_the_bar_says_how_far_how_fast_what_was_refused_and_how_long_yet() -> None:
    bar = _bar(100)
    bar.begin(Extent(2000, 2000, 2_000_000, 0, 0))
    bar.progress(Sample(0, 0, 0, 0))
    for number in range(1000):
        bar.note(Outcome(b"folder/%d" % number, Result.COPIED, 1000))
    bar.progress(Sample(2, 1000, 1_000_000, 10))

    assert bar.line() == (
        "Moving  █████░░░░░  1,000/2,000  500/s  500.0 kB/s  1.0 % refused  2 s left  folder/999"
    )


def test_no_line_is_wider_than_the_terminal() -> None:
    chance = random.Random(5)  # noqa: S311 - no secret
    for width in (20, 40, 60, 80, 100, 200):
        bar = _bar(width, verbose=True)
        total = chance.choice([1, 12_345, 1_000_000_000])
        bar.begin(Extent(total, total, total * 10**7, 0, 0))
        for second, name in enumerate(NAMES):
            bar.note(Outcome(name.encode(), Result.LEFT_OUT, 5, Cause.FAILED, "a reason " * 30))
            moved = second * chance.randrange(1, 10**6)
            bar.progress(Sample(second, moved, moved * 10**6, chance.randrange(99)))
            assert f"{bar._meter.number:,}/" in bar.line()
            assert cell_len(bar.line()) <= width
        lines = _printed(bar).splitlines()
        assert len(lines) == len(NAMES)
        assert all(cell_len(line) <= width for line in lines)


def test_a_proof_has_a_bar_with_its_pace_and_no_bytes() -> None:
    clock = Clock()
    bar = _bar(100, clock=clock)
    bar.begin_proof(100)
    for _ in range(41):
        bar.advance()
        clock.sleep(0.1)

    assert bar.line() == "Proving  ████░░░░░░  41/100  10/s  6 s left"


def test_the_bar_is_drawn_by_time_and_not_for_each_file(monkeypatch: pytest.MonkeyPatch) -> None:
    bar = _bar(100)
    drawn: list[str] = []

    def draw() -> str:
        drawn.append("once")
        return ""

    monkeypatch.setattr(bar, "line", draw)

    _move(bar, files=5000, each=1, per_second=1000, seconds=5)

    assert not drawn
    assert not _printed(bar)


def test_without_a_terminal_a_line_says_now_and_then_how_far_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _move(LinesReport(), files=2000, each=1000, per_second=100, seconds=12)

    assert capsys.readouterr().out.splitlines() == [
        "500/2,000 files  100/s  100.0 kB/s  0.0 % refused  15 s left",
        "1,000/2,000 files  100/s  100.0 kB/s  0.0 % refused  10 s left",
    ]


def test_for_each_file_there_is_a_line_with_its_number_of_the_total_if_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _move(LinesReport(verbose=True), files=12, each=1, per_second=1, seconds=12)

    assert capsys.readouterr().out.splitlines() == [
        f"{number:>2}/12  file-{number} … copied" for number in range(1, 13)
    ]


@pytest.mark.parametrize("verbose", [True, False])
def test_what_is_left_out_is_always_named(
    verbose: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    bar, lines = _bar(100, verbose=verbose), LinesReport(verbose=verbose)
    for report in (bar, lines):
        report.begin(Extent(2, 1, 5, 0, 0))
        report.note(Outcome(b"excluded", Result.EXCLUDED, 5, None, "by a filter"))
        report.note(Outcome(b"lost", Result.LEFT_OUT, 5, Cause.FAILED, "the service failed"))

    for out in (_printed(bar), capsys.readouterr().out):
        assert "2/2  lost … left out: the service failed\n" in out
        assert ("excluded" in out) == verbose


def test_progress_for_programs_is_there_each_second_as_documented(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _move(EventsReport(), files=2000, each=1000, per_second=100, seconds=12)

    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = [event for event in events if event["event"] == "progress"]
    assert [event["files"] for event in found] == [100 * second for second in range(1, 13)]
    assert found[-1] == {
        "event": "progress",
        "files": 1200,
        "total": 2000,
        "size_bytes": 1_200_000,
        "objects_per_second": 100.0,
        "bytes_per_second": 100_000,
        "refused_share": 0.0,
        "eta_seconds": 8.0,
    }
    names = ", ".join(f'"{name}"' for name in list(found[-1])[1:])
    assert f'{{"event": "progress", {names}}}' in GUIDE.read_text()


def test_a_run_tells_its_watcher_how_far_it_is(scene: Scene) -> None:
    plant(scene.root, {"a": b"1"})

    _, notes = scene.run()

    assert notes.samples[0].files == 0
