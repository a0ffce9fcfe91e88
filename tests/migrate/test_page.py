"""The report's page as a browser shows it. Wordings are its own business: here is what it must show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli import run
from tests.browser.chromium import ensure_browser
from tests.browser.driver import Browser, Page, opened
from tests.migrate.scene import plant

pytestmark = pytest.mark.browser

SCRIPT = "<script>document.title='run'</script>"
IMAGE = "<img src=x onerror=document.title='run'>"
FRAME = "\"><iframe src='x'>&lt;\""
MOVED = {
    f"{SCRIPT}.md": b"a" * 5000,
    f"{IMAGE}.md": b"b" * 700,
    f"{FRAME}.md": b"c" * 30,
    "twin.md": b"c" * 30,
    "지식-שלום-مرحبا.md": b"d" * 2,
    f"{'long-name-without-a-break' * 9}.md": b"e",
}
LEFT_OUT = {
    b"not-\xff-utf-8" + IMAGE.encode(): r"not-\xff-utf-8" + IMAGE,
    "\u202etxt.exe\n".encode(): r"\u202etxt.exe\n",
    b"link-<b>.md": "link-<b>.md",
}
"""How they are called, and what the page calls them."""


@dataclass(frozen=True, slots=True)
class Report:
    """A page, and what it is about."""

    file: Path
    source: Path
    destination: str


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened(ensure_browser(lambda line: None)) as browser:
        yield browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The page of a run that moved what could be moved and left out the rest."""
    folder = tmp_path_factory.mktemp("page")
    source = plant(folder / f"source-{IMAGE}", MOVED)
    (folder / "destination").mkdir()
    destination = (folder / "destination").as_uri()
    for name in LEFT_OUT:
        path = Path(str(source), name.decode(errors="surrogateescape"))
        if name.startswith(b"link"):
            path.symlink_to("twin.md")
        else:
            path.write_bytes(b"text")
    file = folder / "report.html"
    call = ["--source", str(source), "--to", destination, "--journal", str(folder / "journal")]
    run(["migrate", "run", *call, "--report", str(file)])
    return Report(file, source, destination)


@pytest.fixture(scope="module")
def page(browser: Browser, report: Report) -> Page:
    return browser.show(report.file)


def test_the_page_shows_from_where_to_where_and_how_it_ended(page: Page, report: Report) -> None:
    assert page.value("document.title").endswith(report.destination)
    assert page.texts("dl.sides dd") == [str(report.source), report.destination]
    (verdict,) = page.texts(".verdict")
    assert verdict
    assert page.value("document.querySelector('.verdict').classList.contains('good')") is False


def test_the_page_shows_how_many_files_are_in_the_store_and_how_many_were_left_out(
    page: Page,
) -> None:
    figures = [re.match(r"[\d,]+", text) for text in page.texts(".figures dd")]

    assert [found[0] for found in figures[:2] if found] == [str(len(MOVED)), str(len(LEFT_OUT))]


def test_the_page_draws_the_run_over_time(page: Page) -> None:
    titles = page.texts("svg[role=img] > title")
    widths = page.value(
        "[...document.querySelectorAll('svg .line')].map(line => line.getBBox().width)"
    )

    assert len(titles) == len(widths) >= 2
    assert all(titles)
    assert all(width > 0 for width in widths)


def test_the_page_shows_what_was_left_out_and_why(page: Page) -> None:
    rows = dict(zip(page.texts("td.path"), page.texts("td.path + td"), strict=True))

    for name in LEFT_OUT.values():
        assert rows[name].strip(), name


@pytest.mark.parametrize("name", MOVED)
def test_a_path_is_shown_as_it_is_whatever_it_looks_like(name: str, page: Page) -> None:
    assert name in page.texts("td.path")


def test_nothing_that_a_file_is_called_runs_or_is_fetched(page: Page, report: Report) -> None:
    assert page.requests == [report.file.as_uri()]
    assert page.complaints == []
    assert page.value("document.querySelectorAll('script, img, iframe, link').length") == 0


def test_a_page_with_less_care_would_be_found_out(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "careless.html"
    file.write_text(f"<title>t</title>{SCRIPT}{IMAGE}<script>throw 1</script>")
    page = browser.show(file)

    assert page.value("document.title") == "run"
    assert page.requests == [file.as_uri(), (tmp_path / "x").as_uri()]
    assert {event["method"] for event in page.complaints} == {
        "Log.entryAdded",
        "Runtime.exceptionThrown",
    }


@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_fits_the_width_of_a_phone_and_of_a_desk(
    width: int, browser: Browser, report: Report
) -> None:
    page = browser.show(report.file, width=width)

    assert page.value("window.innerWidth") == width
    assert page.value("document.documentElement.scrollWidth") <= width
