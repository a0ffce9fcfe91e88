"""The guide's classes, each by the place where its files are."""

from pathlib import Path
from typing import Unpack

from app.storage.blob import BlobStorage
from app.storage.options import StorageOptions, stack_options
from app.store.errors import StoreOptionError
from app.store.stack import open_stack


class FileSystemStorage(BlobStorage):
    """Files in a folder: where the guide starts.

    Args:
        path: the folder.
        create: make the folder where it is missing, as the guide does; False asks for an error instead.
        options: see `app.storage.options.StorageOptions`.

    Raises:
        StoreMissing: there is no such folder, and `create` is False.
        StoreOptionError: the folder cannot be made.
    """

    def __init__(
        self,
        path: str | Path = "./storage",
        *,
        create: bool = True,
        **options: Unpack[StorageOptions],
    ) -> None:
        from app.store.backends.local import LocalStore

        chosen = stack_options(**options)
        if create:
            _make_folder(Path(path))
        super().__init__(open_stack(LocalStore(path), chosen))


class AzureBlobStorage(BlobStorage):
    """Files in a container of Azure Blob Storage.

    Args:
        connection_string: of the account, with a key or a shared access signature.
        container_name: the container's.
        account_url: the account's blob endpoint; without a connection string an identity is used.
        client_id: which managed identity; None leaves it to the SDK's chain.
        prefix: where in the container the files are: "" or "kb/".
        create: create the container where it is missing. Pulumi makes it otherwise.
        options: see `app.storage.options.StorageOptions`.

    Raises:
        StoreOptionError: these do not fit together.
        StoreError: the container could not be created.
    """

    def __init__(
        self,
        connection_string: str | None = None,
        container_name: str = "knowledge-base",
        *,
        account_url: str | None = None,
        client_id: str | None = None,
        prefix: str = "",
        create: bool = False,
        **options: Unpack[StorageOptions],
    ) -> None:
        # Imported here, like each SDK: who works on a folder does not wait for it.
        from app.store.backends.azure import AzureStore

        chosen = stack_options(**options)
        backend = AzureStore(
            container_name,
            prefix=prefix,
            account_url=account_url,
            connection_string=connection_string,
            client_id=client_id,
        )
        if create:
            backend.create_container()
        super().__init__(open_stack(backend, chosen))


class S3Storage(BlobStorage):
    """Files in an S3 bucket.

    Args:
        bucket_name: the bucket's.
        aws_access_key_id, aws_secret_access_key: None leaves it to the SDK's chain: variables, profile, role.
        region_name: the bucket's region.
        endpoint_url: of a service that speaks S3; None is AWS.
        prefix: where in the bucket the files are: "" or "kb/".
        create: create the bucket where it is missing. Pulumi makes it otherwise.
        options: see `app.storage.options.StorageOptions`.

    Raises:
        StoreOptionError: these do not fit together.
        StoreError: the bucket could not be created.
    """

    def __init__(
        self,
        bucket_name: str,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        region_name: str = "us-east-1",
        *,
        endpoint_url: str | None = None,
        prefix: str = "",
        create: bool = False,
        **options: Unpack[StorageOptions],
    ) -> None:
        from app.store.backends.s3 import S3Store

        chosen = stack_options(**options)
        backend = S3Store(
            bucket_name,
            prefix=prefix,
            region_name=region_name,
            endpoint_url=endpoint_url,
            aws_access_key_id=aws_access_key_id,
            aws_secret_access_key=aws_secret_access_key,
        )
        if create:
            backend.create_bucket()
        super().__init__(open_stack(backend, chosen))


class GCSStorage(BlobStorage):
    """Files in a bucket of Google Cloud Storage.

    Args:
        bucket_name: the bucket's.
        endpoint_url: of an emulator on this machine; None is $STORAGE_EMULATOR_HOST, else Google itself.
        credentials_file: a service account's key; None leaves it to application default credentials.
        prefix: where in the bucket the files are: "" or "kb/".
        project: which project a created bucket belongs to; None is that of the credentials.
        create: create the bucket where it is missing. Pulumi makes it otherwise.
        options: see `app.storage.options.StorageOptions`.

    Raises:
        StoreOptionError: these do not fit together.
        StoreError: the bucket could not be created.
    """

    def __init__(
        self,
        bucket_name: str,
        *,
        endpoint_url: str | None = None,
        credentials_file: str | None = None,
        prefix: str = "",
        project: str | None = None,
        create: bool = False,
        **options: Unpack[StorageOptions],
    ) -> None:
        from app.store.backends.gcs import GCSStore

        chosen = stack_options(**options)
        backend = GCSStore(
            bucket_name,
            prefix=prefix,
            endpoint_url=endpoint_url,
            credentials_file=credentials_file,
            project=project,
        )
        if create:
            backend.create_bucket()
        super().__init__(open_stack(backend, chosen))


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreOptionError(f"the folder {path} cannot be made: {error.strerror}") from error
