"""The stores on services, opened at any address: for tests that put a relay between."""

import uuid
from typing import Any

from app.store.backends.azure import AzureStore
from app.store.backends.gcs import GCSStore
from app.store.backends.s3 import S3Store
from infra.local_cloud import credentials

ServiceStore = S3Store | AzureStore | GCSStore


def open_service(service: str, url: str, *, create: bool = True, **options: Any) -> ServiceStore:
    """Open a store of its own in an emulator.

    Args:
        service: "s3", "azure" or "gcs".
        url: the emulator's, or a relay's in front of it.
        create: make the bucket or container.
        options: of the store.
    """
    name = f"wire-{uuid.uuid4().hex}"
    if service == "s3":
        s3 = S3Store(
            name,
            region_name=credentials.MOTO_REGION,
            endpoint_url=url.removesuffix("/devstoreaccount1"),
            aws_access_key_id=credentials.MOTO_ACCESS_KEY_ID,
            aws_secret_access_key=credentials.MOTO_SECRET_ACCESS_KEY,
            page_keys_max=3,
            **options,
        )
        if create:
            s3.create_bucket()
        return s3
    if service == "gcs":
        endpoint_url = url.removesuffix("/devstoreaccount1")
        gcs = GCSStore(name, endpoint_url=endpoint_url, page_keys_max=3, **options)
        if create:
            gcs.create_bucket()
        return gcs
    azure = AzureStore(
        name,
        connection_string=credentials.azurite_connection_string(url),
        page_keys_max=3,
        **options,
    )
    if create:
        azure.create_container()
    return azure
