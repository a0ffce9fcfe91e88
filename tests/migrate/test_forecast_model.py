"""How long a run takes, from what a probe saw, and which files it sends."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.forecast.model import Load, Rate, Speeds, duration_of, rate_of
from migrate.forecast.sample import FILES_MAX, STAND_IN_BYTES, Sample
from migrate.reading import LARGE_BYTES_MIN
from migrate.walk import Entry, Folder, Kind
from migrate.wording import duration_text
from tests.migrate.scene import plant

SECONDS = st.floats(0, 1e4)
RATES = st.builds(Rate, SECONDS, st.floats(0.1, 1e6), st.floats(0, 1))
SPEEDS = st.builds(Speeds, SECONDS, RATES, RATES, st.floats(0, 2))
COUNTS = st.integers(0, 10**9)


@given(SPEEDS, COUNTS, COUNTS, COUNTS, COUNTS)
def test_more_to_move_never_takes_less(
    speeds: Speeds, files: int, size: int, more_files: int, more_size: int
) -> None:
    less = duration_of(Load(files, size), speeds)
    more = duration_of(Load(files + more_files, size + more_size), speeds)

    assert more.expected >= less.expected
    assert less.low <= less.expected <= less.high


@given(st.integers(20, 2000), st.floats(0.001, 100), st.floats(0, 5))
def test_a_steady_rate_is_found_whatever_the_start_took(
    files: int, per_second: float, lag: float
) -> None:
    # Past the warm part of the probe, so that the start is not taken for a slow rate.
    lag = min(lag, 0.5 * files / per_second)
    marks = [(lag + number / per_second, float(number)) for number in range(1, files + 1)]
    rate = rate_of(marks)

    assert rate
    assert rate.seconds(10 * files) == pytest.approx(lag + 10 * files / per_second, rel=0.12)


def test_nothing_measured_is_no_rate() -> None:
    assert rate_of([]) is None
    assert duration_of(Load(0, 0), Speeds(0.5, None, None)).expected == 0.5


@given(st.lists(st.tuples(st.floats(0.001, 10), st.integers(1, 100)), min_size=1))
def test_a_rate_is_of_all_that_was_done_in_the_time(steps: list[tuple[float, int]]) -> None:
    marks, second, amount = [], 0.0, 0.0
    for seconds, more in steps:
        second, amount = second + seconds, amount + more
        marks.append((second, amount))
    rate = rate_of(marks)

    assert rate
    assert rate.seconds(amount) == pytest.approx(second)


def entry(number: int, size: int) -> Entry:
    return Entry(f"{number}".encode(), Kind.FILE, "", size, 0, number, 0)


def test_a_sample_is_bounded_and_as_the_source_is(tmp_path: Path) -> None:
    sample = Sample()
    for number in range(10 * FILES_MAX):
        sample.add(entry(number, 1000 if number % 4 else 3000))
    files = sample.files(Folder(plant(tmp_path / "source", {})))
    assert files
    sizes = [each.size for each in files.walk()]

    assert len(sizes) == FILES_MAX
    assert 0.2 < sizes.count(3000) / len(sizes) < 0.3
    assert not sample.large_count


def test_what_is_huge_is_stood_in_for(tmp_path: Path) -> None:
    sample = Sample()
    sample.add(entry(1, LARGE_BYTES_MIN))
    sample.add(entry(2, 5_000_000_000))
    large = sample.large(tmp_path / "large", files=sample.large_count)

    assert sorted(each.size for each in large.walk()) == [LARGE_BYTES_MIN, STAND_IN_BYTES]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (250, "4 min 10 s"),
        (7200, "2 h"),
        (11_100, "3 h 5 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_lengths_of_time_are_said_in_two_units(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
