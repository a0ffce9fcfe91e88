"""Stores named by URLs."""

from pathlib import Path

import pytest

from app.store.backends.azure import AzureStore
from app.store.backends.gcs import GCSStore
from app.store.backends.local import LocalStore
from app.store.backends.memory import MemoryStore
from app.store.backends.s3 import S3Store
from app.store.contract import BlobStore
from app.store.errors import StoreMissing, StoreOptionError
from app.store.keys import Key
from app.store.url import Credentials, StoreURLError, describe, open_store, parse_store_url

_AZURITE = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey="
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
    "BlobEndpoint={};"
)


def test_each_scheme_opens_its_backend(tmp_path: Path) -> None:
    s3_keys = Credentials(aws_access_key_id="id", aws_secret_access_key="secret")
    azurite = Credentials(
        azure_connection_string=_AZURITE.format("http://127.0.0.1:1/devstoreaccount1")
    )
    opened = {
        open_store("memory:"): MemoryStore,
        open_store(tmp_path.as_uri()): LocalStore,
        open_store("s3://bucket/kb?region=eu-west-1", credentials=s3_keys): S3Store,
        open_store(
            "azure://devstoreaccount1/container/kb?endpoint_url=http://127.0.0.1:1",
            credentials=azurite,
        ): AzureStore,
        open_store("azure://account/container"): AzureStore,
        open_store("gs://bucket/kb?endpoint_url=http://127.0.0.1:1"): GCSStore,
        open_store("gs://bucket"): GCSStore,
    }

    for store, kind in opened.items():
        assert type(store) is kind
        store.close()


def test_a_folder_with_blanks_and_hangul_is_opened(tmp_path: Path) -> None:
    folder = tmp_path / "내 문서 #1 100%"
    folder.mkdir()
    store: BlobStore = open_store(folder.as_uri())
    store.write(Key("a"), b"data")

    assert (folder / "a").read_bytes() == b"data"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "names no store"),
        ("docs", "names no store"),
        ("http://example.com/x", "names no store"),
        ("gs://", "incomplete"),
        ("gs://bucket?region=x", "unknown option 'region'"),
        ("s3://", "incomplete"),
        ("s3:bucket", "incomplete"),
        ("azure://account", "incomplete"),
        ("azure:///container", "incomplete"),
        ("file:docs", "absolutely"),
        ("file://host/docs", "absolutely"),
        ("s3://bucket/a//b", "empty, '.' or '..' segment"),
        ("s3://bucket/../b", "empty, '.' or '..' segment"),
        ("s3://bucket?colour=red", "unknown option 'colour'"),
        ("azure://a/c?region=x", "unknown option 'region'"),
        ("s3://bucket/c#sharp", "%23"),
        ("s3://bucket?endpoint_url=localhost:9000", "http:// or https://"),
        ("s3://bucket?endpoint_url", "cannot be read"),
        ("http://[", "cannot be read"),
    ],
)
def test_a_wrong_url_is_one_sentence(url: str, says: str) -> None:
    with pytest.raises(StoreURLError, match=says.replace("?", r"\?")) as caught:
        open_store(url)

    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "url",
    [
        "s3://AKIA:hunter2@bucket/kb",
        "s3://bucket/kb?aws_secret_access_key=hunter2",
        "s3://bucket?endpoint_url=https://user:hunter2@host",
        "azure://account/container?sig=hunter2",
        "gs://bucket?credentials_token=hunter2",
        "azure://account/container?connection_string=hunter2",
    ],
)
def test_credentials_in_a_url_are_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(StoreURLError, match="credentials in the URL") as caught:
        parse_store_url(url)

    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in describe(url)


@pytest.mark.parametrize(
    "url",
    [
        "memory:",
        "file:///srv/my%20docs",
        "s3://bucket/",
        "s3://bucket/kb%20docs/?endpoint_url=http://127.0.0.1:5000&region=eu-west-1",
        "azure://account/container/kb/",
        "gs://bucket/kb/?endpoint_url=http://127.0.0.1:4443",
    ],
)
def test_a_parsed_url_is_written_as_it_was_read(url: str) -> None:
    assert str(parse_store_url(url)) == url
    assert parse_store_url(str(parse_store_url(url))) == parse_store_url(url)


def test_a_missing_folder_is_said_at_once() -> None:
    with pytest.raises(StoreMissing, match="/no/such/folder does not exist"):
        open_store("file:///no/such/folder")


def test_secrets_are_not_in_the_repr_of_credentials() -> None:
    credentials = Credentials(
        aws_access_key_id="id",
        aws_secret_access_key="hunter2",
        aws_session_token="hunter2",
        azure_connection_string="hunter2",
    )

    assert "hunter2" not in repr(credentials)


@pytest.mark.parametrize(
    ("url", "connection_string", "says"),
    [
        (
            "azure://devstoreaccount1/container",
            _AZURITE.format("https://example.com/devstoreaccount1"),
            "the emulator's key, which everybody knows, is not sent to",
        ),
        (
            "azure://devstoreaccount1/container",
            _AZURITE.format("http://127.0.0.1.example.com/devstoreaccount1"),
            "the emulator's key, which everybody knows, is not sent to",
        ),
        (
            "azure://other/container",
            _AZURITE.format("http://127.0.0.1:1/devstoreaccount1"),
            "is for http://127.0.0.1:1/devstoreaccount1, not for other",
        ),
        ("azure://account/container", "nonsense", "connection string cannot be read"),
        ("azure://account/C", None, "not a name of a container"),
        (
            "azure://account/container?endpoint_url=http://127.0.0.1:1",
            None,
            "an identity is only sent over https",
        ),
        (
            "azure://account/container?endpoint_url=https://other.blob.core.windows.net",
            None,
            "is not an endpoint of the account account",
        ),
    ],
)
def test_credentials_that_do_not_fit_are_refused_before_anything_is_sent(
    url: str, connection_string: str | None, says: str
) -> None:
    with pytest.raises(StoreOptionError, match=says):
        open_store(url, credentials=Credentials(azure_connection_string=connection_string))


def test_half_a_key_pair_is_refused() -> None:
    with pytest.raises(StoreOptionError, match="both"):
        open_store("s3://bucket", credentials=Credentials(aws_access_key_id="id"))
