"""The charts of the page, as inline SVG: readable without colours, scripts or a network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import floor, log10

from migrate.history import Sample

_WIDTH, _HEIGHT = 880, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 74, 10, 12, 26
_TICKS = 3


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate over time.

    Attributes:
        title: what it is, with its unit.
        points: (seconds, amount per second): the mean since the point before.
        text: how an amount is written.
    """

    title: str
    points: Sequence[tuple[float, float]]
    text: Callable[[float], str]


def rate_of(
    samples: Sequence[Sample], amount: Callable[[Sample], float]
) -> list[tuple[float, float]]:
    """Return the mean rates between samples of a growing amount, each at the end of its span."""
    return [
        (later.seconds, (amount(later) - amount(earlier)) / (later.seconds - earlier.seconds))
        for earlier, later in pairwise(samples)
        if later.seconds > earlier.seconds
    ]


def chart(rate: Rate, *, kind: str) -> str:
    """Return a step chart as SVG.

    Args:
        rate: what is drawn.
        kind: the class whose colour it has.
    """
    points = [(0.0, rate.points[0][1]), *rate.points]
    seconds = max(points[-1][0], 1e-9)
    top = _round_up(max(amount for _, amount in points))
    across, up = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(at: float) -> float:
        return _LEFT + across * at / seconds

    def y(amount: float) -> float:
        return _TOP + up * (1 - amount / top)

    line = f"M{x(0):.1f} {y(points[0][1]):.1f}"
    for (_, _), (at, amount) in pairwise(points):
        line += f"V{y(amount):.1f}H{x(at):.1f}"
    area = f"{line}V{y(0):.1f}H{x(0):.1f}Z"
    grid = "".join(
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(amount):.1f}" y2="{y(amount):.1f}"/>'
        f'<text class="tick" x="{_LEFT - 8}" y="{y(amount) + 4:.1f}" text-anchor="end">'
        f"{escape(rate.text(amount))}</text>"
        for amount in (top * number / _TICKS for number in range(_TICKS + 1))
    )
    times = "".join(
        f'<text class="tick" x="{x(at):.1f}" y="{_HEIGHT - 8}" text-anchor="{anchor}">'
        f"{escape(seconds_text(at))}</text>"
        for at, anchor in ((0.0, "start"), (seconds / 2, "middle"), (seconds, "end"))
    )
    said = f"{rate.title}: {rate.text(max(amount for _, amount in rate.points))} max."
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" class="{kind}">'
        f"<title>{escape(rate.title)}</title><desc>{escape(said)}</desc>{grid}{times}"
        f'<path class="area" d="{area}"/><path class="line" d="{line}"/></svg>'
    )


def seconds_text(seconds: float) -> str:
    """Return a duration for people: `0.8 s`, `42 s`, `4 min 10 s`, `3 h 5 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s" if seconds else "0 s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 1:
        return f"{rest} s"
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def _round_up(amount: float) -> float:
    """Return the next of 3, 6, 12, 15, 30 … so that thirds of it are round."""
    if amount <= 0:
        return 3.0
    power = 10.0 ** floor(log10(amount))
    return next(step * power for step in (1.2, 1.5, 3, 6, 9, 12) if step * power >= amount)
