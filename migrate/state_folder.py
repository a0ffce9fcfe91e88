"""Where journals lie, and what each is called."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from migrate.records import Pair

STATE_VARIABLE: Final = "KB_STATE_DIR"
_PROJECT_MARK: Final = "Pulumi.yaml"


def journal_file(pair: Pair, *, environ: Mapping[str, str], folder: Path) -> Path:
    """Return the journal of a pair: the same one on every run from the same project.

    It lies in `$KB_STATE_DIR`, else in `.kb` of the project that `folder` is in, else in `.kb` of `folder`.
    The name says what it is about; the digest in it tells pairs apart whose names look alike.
    """
    state = state_folder(environ=environ, folder=folder)
    both = f"{pair.source}\0{pair.destination}"
    digest = hashlib.sha256(both.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    words = f"{pair.source.rpartition('/')[2]}--{pair.destination.rpartition('//')[2]}"
    slug = re.sub(r"[^0-9A-Za-z]+", "-", words).strip("-")[:60]
    return state / "migrations" / f"{slug}-{digest}.sqlite"


def state_folder(*, environ: Mapping[str, str], folder: Path) -> Path:
    """Return where this project keeps what it knows: `$KB_STATE_DIR`, else `.kb` of the project."""
    chosen = environ.get(STATE_VARIABLE)
    if chosen:
        return Path(chosen)
    above = (folder, *folder.parents)
    return next((each for each in above if (each / _PROJECT_MARK).is_file()), folder) / ".kb"
