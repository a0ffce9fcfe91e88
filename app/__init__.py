"""The agent and what it stands on: the guide's names, each imported when it is first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from app.agent.agent import KnowledgeBaseAgent
    from app.agent.tools import get_storage_tools
    from app.storage import (
        AzureBlobStorage,
        CachedBlobStorage,
        FileSystemStorage,
        GCSStorage,
        MonitoredBlobStorage,
        S3Storage,
    )

__all__ = [
    "AzureBlobStorage",
    "CachedBlobStorage",
    "FileSystemStorage",
    "GCSStorage",
    "KnowledgeBaseAgent",
    "MonitoredBlobStorage",
    "S3Storage",
    "get_storage_tools",
]

_HOMES: Final = {
    "AzureBlobStorage": "app.storage",
    "CachedBlobStorage": "app.storage",
    "FileSystemStorage": "app.storage",
    "GCSStorage": "app.storage",
    "KnowledgeBaseAgent": "app.agent.agent",
    "MonitoredBlobStorage": "app.storage",
    "S3Storage": "app.storage",
    "get_storage_tools": "app.agent.tools",
}
"""PEP 562: an agent on a folder does not pay for the SDKs of three clouds."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
