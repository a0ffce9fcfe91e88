"""Moves a knowledge base into a store, and proves that it arrived."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from migrate.guide import migrate_to_blob_storage

__all__ = ["migrate_to_blob_storage"]


def __getattr__(name: str) -> Any:
    """Import on first use: `kb --help` and the tests of one module pay for nothing else."""
    if name == "migrate_to_blob_storage":
        from migrate.guide import migrate_to_blob_storage

        return migrate_to_blob_storage
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
