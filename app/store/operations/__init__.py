"""What the contract's verbs can say together."""

from app.store.operations.changing import UPDATE_SECONDS_MAX, NotOnce, append, edit, update
from app.store.operations.copying import copy, ensure, move
from app.store.operations.reading import PART_BYTES, Parts, exists, read_in_parts, source_of

__all__ = [
    "PART_BYTES",
    "UPDATE_SECONDS_MAX",
    "NotOnce",
    "Parts",
    "append",
    "copy",
    "edit",
    "ensure",
    "exists",
    "move",
    "read_in_parts",
    "source_of",
    "update",
]
