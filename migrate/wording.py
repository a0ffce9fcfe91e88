"""How amounts and rows are written on a terminal."""

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size


def bytes_text(count: int) -> str:
    """Return a number of bytes for people, in powers of 1,000: `812 B`, `4.2 MB`."""
    if count < 1000:
        return f"{count} B"
    amount, units = count / 1000, ["kB", "MB", "GB", "TB", "PB"]
    while amount >= 999.95 and len(units) > 1:
        amount /= 1000
        del units[0]
    return f"{amount:,.1f} {units[0]}"


def count_text(count: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: `1 file`, `2,000 files`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def cut(text: str, width: int | None) -> str:
    """Return `text` in at most so many terminal cells; wide characters take two."""
    if width is None or cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…"


def rows_text(
    rows: Iterable[tuple[str, str]], *, indent: int, width: int | None, first_max: int = 56
) -> list[str]:
    """Return rows of two columns, the second one aligned, whatever the width of the characters.

    Args:
        rows: name and remark; a remark may be "".
        indent: cells before each row.
        width: of the terminal in cells; None cuts nothing.
        first_max: cells that the first column may take before only its own row is pushed aside.
    """
    kept = list(rows)
    fitting = [size for name, remark in kept if remark and (size := cell_len(name)) <= first_max]
    column = max(fitting, default=0)
    lines = []
    for name, remark in kept:
        padding = " " * max(0, column - cell_len(name))
        line = " " * indent + (f"{name}{padding}  {remark}" if remark else name)
        lines.append(cut(line, width))
    return lines


def duration_text(seconds: float) -> str:
    """Return a length of time for people, in two units at most: `0.4 s`, `4 min 10 s`, `3 h 5 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    for size, unit, smaller, smaller_unit in (
        (86_400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            count, rest = divmod(round(whole / smaller), size // smaller)
            return f"{count:,} {unit}" + (f" {rest} {smaller_unit}" if rest else "")
    raise AssertionError(seconds)
