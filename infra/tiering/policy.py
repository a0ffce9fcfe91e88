"""Where documents move as they age: one policy for every cloud."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

RESERVED_FOLDER: Final = ".kb/"
"""Where the store keeps its own records below the prefix; equals `app.store.keys.RESERVED_PREFIX`."""

FOLDERS_MAX: Final = 90
"""Azure and Cloud Storage allow 100 rules, S3 1,000; a folder is one rule."""

DAYS_MAX: Final = 36_500

KEPT_DAYS_MAX: Final = 365
"""The longest soft delete of Azure Blob Storage (2024-01-01, DeleteRetentionPolicy.days)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRule:
    """What happens to live documents of one folder, counted from their last change.

    Attributes:
        folder: relative to the prefix, a plain name that ends with `/`.
        after_days: at least 1.
    """

    folder: str
    after_days: int

    def __post_init__(self) -> None:
        segments = self.folder.removesuffix("/").split("/")
        if not self.folder.endswith("/") or any(part in ("", ".", "..") for part in segments):
            raise ValueError(f"folder {self.folder!r} must look like 'drafts/' or 'logs/old/'")
        if "*" in self.folder:
            raise ValueError(f"folder {self.folder!r} is a plain name: lifecycle rules know no '*'")
        if self.folder.startswith(RESERVED_FOLDER):
            raise ValueError(f"folder {self.folder!r} holds the store's own records")
        _require_days("after_days", self.after_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldVersions:
    """What happens to replaced and deleted documents.

    Attributes:
        cool_after_days: to the cheaper class that is read at once; None: never.
        archive_after_days: to the class that is read after hours; None: never.
        kept_days: how long at least an old version can be brought back after it was replaced; 1 to 365.
    """

    cool_after_days: int | None = None
    archive_after_days: int | None = None
    kept_days: int = 90

    def __post_init__(self) -> None:
        _require_days("cool_after_days", self.cool_after_days)
        _require_days("archive_after_days", self.archive_after_days)
        if not 1 <= self.kept_days <= KEPT_DAYS_MAX:
            raise ValueError(f"kept_days is {self.kept_days}, it must be 1 to {KEPT_DAYS_MAX}")
        _require_ascending(
            cool_after_days=self.cool_after_days,
            archive_after_days=self.archive_after_days,
            kept_days=self.kept_days,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TieringPolicy:
    """One policy for every cloud. Ages are whole days since a document's last change.

    Attributes:
        by: whether cooling counts from the last change or from the last read or write. The second is Azure's
            alone, which then notes the reads, and warms a document again that is read in Cool.
        cool_after_days: Standard-IA, Cool, Nearline; None: never.
        cold_after_days: Glacier Instant Retrieval, Cold, Coldline; None: never.
        allow_offline: whether live documents may be archived at all: reading one then takes hours.
        archive: folders whose live documents go to Glacier Flexible Retrieval, Archive.
        expire: folders whose live documents are deleted; they stay as old versions for `kept_days`.
        old_versions: replaced and deleted documents.
        unfinished_uploads_kept_days: not on Azure, which discards uncommitted blocks after a week by itself.
    """

    by: Literal["modification", "access"] = "modification"
    cool_after_days: int | None = 30
    cold_after_days: int | None = 90
    allow_offline: bool = False
    archive: tuple[FolderRule, ...] = ()
    expire: tuple[FolderRule, ...] = ()
    old_versions: OldVersions = field(default_factory=OldVersions)
    unfinished_uploads_kept_days: int = 7

    def __post_init__(self) -> None:
        _require_days("cool_after_days", self.cool_after_days)
        _require_days("cold_after_days", self.cold_after_days)
        _require_days("unfinished_uploads_kept_days", self.unfinished_uploads_kept_days)
        _require_ascending(
            cool_after_days=self.cool_after_days, cold_after_days=self.cold_after_days
        )
        if self.archive and not self.allow_offline:
            raise ValueError(
                "archive makes live documents unreadable for hours: say allow_offline: true to mean it"
            )
        if len(self.archive) + len(self.expire) > FOLDERS_MAX:
            raise ValueError(f"archive and expire name more than {FOLDERS_MAX} folders")

    @property
    def archives(self) -> bool:
        """Whether anything goes to an archive class."""
        return bool(self.archive) or self.old_versions.archive_after_days is not None


def _require_days(name: str, days: int | None) -> None:
    if days is not None and not 1 <= days <= DAYS_MAX:
        raise ValueError(f"{name} is {days}, it must be 1 to {DAYS_MAX}")


def _require_ascending(**days_of: int | None) -> None:
    present = [(name, days) for name, days in days_of.items() if days is not None]
    for (earlier, fewer), (later, more) in pairwise(present):
        if fewer >= more:
            raise ValueError(f"{earlier} ({fewer}) must be less than {later} ({more})")
