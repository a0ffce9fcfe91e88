"""What stands beside a blob arrives as it is with the bulk verbs, or the SDK has its say."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from azure.storage.blob import ContainerClient

from app.store.backends.aws.bulk import S3Dialect
from app.store.backends.aws.clients import Clients
from app.store.backends.azure import AzureStore
from app.store.backends.blob_service.bulk import AzureDialect
from app.store.backends.bulk.verbs import Dialect
from app.store.backends.names import Names
from app.store.backends.s3 import S3Store
from app.store.contract import BlobInfo, BlobStore, Properties, Upload
from app.store.keys import Key
from tests.app.store.loopback import Answer, Loopback, Seen, answered, loopback

CONTENT_MD5 = "mgNkuembtIDdJeHwKEyFVQ=="
ETAG = "9a0364b9e99bb480dd25e1f0284c8555"
MODIFIED = "Thu, 26 Nov 2026 08:00:00 GMT"


def taken(seen: Seen) -> Answer:
    """What both services say of a write of b"content"."""
    return answered(
        b"",
        f'ETag: "{ETAG}"',
        f"Date: {MODIFIED}",
        f"Last-Modified: {MODIFIED}",
        f"Content-MD5: {CONTENT_MD5}",
        status=201 if "x-ms-version" in seen.headers else 200,
    )


@contextmanager
def service(name: str) -> Iterator[tuple[BlobStore, Loopback]]:
    with loopback(taken) as served:
        store: BlobStore
        if name == "s3":
            store = S3Store(
                "bucket",
                endpoint_url=served.url,
                region_name="us-east-1",
                aws_access_key_id="AKID",
                aws_secret_access_key="secret",
            )
        else:
            connection = f"AccountName=account;AccountKey=a2V5;BlobEndpoint={served.url}/account"
            store = AzureStore("container", connection_string=connection)
        yield store, served
        store.close()


PREFIXES = {"s3": "x-amz-meta-", "azure": "x-ms-meta-"}


@pytest.mark.parametrize("name", PREFIXES)
@pytest.mark.parametrize("text", ["plain", "", "  two  blanks", "a;b:c"])
def test_metadata_arrives_as_with_a_single_write(name: str, text: str) -> None:
    properties = Properties(metadata={"note": text})
    with service(name) as (store, served):
        store.write(Key("key"), b"content", properties=properties)
        (info,) = store.write_many([Upload(Key("key"), b"content", properties=properties)])

    assert isinstance(info, BlobInfo)
    single, many = (seen.headers[f"{PREFIXES[name]}note"] for seen in served.seen)
    assert many == single


def dialects() -> Iterator[Dialect]:
    """Both dialects, without a service."""
    clients = Clients(
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="AKID",
        aws_secret_access_key="secret",
        aws_session_token=None,
        connections_max=1,
    )
    yield S3Dialect("bucket", Names(""), clients, etags_md5=True)
    clients.close()
    credential: Any = {"account_name": "account", "account_key": "a2V5"}
    with ContainerClient("http://127.0.0.1:1/account", "container", credential) as container:
        yield AzureDialect(container, Names(""))


def test_what_headers_cannot_say_is_left_to_the_sdk() -> None:
    # A line's end would begin a header of its own, which everybody could write: "x-amz-acl", say.
    broken = [
        Properties(metadata={"note": "a\r\nx-planted: yes"}),
        Properties(metadata={"note": "a\nx-planted: yes"}),
        Properties(metadata={"note: a\r\nx-planted": "yes"}),
        Properties(metadata={"note": "\N{LATIN SMALL LETTER E WITH ACUTE}"}),
        Properties(content_type="text/plain\r\nx-planted: yes"),
        Properties(content_encoding="gzip\rx-planted: yes"),
    ]
    for dialect in dialects():
        fine = Upload(Key("key"), b"content", properties=Properties(metadata={"note": "a"}))
        assert dialect.put(fine, b"content") is not None
        for properties in broken:
            upload = Upload(Key("key"), b"content", properties=properties)
            assert dialect.put(upload, b"content") is None
