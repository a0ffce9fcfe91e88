"""Where the guide's storages keep their files in a test: one place each, opened as often as agents come."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from app import KnowledgeBaseAgent
from app.storage import (
    AzureBlobStorage,
    BlobStorage,
    FileSystemStorage,
    GCSStorage,
    S3Storage,
)
from infra.local_cloud import credentials

Config = Callable[[Path, pytest.FixtureRequest], dict[str, Any]]

_CLASSES: Final[dict[str, Callable[..., BlobStorage]]] = {
    "filesystem": FileSystemStorage,
    "azure": AzureBlobStorage,
    "s3": S3Storage,
    "gcs": GCSStorage,
}


def _filesystem(folder: Path, _: pytest.FixtureRequest) -> dict[str, Any]:
    return {"path": str(folder / "storage")}


def _azure(folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    url = request.getfixturevalue("azurite_url")
    return {
        "connection_string": credentials.azurite_connection_string(url),
        "container_name": _name(folder),
        "prefix": "kb",
        "create": True,
    }


def _s3(folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    return {
        "bucket_name": _name(folder),
        "aws_access_key_id": credentials.MOTO_ACCESS_KEY_ID,
        "aws_secret_access_key": credentials.MOTO_SECRET_ACCESS_KEY,
        "endpoint_url": request.getfixturevalue("moto_url"),
        "create": True,
    }


def _gcs(folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    return {
        "bucket_name": _name(folder),
        "endpoint_url": request.getfixturevalue("gcs_url"),
        "prefix": "kb",
        "create": True,
    }


CONFIGS: Final[dict[str, Config]] = {
    "filesystem": _filesystem,
    "azure": _azure,
    "s3": _s3,
    "gcs": _gcs,
}
"""By the guide's `storage_type`: what its `storage_config` is for this test."""


@dataclass(frozen=True, slots=True)
class Place:
    """One folder, container or bucket, empty at first."""

    storage_type: str
    storage_config: dict[str, Any]

    def open(self, **options: Any) -> BlobStorage:
        """Open it once more: what another agent does, or one with other options."""
        return _CLASSES[self.storage_type](**self.storage_config, **options)

    def agent(self) -> KnowledgeBaseAgent:
        """Stand an agent on it."""
        return KnowledgeBaseAgent("key", self.storage_type, self.storage_config)


def place_of(storage_type: str, folder: Path, request: pytest.FixtureRequest) -> Place:
    """Return the test's own place for a storage type."""
    return Place(storage_type, CONFIGS[storage_type](folder, request))


def _name(folder: Path) -> str:
    return f"storage-{abs(hash(folder))}"
