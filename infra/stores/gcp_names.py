"""Names on Google Cloud that are unique in a project and fit into what each kind of name allows."""

import hashlib
import re
from typing import Final

_DIGEST_CHARACTERS: Final = 8

SERVICE_ACCOUNT_CHARACTERS_MAX: Final = 30
"""iam.serviceAccounts.create: 6 to 30 lower-case letters, digits and dashes."""

POOL_CHARACTERS_MAX: Final = 32
"""Manage workload identity pools: 4 to 32 lower-case letters, digits and dashes; not `gcp-`."""

ROLE_CHARACTERS_MAX: Final = 64
"""Create and manage custom roles: 3 to 64 letters, digits, underscores and dots."""


def name_beside(bucket: str, owner: str, *, characters_max: int) -> str:
    """Return a name of lower-case letters, digits and dashes that only this owner of this bucket has.

    A bucket's name is its own in the whole world; what is named after it meets nothing of another
    environment in the same project, nor what was there before it was made anew.

    Args:
        bucket: its name.
        owner: what tells several names beside one bucket apart.
        characters_max: of the name.
    """
    plain = re.sub(r"[^a-z0-9]+", "-", bucket).strip("-")
    stem = plain if plain.startswith("kb-") else f"kb-{plain}"
    room = characters_max - len(owner) - 1
    # What is not the bucket's name letter by letter needs the digest to be its own.
    if stem != bucket or len(stem) > room:
        digest = hashlib.sha256(bucket.encode()).hexdigest()[:_DIGEST_CHARACTERS]
        stem = f"{stem[: room - len(digest) - 1].strip('-')}-{digest}"
    return f"{stem}-{owner}"
