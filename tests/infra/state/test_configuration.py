"""The files that configure the environments hold no secret, not even an encrypted one."""

import re
from pathlib import Path

import pytest
import yaml

from infra.stacks import PROJECT

FILES = sorted(PROJECT.glob("Pulumi*.yaml"))
LIKE_A_SECRET = re.compile(
    r"secure:|AKIA[0-9A-Z]{16}|AccountKey=|SharedAccessSignature|[?&]sig=|sk-ant-|-----BEGIN|"
    r"GOOG1[A-Z0-9]{20}|(?i:passw(or)?d|secret|token)\s*[:=]"
)
ABOUT_ENCRYPTION = {"encryptionsalt", "secretsprovider", "encryptedkey"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_secret_is_in_a_configuration(file: Path) -> None:
    assert LIKE_A_SECRET.findall(file.read_text()) == []


@pytest.mark.parametrize("file", sorted(PROJECT.glob("Pulumi.*.yaml")), ids=lambda file: file.name)
def test_a_configuration_says_nothing_but_what_is_configured_and_who_encrypts(file: Path) -> None:
    assert yaml.safe_load(file.read_text()).keys() <= {"config", *ABOUT_ENCRYPTION}


@pytest.mark.parametrize(
    "line",
    [
        "knowledge-base-cloud:key:\n    secure: v1:abc",
        "aws:accessKey: AKIAIOSFODNN7EXAMPLE",
        "x: DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b",
        "x: https://a.blob.core.windows.net/c?sv=1&sig=abc",
        "x: sk-ant-api03-abc",
        "password: abc",
    ],
)
def test_a_secret_would_be_found(line: str) -> None:
    assert LIKE_A_SECRET.search(line)
