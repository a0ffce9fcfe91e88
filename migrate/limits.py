"""The limits that a person sets to a run: requests per second, and bytes per second."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from app.terms.answers import UsageRefusal

_FORM: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([KMG]?i?B)?/s", re.IGNORECASE)
_UNITS: Final = {
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "kib": 1 << 10,
    "mib": 1 << 20,
    "gib": 1 << 30,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run must not exceed.

    Attributes:
        requests_per_second_max: None is no limit.
        bytes_per_second_max: of files' content; None is no limit.
    """

    requests_per_second_max: float | None = None
    bytes_per_second_max: float | None = None


NO_LIMITS: Final = Limits()


def parse_limits(texts: Iterable[str]) -> Limits:
    """Return the limits that the values of `--limit-rate` mean, like "500/s" and "20MB/s".

    Raises:
        UsageRefusal: one is written otherwise, is zero, or limits what another one limits already.
    """
    limits = NO_LIMITS
    for text in texts:
        match = _FORM.fullmatch(text.strip())
        if not match:
            raise UsageRefusal(
                f"--limit-rate {text!r} is no rate: write requests per second like 500/s, or bytes per "
                "second like 20MB/s (B, kB, MB, GB, KiB, MiB, GiB)."
            )
        value, unit = float(match[1]), match[2]
        if not value:
            raise UsageRefusal(f"--limit-rate {text!r} would move nothing; leave the option out.")
        name = "bytes_per_second_max" if unit else "requests_per_second_max"
        if getattr(limits, name) is not None:
            what = "bytes" if unit else "requests"
            raise UsageRefusal(f"--limit-rate {text!r} is the second limit of {what}; give one.")
        limits = replace(limits, **{name: value * _UNITS[unit.lower()] if unit else value})
    return limits
