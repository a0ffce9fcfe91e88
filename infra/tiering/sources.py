"""Documents from elsewhere than a store: a folder, or a list in a file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from app.terms.answers import UsageRefusal
from app.terms.inventory import Document


class _Listed(BaseModel):
    path: str = Field(min_length=1)
    size_bytes: Annotated[int, Field(ge=0)]
    modified: AwareDatetime
    tier: str | None = None


class _List(BaseModel):
    documents: list[_Listed]


def documents_at(place: Path) -> list[Document]:
    """Return what a folder holds, or what a file lists in the form of `kb ls --json`.

    Raises:
        UsageRefusal: there is no such place, or the file is no such list.
    """
    if place.is_dir():
        return sorted(_walked(place), key=lambda document: document.path)
    try:
        found = _List.model_validate(json.loads(place.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageRefusal(f"{place} cannot be read: {error.strerror}.") from error
    except (ValueError, ValidationError) as error:
        raise UsageRefusal(
            f"{place} is no inventory: it must look like what kb ls --json prints."
        ) from error
    return [
        Document(
            path=it.path,
            size_bytes=it.size_bytes,
            modified=it.modified.astimezone(UTC),
            tier=it.tier,
        )
        for it in found.documents
    ]


def _walked(folder: Path) -> Iterator[Document]:
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            known = file.stat()
            yield Document(
                path=file.relative_to(folder).as_posix(),
                size_bytes=known.st_size,
                modified=datetime.fromtimestamp(known.st_mtime, UTC),
            )
