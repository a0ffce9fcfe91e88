"""What is logged and counted of a store's calls."""

import logging
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from app.store.backends.memory import MemoryStore
from app.store.contract import ABSENT, BlobStore, Span, Upload
from app.store.errors import ConditionFailed, NotFound, NotModified
from app.store.keys import Key
from app.store.layers.metered import MeteredStore
from tests.app.store.layers.faulty import Faulty

_A, _B = Key("notes/a.md"), Key("notes/b.md")


class Meter:
    """A metered store on a clock that moves a quarter of a second with each look, and what it counted."""

    def __init__(self, inner: BlobStore) -> None:
        self._reader = InMemoryMetricReader()
        self._provider = MeterProvider([self._reader], shutdown_on_exit=False)
        ticks = count()
        self.store = MeteredStore(
            inner,
            meter=self._provider.get_meter("a test"),
            clock=lambda: next(ticks) * 0.25,
        )

    def points(self, name: str) -> dict[tuple[str, str], Any]:
        data = self._reader.get_metrics_data()
        assert data is not None
        return {
            (str(point.attributes["verb"]), str(point.attributes["outcome"])): point
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
            if point.attributes
        }

    def close(self) -> None:
        self._provider.shutdown()


@pytest.fixture
def inner() -> Faulty:
    return Faulty(MemoryStore())


@pytest.fixture
def meter(inner: Faulty) -> Iterator[Meter]:
    meter = Meter(inner)
    yield meter
    meter.close()


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "app.store")
    return caplog


def test_each_call_is_a_line_as_the_guide_has_it(
    meter: Meter, lines: pytest.LogCaptureFixture
) -> None:
    meter.store.write(_A, b"four")
    meter.store.read(_A)
    meter.store.stat(_A)
    list(meter.store.scan("notes/"))
    list(meter.store.scan())
    list(meter.store.read_many([_A, _B]))
    list(meter.store.write_many([Upload(_B, b"b")]))
    meter.store.delete(_A)

    assert lines.messages == [
        "WRITE notes/a.md: True (0.250s)",
        "READ notes/a.md: True (0.250s)",
        "STAT notes/a.md: True (0.250s)",
        "LIST notes/: True (0.500s)",
        "LIST *: True (0.500s)",
        "READ_MANY notes/a.md: True (0.250s)",
        "READ_MANY notes/b.md: False (0.250s)",
        "WRITE_MANY notes/b.md: True (0.250s)",
        "DELETE notes/a.md: True (0.250s)",
    ]
    assert {record.name for record in lines.records} == {"app.store"}


def test_a_failure_says_false_and_a_version_still_held_does_not(
    meter: Meter, lines: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(NotFound):
        meter.store.read(_A)
    version = meter.store.write(_A, b"data").version
    with pytest.raises(NotModified):
        meter.store.read(_A, unless=version)
    with pytest.raises(ConditionFailed):
        meter.store.write(_A, b"other", when=ABSENT)

    assert [line.split(": ")[1][:5] for line in lines.messages] == [
        "False",
        "True ",
        "True ",
        "False",
    ]


def test_calls_are_counted_by_verb_and_outcome(meter: Meter, inner: Faulty) -> None:
    meter.store.write(_A, b"four")
    for _ in range(3):
        meter.store.read(_A)
    list(meter.store.read_many([_A, _B, _A]))
    with pytest.raises(NotFound):
        meter.store.stat(_B)
    inner.at = inner.calls
    list(meter.store.write_many([Upload(_A, b"lost"), Upload(_B, b"kept")]))

    assert {key: point.value for key, point in meter.points("kb.store.calls").items()} == {
        ("WRITE", "ok"): 1,
        ("READ", "ok"): 3,
        ("READ_MANY", "ok"): 2,
        ("READ_MANY", "not_found"): 1,
        ("STAT", "not_found"): 1,
        ("WRITE_MANY", "unavailable"): 1,
        ("WRITE_MANY", "ok"): 1,
    }


def test_seconds_are_those_waited_and_bytes_those_of_contents(meter: Meter) -> None:
    meter.store.write(_A, b"four")
    meter.store.read(_A, span=Span(1, 2))
    list(meter.store.read_many([_A, _A]))
    list(meter.store.write_many([Upload(_B, b"123")]))

    assert {key: point.sum for key, point in meter.points("kb.store.bytes").items()} == {
        ("WRITE", "ok"): 4,
        ("READ", "ok"): 2,
        ("READ_MANY", "ok"): 8,
        ("WRITE_MANY", "ok"): 3,
    }
    assert {key: point.sum for key, point in meter.points("kb.store.seconds").items()} == {
        ("WRITE", "ok"): 0.25,
        ("READ", "ok"): 0.25,
        ("READ_MANY", "ok"): 0.5,
        ("WRITE_MANY", "ok"): 0.25,
    }


def test_what_the_caller_does_between_two_answers_is_not_counted(meter: Meter) -> None:
    meter.store.write(_A, b"a")
    for _ in meter.store.read_many([_A, _A]):
        for _ in range(10):
            meter.store._clock()
    for _ in meter.store.scan():
        for _ in range(10):
            meter.store._clock()

    seconds = meter.points("kb.store.seconds")
    assert seconds["READ_MANY", "ok"].sum == 0.5
    assert seconds["LIST", "ok"].sum == 0.5


def test_a_bug_is_counted_as_one_and_propagates(lines: pytest.LogCaptureFixture) -> None:
    class Broken(MemoryStore):
        def stat(self, key: Key) -> Any:
            raise ZeroDivisionError(key)

    meter = Meter(Broken())
    with pytest.raises(ZeroDivisionError):
        meter.store.stat(_A)

    assert set(meter.points("kb.store.calls")) == {("STAT", "bug")}
    assert lines.messages == ["STAT notes/a.md: False (0.250s)"]
    meter.close()


def test_a_listing_left_early_is_one_call_that_succeeded(
    meter: Meter, lines: pytest.LogCaptureFixture
) -> None:
    meter.store.write(_A, b"a")
    meter.store.write(_B, b"b")
    lines.clear()
    listing = meter.store.scan("notes/")
    next(listing)
    del listing

    assert lines.messages == ["LIST notes/: True (0.250s)"]


def test_a_prefix_stays_one_line(meter: Meter, lines: pytest.LogCaptureFixture) -> None:
    list(meter.store.scan("노트\nREAD x: True\x1b"))

    assert lines.messages == ["LIST 노트\\nREAD x: True\\x1b: True (0.250s)"]


def test_without_an_sdk_a_metered_store_works() -> None:
    store = MeteredStore(MemoryStore())
    store.write(_A, b"data")

    assert store.read(_A).data == b"data"
