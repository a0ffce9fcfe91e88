"""The guide's storage classes: thin, dict-returning, each over a store."""

from app.storage.blob import LINES_MAX, BlobStorage
from app.storage.layered import CachedBlobStorage, MonitoredBlobStorage
from app.storage.places import AzureBlobStorage, FileSystemStorage, GCSStorage, S3Storage
from app.store.globs import matches_glob, matches_name

__all__ = [
    "LINES_MAX",
    "AzureBlobStorage",
    "BlobStorage",
    "CachedBlobStorage",
    "FileSystemStorage",
    "GCSStorage",
    "MonitoredBlobStorage",
    "S3Storage",
    "matches_glob",
    "matches_name",
]
