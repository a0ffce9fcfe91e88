"""The check of the costs: what the documents will cost where they go."""

from app.terms.answers import UsageRefusal
from app.terms.prices import CLOUDS, Prices, prices_of, read_prices
from migrate.checklist.trial import Trial
from migrate.checklist.verdict import Verdict, failed, passed, skipped
from migrate.forecast.money import Requests, Sizes, costs_of, minimums_of
from migrate.walk import Kind
from migrate.wording import bytes_text, count_text


def check_cost(trial: Trial) -> Verdict:
    """Forecast the money of the run and of a year: all files of the source, each written once."""
    scheme, choices = trial.destination.url.scheme, trial.choices
    if scheme not in CLOUDS and choices.prices is None:
        return skipped(f"{trial.destination} costs nothing but its disk.")
    if trial.source is None:
        return skipped(
            "Nobody said what is to be moved.", choices.command("checklist", source=True)
        )
    try:
        prices = read_prices(choices.prices) if choices.prices else prices_of(CLOUDS[scheme])
    except UsageRefusal as error:
        return failed(
            str(error), "Mend the file, or leave --prices out: list prices come with this program."
        )
    return _judged(trial, prices, _sizes(trial, prices))


def _sizes(trial: Trial, prices: Prices) -> Sizes:
    assert trial.source is not None  # noqa: S101 - asked by the caller, for mypy
    sizes = Sizes(minimums_of(prices))
    for entry in trial.source.walk():
        trial.stop.keep_going()
        if entry.kind is Kind.FILE:
            sizes.add(entry.size)
    return sizes


def _judged(trial: Trial, prices: Prices, sizes: Sizes) -> Verdict:
    costs = costs_of(prices, Requests(write=sizes.files, list=1, read=0), sizes)
    usual, limit = costs[0], trial.choices.cost_max
    money = f"{usual.first_year:,.2f} {prices.currency}"
    size = bytes_text(sizes.billed.get(0, 0))
    evidence = (
        f"{count_text(sizes.files, 'file')} ({size}): {money} for the run and a "
        f"year in {usual.tier}, by the prices of {prices.title}, {prices.region}, {prices.date}."
    )
    next_step = trial.choices.command("migrate", "forecast", source=True)
    figures = {"currency": prices.currency, "tiers": [cost.fields() for cost in costs]}
    if limit is not None and usual.first_year > limit:
        return failed(
            f"More than {limit:,.2f} {prices.currency}. {evidence}",
            f"Move less (--include, --exclude), or into another tier (--tier): {next_step} shows what each "
            "costs. If it is worth it, say so: --cost-max AMOUNT.",
            figures=figures,
        )
    return passed(evidence, f"How long it takes, and each tier: {next_step}", figures=figures)
