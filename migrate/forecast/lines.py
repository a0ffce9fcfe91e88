"""What a person reads of a forecast."""

from collections.abc import Iterator

from migrate.forecast.forecast import Forecast
from migrate.forecast.model import BUSY
from migrate.plan import Action
from migrate.records import Pair
from migrate.wording import bytes_text, count_text, duration_text


def forecast_lines(forecast: Forecast, pair: Pair) -> Iterator[str]:
    """Yield how long it takes, what was measured, what is asked of the service, what it costs."""
    look, duration = forecast.look, forecast.duration
    yield (
        f"{pair.source} → {pair.destination}: {count_text(look.files, 'file')} "
        f"({bytes_text(look.tally.size)}) in about {duration_text(duration.expected)} "
        f"({duration_text(duration.low)} to {duration_text(duration.high)})"
    )
    skipped, left = look.tally.actions[Action.SKIP], look.tally.actions[Action.LEAVE_OUT]
    if skipped or left:
        yield f"  {skipped:,} already there, {left:,} left out: kb migrate plan names them"
    yield f"  measured  {', '.join(_measured(forecast))}"
    requests = look.requests
    yield (
        f"  requests  {count_text(requests.write, 'write')}, "
        f"{count_text(requests.list, 'page')} of listings, {count_text(requests.read, 'read')}"
    )
    yield from _money(forecast)


def _measured(forecast: Forecast) -> Iterator[str]:
    probed = forecast.probed
    yield f"{duration_text(forecast.look.seconds)} to look at both sides"
    yield f"round trip {1000 * probed.round_trip_seconds:,.1f} ms"
    if probed.files:
        yield f"{probed.files.per_second:,.0f} files/s ({_bound(forecast)})"
    if probed.cpu_seconds:
        yield f"{1e6 * probed.cpu_seconds:,.0f} µs of CPU each"
    if probed.large:
        yield f"large files {bytes_text(round(probed.large.per_second))}/s"


def _bound(forecast: Forecast) -> str:
    probed = forecast.probed
    if probed.limit:
        return "what the service takes"
    return "what this machine can" if probed.cpu_share > BUSY else "what the distance allows"


def _money(forecast: Forecast) -> Iterator[str]:
    prices = forecast.prices
    if prices is None:
        yield "  money     none: no cloud's prices are about this destination"
        return
    yield f"  money     {prices.title}, {prices.region}, {prices.currency}, of {prices.date}"
    yield f"    {'tier':<14}{'requests, once':>16}{'a month':>14}{'first year':>14}"
    for cost in forecast.costs:
        days = f"  at least {cost.days_min} days" if cost.days_min else ""
        yield (
            f"    {cost.tier:<14}{cost.requests:>16,.2f}{cost.month:>14,.2f}"
            f"{cost.first_year:>14,.2f}{days}"
        )
    yield "    Not in it: reading, what a network carries out of a cloud, taxes, discounts."
