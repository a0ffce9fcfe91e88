"""Whose credentials are sent, by the vendors' SDKs and by the bulk verbs alike, and which are never sent."""

import json
import re
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from azure.core.credentials import AccessToken
from azure.storage.blob import (
    AccountSasPermissions,
    ContainerClient,
    ResourceTypes,
    generate_account_sas,
)

from app.store.backends.azure import AzureStore
from app.store.backends.blob_service.signing import Signer
from app.store.backends.s3 import S3Store
from app.store.contract import Blob, BlobInfo, Upload
from app.store.errors import AccessDenied, StoreOptionError
from app.store.keys import Key
from infra.local_cloud import credentials
from tests.contract.relay import Relay, relayed

pytestmark = pytest.mark.emulator

_A = Key("a.md")
_TOKENS = ("first", "first", "second", "second")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credentials but those that a test gives."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture
def s3_relay(moto_url: str) -> Iterator[Relay]:
    with relayed(moto_url) as relay:
        yield relay


@pytest.fixture
def azure_relay(azurite_url: str) -> Iterator[Relay]:
    with relayed(azurite_url) as relay:
        yield relay


def test_both_families_take_variables(s3_relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "from-variables")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_relay.url)
    _use(S3Store(_bucket(), region_name=None))

    assert _signers(s3_relay) == {("from-variables", "eu-west-1")}
    assert {request.headers["x-amz-security-token"] for request in s3_relay.requests} == {"token"}
    assert _families(s3_relay) == {"Botocore", "kb-bulk"}


