"""What an environment takes over instead of making it: buckets, accounts, containers, groups that exist."""

import re
from dataclasses import dataclass
from typing import Final, Literal, get_args

Aspect = Literal["access", "policy", "encryption", "versions", "lifecycle"]
"""A part of an adopted store that can be changed without changing the store itself.

access: object ownership and public-access block of S3; policy: the bucket policy; encryption: the bucket's
default encryption; versions: versioning, and soft delete on Azure; lifecycle: the rules by which documents
age.
"""

_NAMES: Final = {
    "aws_bucket": (r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "'example-knowledge-base'"),
    "azure_resource_group": (r"[\w().-]{0,89}[\w()-]", "'example-group'"),
    "azure_account": (r"[a-z0-9]{3,24}", "'examplekb'"),
    "azure_container": (r"(?=.{3,63}\Z)[a-z0-9]+(-[a-z0-9]+)*", "'knowledge-base'"),
    "gcp_bucket": (r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]", "'example-knowledge-base'"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What exists already, by name, and what the environment may change on it.

    What is adopted is *read* by the engine, never managed: it has no operation with which to change, replace
    or delete it, whatever the program says.

    Attributes:
        aws_bucket: an existing bucket.
        azure_resource_group: an existing resource group; alone: a new account in it.
        azure_account: an existing account in that group; alone: a new container in it.
        azure_container: an existing container in that account.
        gcp_bucket: an existing bucket of Google Cloud; nothing of it can be changed, for its versions and
            rules are parts of it.
        change: what may be changed on the others; empty: nothing.
    """

    aws_bucket: str | None = None
    azure_resource_group: str | None = None
    azure_account: str | None = None
    azure_container: str | None = None
    gcp_bucket: str | None = None
    change: tuple[Aspect, ...] = ()

    def __post_init__(self) -> None:
        for name, (pattern, example) in _NAMES.items():
            value = getattr(self, name)
            if value is not None and not re.fullmatch(pattern, value):
                raise ValueError(f"{name} {value!r} must look like {example}")
        for inner, outer in (
            ("azure_account", "azure_resource_group"),
            ("azure_container", "azure_account"),
        ):
            if getattr(self, inner) is not None and getattr(self, outer) is None:
                raise ValueError(f"{inner} lies in an existing {outer}: name that one, too")
        if len(set(self.change)) != len(self.change):
            raise ValueError("change names an aspect twice")
        if self.change and not (self.aws_bucket or self.azure_account):
            raise ValueError(
                "change is about an adopted bucket of S3 or account of Azure, and there is none"
            )

    @property
    def anything(self) -> bool:
        """Whether anything is adopted at all."""
        return any(getattr(self, name) is not None for name in _NAMES)

    def leaves(self, aspect: Aspect, *, adopted: str | None) -> bool:
        """Whether an aspect is left as it is: of something adopted, and not named to be changed."""
        return adopted is not None and aspect not in self.change


ASPECTS: Final[tuple[Aspect, ...]] = get_args(Aspect)
