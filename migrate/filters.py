"""Which files of a source are moved: globs, sizes and ages that a person gives."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from app.store.globs import matches_name
from app.terms.answers import UsageRefusal
from migrate.walk import Entry, Kind
from migrate.wording import bytes_text

_UNITS: Final = {
    "": 1,
    "b": 1,
    **{f"{letter}b": 1000**power for power, letter in enumerate("kmgt", 1)},
    **{f"{letter}ib": 1024**power for power, letter in enumerate("kmgt", 1)},
}
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400}
_AMOUNT: Final = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,3}))? ?([A-Za-z]*)")


@dataclass(frozen=True, slots=True)
class Filters:
    """What is moved; everything where nothing is given. All that is given must agree.

    Times are absolute, so that what a run left out can be told from what came later.

    Attributes:
        include: globs; where there are any, a path must match one.
        exclude: globs; a path that matches one is not moved.
        size_min, size_max: of a file in bytes, both still moved.
        modified_min_ns, modified_max_ns: a file's time of change since 1970, both still moved.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    size_min: int | None = None
    size_max: int | None = None
    modified_min_ns: int | None = None
    modified_max_ns: int | None = None

    def refuse(self, entry: Entry) -> str | None:
        """Return why an entry of the source is not moved, or None."""
        reason = self._refuse_path(entry) if self.include or self.exclude else None
        return reason or (self._refuse_file(entry) if entry.kind is Kind.FILE else None)

    def _refuse_path(self, entry: Entry) -> str | None:
        text = entry.path.decode("utf-8", "surrogateescape")
        # Of a folder that cannot be read, what is in it: any name at all.
        texts = (text, f"{text}/\0") if entry.is_folder else (text,)
        for pattern in self.exclude:
            if any(matches_name(name, pattern) for name in texts):
                return f"excluded by {pattern!r}"
        if (
            self.include
            and not entry.is_folder
            and not any(matches_name(text, pattern) for pattern in self.include)
        ):
            return "no pattern includes it"
        return None

    def _refuse_file(self, entry: Entry) -> str | None:
        if self.size_min is not None and entry.size < self.size_min:
            return f"smaller than {bytes_text(self.size_min)}"
        if self.size_max is not None and entry.size > self.size_max:
            return f"larger than {bytes_text(self.size_max)}"
        if self.modified_min_ns is not None and entry.modified_ns < self.modified_min_ns:
            return "changed too long ago"
        if self.modified_max_ns is not None and entry.modified_ns > self.modified_max_ns:
            return "changed too recently"
        return None

    def fields(self) -> dict[str, Any]:
        """Return what is given, for JSON and for the journal."""
        return {name: value for name, value in asdict(self).items() if value not in (None, ())}


def filters_of(fields: dict[str, Any]) -> Filters:
    """Return the filters that `fields` came from."""
    globs = {name: tuple(fields.get(name, ())) for name in ("include", "exclude")}
    return Filters(**{**fields, **globs})


def chosen_filters(
    *,
    include: Sequence[str],
    exclude: Sequence[str],
    size_min: str | None,
    size_max: str | None,
    age_min: str | None,
    age_max: str | None,
    now_ns: int,
) -> Filters:
    """Return the filters that options give.

    Args:
        include: globs of what is moved.
        exclude: globs of what is not.
        size_min: as `parse_size` reads it.
        size_max: the same.
        age_min: time since the last change, as `parse_age_ns` reads it.
        age_max: the same.
        now_ns: what ages count from, in nanoseconds since 1970.

    Raises:
        UsageRefusal: one cannot be read, or no file could pass.
    """
    sizes = [_optional(size_min, parse_size), _optional(size_max, parse_size)]
    ages = [_optional(age_min, parse_age_ns), _optional(age_max, parse_age_ns)]
    for name, (low, high) in (("size", sizes), ("age", ages)):
        if low is not None and high is not None and low > high:
            raise UsageRefusal(f"--{name}-min is more than --{name}-max: no file can be both.")
    youngest, oldest = (None if age is None else now_ns - age for age in ages)
    return Filters(tuple(include), tuple(exclude), sizes[0], sizes[1], oldest, youngest)


def parse_size(text: str) -> int:
    """Return the bytes that a size like `10MB`, `1.5GB`, `64KiB` or `812` means; `MB` are a million.

    Raises:
        UsageRefusal: it is no size.
    """
    return _amount(text, _UNITS, "a size like 10MB, 64KiB or 812")


def parse_age_ns(text: str) -> int:
    """Return the nanoseconds that an age like `30d`, `12h` or `2w` means; `m` are minutes, `y` 365 days.

    Raises:
        UsageRefusal: it is no age.
    """
    return _amount(
        text, {unit: n * 10**9 for unit, n in _SECONDS.items()}, "an age like 30d or 12h"
    )


def _amount(text: str, units: dict[str, int], meant: str) -> int:
    found = _AMOUNT.fullmatch(text.strip())
    unit = units.get(found[3].lower()) if found else None
    if found is None or unit is None:
        raise UsageRefusal(f"{text!r} is not {meant}.")
    whole, part = int(found[1]), found[2] or ""
    return whole * unit + (int(part) * unit // 10 ** len(part) if part else 0)


def _optional(text: str | None, parse: Callable[[str], int]) -> int | None:
    return None if text is None else parse(text)
