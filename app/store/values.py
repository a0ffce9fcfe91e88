"""Values of which millions are made: frozen to the type checker, and cheap to make."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen: bool, slots: bool) -> type:
        """Make a dataclass that nothing but mypy keeps from being changed.

        Setting a field in spite of a frozen class takes four times as long, for every field of every value.
        """
        assert frozen, "write `dataclass` for what may change"  # noqa: S101 - for who writes the class
        return dataclass(slots=slots, unsafe_hash=True)


__all__ = ["value"]
