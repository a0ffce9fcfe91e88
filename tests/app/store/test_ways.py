"""On which ways libcurl comes to a service: proxies and certificates, seen from servers on this machine."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from socket import create_server

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.store.backends.bulk.messages import Reply, Silence
from tests.app.store.loopback import answered, get, handles_for, loopback

NO_PROXIES = (
    None,
    "",
    "*",
    "127.0.0.1",
    "127.0.0.0/8",
    "127.0.0.2",
    "127.0.0.1.",
    "0.0.1",
    ".0.0.1",
    "elsewhere, 127.0.0.1",
    "elsewhere 127.0.0.1",
    "127.0.0.1:1",
    "localhost",
    "localhost.",
    "calhost",
    ".localhost",
)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("proxy_variable", ["http_proxy", "all_proxy", "https_proxy"])
def test_a_request_takes_the_way_that_it_takes_with_requests(
    proxy_variable: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with (
        loopback(lambda seen: answered(b"straight")) as served,
        loopback(lambda seen: answered(b"proxy")) as proxy,
    ):
        monkeypatch.setenv(proxy_variable, proxy.url)
        for no_proxy in NO_PROXIES:
            if no_proxy is not None:
                monkeypatch.setenv("no_proxy", no_proxy)
            url = served.url.replace("127.0.0.1", host)
            theirs = requests.get(url, timeout=60).content
            with handles_for(url) as handles:
                ours = handles.send(get(url))

            assert isinstance(ours, Reply)
            assert (no_proxy, ours.body) == (no_proxy, theirs)


def test_a_proxy_for_tls_is_asked_for_a_tunnel_and_told_no_header(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("NO_PROXY", "")
        heard: list[bytes] = []

        def listen() -> None:
            connection, _ = proxy.accept()
            with connection:
                heard.append(connection.recv(65_536))

        listener = threading.Thread(target=listen)
        listener.start()
        with handles_for("https://far.example") as handles:
            came = handles.send(get("https://far.example/key", "Authorization: secret"))
        listener.join()

    assert isinstance(came, Silence)
    assert heard[0].startswith(b"CONNECT far.example:443 HTTP/1.1\r\n")
    assert b"secret" not in heard[0]


@pytest.fixture
def authority(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's identity for 127.0.0.1, and the file with the certificate that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "own")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    bundle, secret = tmp_path / "bundle.pem", tmp_path / "key.pem"
    bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    identity = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    identity.load_cert_chain(bundle, secret)
    return identity, bundle


def test_a_certificate_of_ones_own_is_trusted_when_named_and_refused_otherwise(
    authority: tuple[ssl.SSLContext, Path],
) -> None:
    identity, bundle = authority
    with loopback(lambda seen: answered(b"hello"), identity=identity) as served:
        with handles_for(served.url, ca_bundle=str(bundle)) as handles:
            trusted = handles.send(get(served.url))
            by_another_name = handles.send(get(served.url.replace("127.0.0.1", "localhost")))
        with handles_for(served.url) as handles:
            refused = handles.send(get(served.url))

    assert isinstance(trusted, Reply)
    assert trusted.body == b"hello"
    assert [refused, by_another_name] == [Silence("no connection", unsent=True)] * 2
    assert len(served.seen) == 1
