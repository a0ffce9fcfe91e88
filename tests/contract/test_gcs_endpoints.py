"""Where Google credentials may go, and that nothing is sent to find out."""

import json
from pathlib import Path

import pytest

from app.store.backends.gcs import GCSStore
from app.store.errors import AccessDenied, StoreOptionError
from app.store.keys import Key


@pytest.mark.parametrize(
    ("endpoint_url", "says"),
    [
        ("http://storage.googleapis.com", "only sent over https"),
        ("http://127.0.0.1.example.com:4443", "only sent over https"),
        ("https://storage.googleapis.com.example.com", "which is not Google's"),
        ("https://example.com", "which is not Google's"),
        ("https://notgoogleapis.com", "which is not Google's"),
        ("ftp://127.0.0.1", "an address alone"),
        ("https://user:hunter2@storage.googleapis.com", "an address alone"),
        ("http://127.0.0.1:4443/storage/v1", "an address alone"),
    ],
)
def test_credentials_go_to_google_alone(endpoint_url: str, says: str) -> None:
    with pytest.raises(StoreOptionError, match=says) as caught:
        GCSStore("bucket", endpoint_url=endpoint_url)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "endpoint_url",
    [None, "https://storage-eu.p.googleapis.com", "http://localhost:4443", "http://[::1]:4443/"],
)
def test_google_and_emulators_on_this_machine_are_fine(endpoint_url: str | None) -> None:
    GCSStore("bucket", endpoint_url=endpoint_url).close()


def test_the_variable_of_googles_tools_is_held_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "emulator.example.com:4443")

    with pytest.raises(StoreOptionError, match="an emulator must be on this machine"):
        GCSStore("bucket")


def test_a_key_is_not_sent_in_the_clear(tmp_path: Path) -> None:
    with pytest.raises(StoreOptionError, match="an emulator needs none"):
        GCSStore(
            "bucket", endpoint_url="http://127.0.0.1:1", credentials_file=str(tmp_path / "key.json")
        )


def test_a_file_that_holds_no_key_is_named_and_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps({"type": "service_account", "private_key": "hunter2"}))

    with pytest.raises(StoreOptionError, match="holds no key") as caught:
        GCSStore("bucket", credentials_file=str(file))
    assert "hunter2" not in str(caught.value)
    with pytest.raises(StoreOptionError, match="cannot be read"):
        GCSStore("bucket", credentials_file=str(tmp_path / "missing.json"))


def test_no_credentials_are_said_with_the_first_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    store = GCSStore("bucket")

    with pytest.raises(AccessDenied, match="gcloud auth application-default login"):
        store.stat(Key("a.md"))


@pytest.mark.parametrize("bucket", ["", "ab", "UPPER", "-a-", "a..b", "a b c", "x" * 64])
def test_a_name_that_no_bucket_has_is_refused(bucket: str) -> None:
    with pytest.raises(StoreOptionError, match="not a name of a bucket"):
        GCSStore(bucket)
