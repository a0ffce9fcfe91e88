"""Listings longer than a page of the service's own size, and what they leave out by name."""

from contextlib import closing

import boto3
import pytest

from app.store.conformance.expecting import keys_of
from app.store.contract import BlobInfo, Upload
from app.store.keys import Key
from infra.local_cloud import credentials
from tests.contract.stores import Place, azure, s3

pytestmark = pytest.mark.emulator


def test_a_listing_of_more_than_a_page_of_s3_is_complete(place: Place) -> None:
    keys = {Key(f"{number:04}") for number in range(1_050)}
    with closing(s3(place)) as store:
        answers = list(store.write_many(Upload(key, b"") for key in keys))
        assert all(isinstance(answer, BlobInfo) for answer in answers)

        assert set(keys_of(store.scan())) == keys


def test_objects_that_are_no_keys_are_named(place: Place) -> None:
    with closing(s3(place, prefix="kb/")) as store:
        store.write(Key("a/b"), b"data")
        foreign = boto3.client(
            "s3",
            endpoint_url=place.moto_url,
            region_name=credentials.MOTO_REGION,
            aws_access_key_id=credentials.MOTO_ACCESS_KEY_ID,
            aws_secret_access_key=credentials.MOTO_SECRET_ACCESS_KEY,
        )
        bucket = store._bucket
        for name in ("kb/", "kb/folder/", "kb/a//b", "elsewhere"):
            foreign.put_object(Bucket=bucket, Key=name, Body=b"")
        foreign.close()

        assert keys_of(store.scan()) == ["a/b"]
        assert {found.name: found.reason for found in store.strangers()} == {
            "": "it is empty",
            "folder/": "it has an empty, '.' or '..' segment",
            "a//b": "it has an empty, '.' or '..' segment",
        }


def test_blobs_that_are_no_keys_are_named(place: Place) -> None:
    with closing(azure(place)) as store:
        store.write(Key("a/b"), b"data")
        store._container.upload_blob("a//b", b"")

        assert keys_of(store.scan()) == ["a/b"]
        assert [found.name for found in store.strangers()] == ["a//b"]
