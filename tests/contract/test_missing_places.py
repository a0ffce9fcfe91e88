"""A bucket, container or folder that does not exist: said by every verb, created by none."""

from collections.abc import Callable
from contextlib import closing

import pytest

from app.store.backends.azure import AzureStore
from app.store.backends.gcs import GCSStore
from app.store.backends.local import LocalStore
from app.store.backends.s3 import S3Store
from app.store.contract import ABSENT, BlobStore, Upload
from app.store.errors import StoreMissing
from app.store.keys import Key
from infra.local_cloud import credentials
from tests.contract.stores import Place

_A = Key("a.md")


def _local(place: Place) -> BlobStore:
    folder = place.folder / "docs"
    folder.mkdir()
    store = LocalStore(folder)
    folder.rmdir()
    return store


def _s3(place: Place) -> BlobStore:
    return S3Store(
        "never-made",
        endpoint_url=place.moto_url,
        region_name=credentials.MOTO_REGION,
        aws_access_key_id=credentials.MOTO_ACCESS_KEY_ID,
        aws_secret_access_key=credentials.MOTO_SECRET_ACCESS_KEY,
    )


def _azure(place: Place) -> BlobStore:
    return AzureStore(
        "never-made",
        connection_string=credentials.azurite_connection_string(place.azurite_url),
    )


def _gcs(place: Place) -> BlobStore:
    return GCSStore("never-made", endpoint_url=place.gcs_url)


@pytest.mark.parametrize(
    "open_missing",
    [
        pytest.param(_local, id="local"),
        pytest.param(_s3, id="s3", marks=pytest.mark.emulator),
        pytest.param(_azure, id="azure", marks=pytest.mark.emulator),
        pytest.param(_gcs, id="gcs", marks=pytest.mark.emulator),
    ],
)
def test_every_verb_says_so_and_none_creates_it(
    open_missing: Callable[[Place], BlobStore], place: Place
) -> None:
    with closing(open_missing(place)) as store:
        for call in (
            lambda: store.read(_A),
            lambda: store.stat(_A),
            lambda: store.write(_A, b"data"),
            lambda: store.write(_A, b"data", when=ABSENT),
            lambda: store.delete(_A),
            lambda: list(store.scan()),
        ):
            with pytest.raises(StoreMissing, match="does not exist"):
                call()
        for answer in (*store.read_many([_A]), *store.write_many([Upload(_A, b"data")])):
            assert isinstance(answer, StoreMissing)
        with pytest.raises(StoreMissing):
            store.stat(_A)
