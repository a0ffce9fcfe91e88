"""Our signers say what the vendors' say, whatever is to be signed."""

import string
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import botocore.auth
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.pipeline.transport import HttpRequest
from azure.storage.blob import ContainerClient
from azure.storage.blob._shared.authentication import SharedKeyCredentialPolicy
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from app.store.backends.aws.signing import Signer as S3Signer
from app.store.backends.blob_service.signing import Signer as AzureSigner

KEYS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("~+%&=?#;: './*!()")
)
TEXTS = st.text(string.ascii_letters + string.digits + "   ~+%,;:=/\"'")
SECRETS = st.text(string.ascii_letters + string.digits + "+/=", min_size=1)
IDENTIFIERS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,30}", fullmatch=True)
MOMENTS = st.integers(0, 4_102_444_800)
CONDITIONS = st.sampled_from([{}, {"if-none-match": "*"}, {"if-match": '"0x8D"'}])


def headers_of(metadata_prefix: str, *others: str) -> st.SearchStrategy[dict[str, str]]:
    """Headers by their names in lower case, as the dialects make them."""
    metadata = st.dictionaries(IDENTIFIERS, TEXTS, max_size=8).map(
        lambda found: {metadata_prefix + name.lower(): text for name, text in found.items()}
    )
    plain = st.dictionaries(st.sampled_from(others), TEXTS)
    return st.tuples(CONDITIONS, plain, metadata).map(
        lambda parts: {**parts[0], **parts[1], **parts[2]}
    )


def said(lines: list[str]) -> dict[str, str]:
    """The headers that libcurl makes of these lines, without the blanks around their texts."""
    found = {}
    for line in lines:
        name, colon, text = line.partition(":")
        assert text.strip() if colon else line.endswith(";")
        found[name.removesuffix(";").lower()] = text.strip()
    return found


@given(
    method=st.sampled_from(["GET", "PUT"]),
    host=st.sampled_from(
        ["s3.eu-west-1.amazonaws.com", "bucket.s3.amazonaws.com", "127.0.0.1:9000"]
    ),
    region=st.sampled_from(["us-east-1", "eu-west-1"]),
    key=KEYS,
    headers=headers_of("x-amz-meta-", "content-type", "content-encoding", "x-amz-storage-class"),
    payload=st.binary(max_size=100),
    token=st.none() | SECRETS,
    secret=SECRETS,
    moment=MOMENTS,
)
def test_s3_signs_as_botocore_does(
    method: str,
    host: str,
    region: str,
    key: str,
    headers: dict[str, str],
    payload: bytes,
    token: str | None,
    secret: str,
    moment: int,
) -> None:
    credentials = Credentials("AKID", secret, token)
    path = f"/bucket/{quote(key, safe='/~')}"
    theirs = AWSRequest(method, f"http://{host}{path}", headers=dict(headers), data=payload)
    clock = datetime.fromtimestamp(moment, UTC)
    with patch.object(botocore.auth, "get_current_datetime", lambda: clock):
        botocore.auth.S3SigV4Auth(credentials, "s3", region).add_auth(theirs)

    signer = S3Signer(host, region, now=lambda: moment)
    frozen = credentials.get_frozen_credentials()
    ours = said(signer.signed(method, path, dict(headers), payload, frozen))

    assert ours == {name.lower(): text.strip() for name, text in theirs.headers.items()}


@given(
    moments=st.lists(st.sampled_from([0.0, 0.9, 1.0, 86_399.0, 86_400.0]), min_size=2, max_size=6)
)
def test_what_s3s_signer_remembers_is_never_that_of_another_moment_or_secret(
    moments: list[float],
) -> None:
    now = iter(moments)
    remembering = S3Signer("host", "us-east-1", now=lambda: next(now))
    for number, moment in enumerate(moments):
        frozen = Credentials("AKID", f"secret{number % 2}").get_frozen_credentials()
        fresh = S3Signer("host", "us-east-1", now=lambda moment=moment: moment)  # type: ignore[misc] # bound now

        assert remembering.signed("GET", "/b/k", {}, b"", frozen) == fresh.signed(
            "GET", "/b/k", {}, b"", frozen
        )


ACCOUNT_KEY = "a2V5IG9mIGFuIGFjY291bnQ="


@given(
    method=st.sampled_from(["GET", "PUT"]),
    base=st.sampled_from(
        ["https://account.blob.core.windows.net", "http://127.0.0.1:10000/account"]
    ),
    key=KEYS,
    headers=headers_of(
        "x-ms-meta-",
        "content-md5",
        "x-ms-blob-type",
        "x-ms-blob-content-type",
        "x-ms-blob-content-encoding",
        "x-ms-access-tier",
        "x-ms-date",
        "x-ms-version",
    ),
    size=st.integers(0, 1 << 40),
)
def test_azure_is_signed_to_as_its_sdk_does(
    method: str, base: str, key: str, headers: dict[str, str], size: int
) -> None:
    url = f"{base}/container/{quote(key, safe='/~')}"
    sent = HttpRequest(method, url, headers={**headers, "Content-Length": str(size)})
    theirs: PipelineRequest[HttpRequest] = PipelineRequest(sent, PipelineContext(None))
    policy: Any = SharedKeyCredentialPolicy
    policy("account", ACCOUNT_KEY).on_request(theirs)

    credential: Any = {"account_name": "account", "account_key": ACCOUNT_KEY}
    with ContainerClient(base, "container", credential) as container:
        signed, lines = AzureSigner(container).signed(method, url, dict(headers), size)

    assert signed == url
    expected = {**headers, "authorization": sent.headers["Authorization"]}
    assert said(lines) == {name: text.strip() for name, text in expected.items()}
