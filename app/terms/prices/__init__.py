"""What storing and asking costs: list prices of the clouds, as data that anyone can edit."""

import datetime
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.terms.answers import UsageRefusal
from app.terms.outputs import Cloud

CLOUDS: Final[dict[str, Cloud]] = {"s3": "aws", "azure": "azure", "gs": "gcp"}
"""Which cloud's prices a store has, by the scheme of its URL; an emulator has those of its cloud."""

GIGABYTE_BYTES: Final = 1 << 30
"""What all three bill as a gigabyte."""

_Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Count = Annotated[int, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Tier(_Strict):
    """What one storage class costs.

    Attributes:
        name: the service's own word for it.
        gigabyte_month: of storage.
        write_per_1000, read_per_1000, list_per_1000: requests.
        billed_bytes_min: a smaller object is billed as if it had this size.
        billed_days_min: who deletes it sooner pays for so many days.
        retrieval_gigabyte: of reading, beside the requests.
        overhead_bytes: stored beside each object, at this tier's price.
        overhead_bytes_default_tier: likewise, at the price of the first tier.
    """

    name: str = Field(min_length=1)
    gigabyte_month: _Money
    write_per_1000: _Money
    read_per_1000: _Money
    list_per_1000: _Money
    retrieval_gigabyte: _Money = 0.0
    billed_bytes_min: _Count = 0
    billed_days_min: _Count = 0
    overhead_bytes: _Count = 0
    overhead_bytes_default_tier: _Count = 0


class Source(_Strict):
    """Where figures were read.

    Attributes:
        name: what was read.
        date: of what was read, or of reading it where it has none; None: written down from memory.
        figures: which ones: `TIER.FIGURE`, either of them `*` for all.
    """

    name: str = Field(min_length=1)
    date: datetime.date | None = None
    figures: list[str] = Field(min_length=1)


class Prices(_Strict):
    """One cloud's prices in one region; the first tier is the one that an object gets when none is named.

    Attributes:
        cloud, title, region, currency: of all figures.
        date: from when on they are known to have held: that of the oldest source.
        source: all of them in a line.
        sources: each of them; none in a file of somebody's own.
        tiers: the storage classes.
    """

    cloud: Cloud
    title: str = Field(min_length=1)
    region: str = Field(min_length=1)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    date: datetime.date
    source: str = Field(min_length=1)
    sources: list[Source] = []
    tiers: list[Tier] = Field(min_length=1)

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [tier.name for tier in self.tiers]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two tiers are called {twice[0]!r}")
        return self


def prices_of(cloud: Cloud) -> Prices:
    """Return the prices that come with this program."""
    text = files(__package__).joinpath(f"{cloud}.toml").read_text(encoding="utf-8")
    return Prices.model_validate(tomllib.loads(text))


def read_prices(file: Path) -> Prices:
    """Return the prices in a file that somebody edited.

    Raises:
        UsageRefusal: it cannot be read, or is no such file; the first thing that is wrong with it.
    """
    try:
        return Prices.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageRefusal(f"The prices {file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageRefusal(f"The prices {file} are no TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        said = first["msg"].removeprefix("Value error, ")
        raise UsageRefusal(
            f"The prices {file} cannot be used: {f'{where}: ' if where else ''}{said}."
        ) from error
