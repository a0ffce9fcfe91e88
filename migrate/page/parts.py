"""The parts that sections of the page are made of; every text in them is escaped."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape

from migrate.paths import printable


def figure(word: str, number: str, more: str = "") -> Iterator[str]:
    """Yield a figure with its word, and more of it in small letters."""
    small = f"<small>{escape(more)}</small>" if more else ""
    yield f"<div><dt>{escape(word)}</dt><dd>{escape(number)}{small}</dd></div>"


def table(words: Iterable[str], numbers: Iterable[str] = (), last: str | None = None) -> str:
    """Return the beginning of a table: heads of text, of numbers, and a last one of text."""
    heads = "".join(f'<th scope="col">{escape(word)}</th>' for word in words)
    heads += "".join(f'<th scope="col" class="number">{escape(word)}</th>' for word in numbers)
    heads += f'<th scope="col">{escape(last)}</th>' if last else ""
    return f'<div class="wide"><table><tr>{heads}</tr>'


def title(text: str) -> str:
    """Return the title of a section."""
    return f"<h2>{escape(text)}</h2>"


def soft(text: str) -> str:
    """Return a remark."""
    return f'<p class="soft">{escape(text)}</p>'


def path_html(path: bytes) -> str:
    """Return a path, whatever the file is called."""
    return escape(printable(path))


def amount(rate: float) -> str:
    """Return a rate: whole where that says enough."""
    return f"{rate:,.0f}" if rate >= 10 or rate == 0 else f"{rate:.1f}"


def time_text(seconds: float) -> str:
    """Return a moment, of seconds since 1970, in the local time."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
