"""What other stores than the destination could not hold: said before a person chooses one for good."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from app.store.contract import Capabilities
from migrate.outcomes import Cause
from migrate.twins import Twins
from migrate.wording import count_text

SEGMENT_BYTES_MAX: Final = 255
"""What the common file systems hold; the clouds have no such limit."""

_PAGE: Final = 1000


def names_elsewhere(
    keys: Iterable[bytes], capabilities: Capabilities, connection: sqlite3.Connection
) -> Iterator[tuple[bytes, Cause, str]]:
    """Yield each name that some other store could not hold, with the cause and the reason.

    What no store holds is refused as a key already; so this is about what stores differ in.

    Args:
        keys: that the destination can hold.
        capabilities: its own.
        connection: whose temporary schema is used; the names need not fit into memory.
    """
    twins = Twins(connection) if capabilities.exact_names else None
    queue = iter(keys)
    while page := list(islice(queue, _PAGE)):
        if twins is not None:
            twins.add(page)
        if capabilities.segment_bytes_max is None:
            for key in page:
                if max(map(len, key.split(b"/"))) > SEGMENT_BYTES_MAX:
                    yield (
                        key,
                        Cause.NAME,
                        f"a folder holds no segment over {SEGMENT_BYTES_MAX} bytes",
                    )
    if twins is not None:
        twins.find()
        reason = "differs only in case or Unicode form from another: one name to Windows and macOS"
        for key in twins:
            yield key, Cause.TWIN, reason


def elsewhere_line(counts: Counter[Cause]) -> str:
    """Return what a plan says about other stores, as a line for people."""
    words = {
        Cause.TWIN: "differ only in case or Unicode form",
        Cause.NAME: f"have a segment over {SEGMENT_BYTES_MAX} bytes",
    }
    found = ", ".join(f"{count:,} {words[cause]}" for cause, count in sorted(counts.items()))
    names = count_text(counts.total(), "name")
    return f"Elsewhere: this store holds {names} that others would not: {found} (-v names them)"