def test_both_families_take_a_profile(
    s3_relay: Relay, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "credentials").write_text(
        "[docs]\naws_access_key_id = from-profile\naws_secret_access_key = secret\n"
    )
    (tmp_path / "config").write_text(
        f"[profile docs]\nregion = ap-northeast-2\nendpoint_url = {s3_relay.url}\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "docs")
    _use(S3Store(_bucket()))

    assert _signers(s3_relay) == {("from-profile", "ap-northeast-2")}
    assert _families(s3_relay) == {"Botocore", "kb-bulk"}


def test_keys_given_win_over_those_found(s3_relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "from-variables")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    _use(
        S3Store(
            _bucket(),
            endpoint_url=s3_relay.url,
            aws_access_key_id="given",
            aws_secret_access_key="secret",
            region_name="us-east-1",
        )
    )

    assert _signers(s3_relay) == {("given", "us-east-1")}
    assert not any("x-amz-security-token" in request.headers for request in s3_relay.requests)


def test_renewed_credentials_reach_both_families(
    s3_relay: Relay, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Each time it is asked, the process hands out a new key, which boto3 must renew at once.
    process = tmp_path / "process.py"
    process.write_text(
        "import json, sys, uuid\n"
        "print(json.dumps({'Version': 1, 'AccessKeyId': uuid.uuid4().hex, 'SecretAccessKey': 'secret',\n"
        f"    'Expiration': {(datetime.now(UTC) + timedelta(minutes=5)).isoformat()!r}}}))\n"
    )
    (tmp_path / "config").write_text(
        f"[default]\nregion = us-east-1\ncredential_process = {sys.executable} {process}\n"
        f"endpoint_url = {s3_relay.url}\n"
    )
    store = S3Store(_bucket())
    store.create_bucket()
    s3_relay.requests.clear()
    while len(_signers(s3_relay)) < 2:
        assert isinstance(next(store.write_many([Upload(_A, b"data")])), BlobInfo)
    store.close()

    assert _families(s3_relay) == {"kb-bulk"}


def test_no_credentials_at_all_are_said_alike(s3_relay: Relay) -> None:
    store = S3Store(_bucket(), endpoint_url=s3_relay.url, region_name="us-east-1")
    with pytest.raises(AccessDenied, match="AWS_ACCESS_KEY_ID") as caught:
        store.read(_A)
    answers = (*store.read_many([_A]), *store.write_many([Upload(_A, b"data")]))
    store.close()

    assert [str(answer) for answer in answers] == [str(caught.value)] * 2
    assert s3_relay.requests == []


def test_variables_that_other_clients_know_change_nothing(
    s3_relay: Relay, azure_relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_SKIP_SIGNATURE", "AZURE_SKIP_SIGNATURE", "AZURE_STORAGE_USE_EMULATOR"):
        monkeypatch.setenv(name, "true")
    for name in ("AWS_ENDPOINT", "AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "b3RoZXI=")
    monkeypatch.setenv("AZURE_STORAGE_SAS_KEY", "sig=other")
    monkeypatch.setenv("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "false")
    _use(
        S3Store(
            _bucket(),
            endpoint_url=s3_relay.url,
            aws_access_key_id="given",
            aws_secret_access_key="secret",
            region_name="us-east-1",
        )
    )
    _use(
        AzureStore(
            _bucket(), connection_string=credentials.azurite_connection_string(azure_relay.url)
        )
    )

    assert _signers(s3_relay) == {("given", "us-east-1")}
    assert all(
        request.headers["authorization"].startswith("SharedKey devstoreaccount1:")
        for request in azure_relay.requests
    )


def test_both_families_take_a_shared_access_signature(azure_relay: Relay) -> None:
    signature = generate_account_sas(
        credentials.AZURITE_ACCOUNT,
        credentials.AZURITE_KEY,
        ResourceTypes(service=True, container=True, object=True),
        AccountSasPermissions(read=True, write=True, create=True, list=True, delete=True),
        datetime.now(UTC) + timedelta(hours=1),
    )
    store = AzureStore(
        _bucket(),
        connection_string=f"BlobEndpoint={azure_relay.url};SharedAccessSignature={signature}",
    )
    _use(store)

    assert all("sig=" in urlsplit(request.target).query for request in azure_relay.requests)
    assert "sig" not in repr(store)
    assert _families(azure_relay) == {"azsdk-python-storage-blob", "kb-bulk"}


def test_an_identitys_token_is_sent_until_shortly_before_its_end() -> None:
    # No emulator takes tokens over plain HTTP, and nobody sends them there: what would be sent is looked at.
    tokens = iter([AccessToken("first", 3_600), AccessToken("second", 7_200)])

    class Identity:
        def get_token(self, *scopes: str, **_: Any) -> AccessToken:
            assert scopes == ("https://storage.azure.com/.default",)
            return next(tokens)

    container = ContainerClient("https://account.blob.core.windows.net", "container", Identity())
    times = iter([0, 3_299, 3_301, 3_600])
    signer = Signer(container, now=lambda: next(times))
    sent = [signer.signed("GET", "https://host/container/a", {}, 0) for _ in range(4)]
    container.close()

    said = [("https://host/container/a", [f"Authorization: Bearer {token}"]) for token in _TOKENS]
    assert sent == said


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        (credentials.MOTO_ACCESS_KEY_ID, credentials.MOTO_SECRET_ACCESS_KEY),
        ("minioadmin", "minioadmin"),
        ("test", "test"),
        ("testing", "testing"),
        ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ],
)
def test_keys_that_everybody_knows_do_not_leave_this_machine(
    key: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreOptionError, match="everybody knows") as caught:
        S3Store(
            "bucket",
            endpoint_url="https://s3.example.com",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )
    assert secret not in str(caught.value)
    S3Store(
        "bucket",
        endpoint_url="http://[::1]:9000",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    ).close()

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    with pytest.raises(StoreOptionError, match="everybody knows"):
        S3Store("bucket", region_name="us-east-1").stat(_A)
    for bulk in (
        S3Store("bucket").read_many([_A]),
        S3Store("bucket").write_many([Upload(_A, b"")]),
    ):
        with pytest.raises(StoreOptionError, match="everybody knows"):
            next(bulk)


def test_no_secret_is_in_what_is_printed(s3_relay: Relay) -> None:
    store = S3Store(
        _bucket(),
        endpoint_url=s3_relay.url,
        aws_access_key_id="given",
        aws_secret_access_key="hidden-secret",
        aws_session_token="hidden-token",
        region_name="us-east-1",
    )
    bulk = store._bulk
    shown = json.dumps([repr(store), repr(bulk), repr(vars(bulk)), repr(vars(store))])
    store.close()

    assert "hidden" not in shown


def _use(store: S3Store | AzureStore) -> None:
    """Call once through each family."""
    if isinstance(store, S3Store):
        store.create_bucket()
    else:
        store.create_container()
    store.write(_A, b"data")
    assert isinstance(next(store.write_many([Upload(_A, b"data")])), BlobInfo)
    assert isinstance(next(store.read_many([_A])), Blob)
    store.close()


def _bucket() -> str:
    return f"credentials-{uuid.uuid4().hex}"


def _signers(relay: Relay) -> set[tuple[str, str]]:
    """Return the key ids and regions that requests to S3 were signed with."""
    scopes = (
        re.search(r"Credential=([^/]+)/\d+/([^/]+)/s3/", request.headers["authorization"])
        for request in relay.requests
    )
    return {(scope[1], scope[2]) for scope in scopes if scope}


def _families(relay: Relay) -> set[str]:
    return {request.headers["user-agent"].partition("/")[0] for request in relay.requests}
