from pathlib import Path
from typing import Any

import pytest

from app.environment import (
    Environments,
    open_store,
    stack_options,
    store_address,
    store_url,
    with_credentials,
)
from app.settings import VARIABLES, SettingsError, Variables, parse_settings
from app.store.backends.s3 import S3Store
from app.store.stack import StackOptions
from app.store.url import Credentials, parse_store_url
from app.terms.answers import Refusal
from app.terms.outputs import Outputs, parse_outputs
from app.terms.variables import variables_of

OUTPUTS = parse_outputs(
    {
        "schema_version": 1,
        "given": ["schema_version", "environment", "primary", "prefix", "aws_bucket", "aws_region"],
        "environment": "dev",
        "primary": "aws",
        "prefix": "kb/",
        "aws_bucket": "from-outputs",
        "aws_region": "eu-central-1",
    },
    environment="dev",
)


def read(environment: str) -> Outputs:
    return OUTPUTS


def test_a_named_environment_wins_over_whatever_the_shell_holds(tmp_path: Path) -> None:
    shell = {
        "STORAGE_TYPE": "azure",
        "AZURE_STORAGE_CONNECTION_STRING": "AccountName=other",
        "AWS_BUCKET_NAME": "from-shell",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
    }

    settings = Environments(read, shell, tmp_path).settings("dev")

    assert settings.aws_bucket_name == "from-outputs"
    assert settings.aws_endpoint_url_s3 is None
    assert settings.azure_storage_connection_string is None


def test_without_a_name_the_shell_decides_whole(tmp_path: Path) -> None:
    shell = {"STORAGE_TYPE": "s3", "AWS_BUCKET_NAME": "from-shell", "KB_STACK": "dev"}

    settings = Environments(read, shell, tmp_path).settings(None)

    assert settings.aws_bucket_name == "from-shell"
    assert settings.kb_prefix == ""


def test_a_variable_of_the_process_wins_over_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("STORAGE_TYPE=s3\nAWS_BUCKET_NAME=file\nKB_PREFIX=file/\n")

    settings = Environments(None, {"AWS_BUCKET_NAME": "shell"}, tmp_path).settings(None)

    assert (settings.aws_bucket_name, settings.kb_prefix) == ("shell", "file/")


def test_the_key_of_the_shell_reaches_a_named_environment(tmp_path: Path) -> None:
    settings = Environments(read, {"ANTHROPIC_API_KEY": "key"}, tmp_path).settings("dev")

    assert settings.anthropic_api_key is not None


def test_without_pulumi_a_named_environment_is_refused_with_the_other_way(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="STORAGE_TYPE"):
        Environments(None, {}, tmp_path).settings("dev")


def test_the_token_of_a_session_goes_with_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = {
        "STORAGE_TYPE": "s3",
        "AWS_BUCKET_NAME": "b-1",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
    }
    opened: list[dict[str, object]] = []

    class Opened(S3Store):
        def __init__(self, *arguments: str, **options: Any) -> None:
            opened.append(options)
            super().__init__(*arguments, **options)

    monkeypatch.setattr("app.store.backends.s3.S3Store", Opened)
    environments = Environments(None, shell, tmp_path)

    open_store(environments.settings(None)).close()

    assert opened[0]["aws_session_token"] == "token"
    assert environments.credentials(None).aws_session_token == "token"


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"STORAGE_TYPE": "gopher"}, "STORAGE_TYPE"),
        ({"STORAGE_TYPE": "s3"}, "AWS_BUCKET_NAME"),
        ({"STORAGE_TYPE": "azure"}, "AZURE_STORAGE_ACCOUNT_URL"),
        ({"STORAGE_TYPE": "gcs"}, "GCS_BUCKET_NAME"),
        ({"STORAGE_TYPE": "filesystem", "KB_CACHE_SECONDS": "-1"}, "KB_CACHE_SECONDS"),
        ({"STORAGE_TYPE": "filesystem", "KB_COMPRESS": "perhaps"}, "KB_COMPRESS"),
    ],
)
def test_a_wrong_setting_is_named_with_where_it_was_read(
    values: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=f"{named}.*read from a test"):
        parse_settings(Variables(values, "a test"))


def test_every_variable_that_outputs_give_is_one_that_settings_read() -> None:
    full = Outputs(
        schema_version=1,
        given=(),
        environment="x",
        primary="azure",
        prefix="kb/",
        aws_bucket="b",
        aws_region="r",
        aws_endpoint_url="http://127.0.0.1:1",
        aws_agent_access_key_id="a",
        aws_agent_secret_access_key="s",
        azure_account_url="https://x",
        azure_container="kb",
        azure_agent_client_id="c",
        gcp_bucket="b",
        gcp_project="p",
        gcp_location="EU",
        gcp_endpoint_url="http://127.0.0.1:1",
    )

    assert set(variables_of(full)) <= set(VARIABLES)


def test_a_bucket_of_google_is_opened_and_named() -> None:
    settings = parse_settings(
        Variables(
            {
                "STORAGE_TYPE": "gcs",
                "GCS_BUCKET_NAME": "bucket",
                "STORAGE_EMULATOR_HOST": "http://127.0.0.1:1",
                "KB_PREFIX": "kb/",
            },
            "a test",
        )
    )

    assert repr(open_store(settings)) == "LeasedStore(GCSStore('bucket', prefix='kb/'))"
    assert store_address(settings) == "gs://bucket/kb/"


def test_an_address_holds_no_secret() -> None:
    settings = parse_settings(
        Variables(
            {
                "STORAGE_TYPE": "azure",
                "AZURE_STORAGE_CONNECTION_STRING": "AccountName=acct;AccountKey=c2VjcmV0",
                "KB_PREFIX": "kb/",
            },
            "a test",
        )
    )

    assert store_address(settings) == "azure://acct/knowledge-base/kb/"


LAYERS = {
    "KB_MONITORED": "1",
    "KB_CACHE_SECONDS": "30",
    "KB_COMPRESS": "true",
    "KB_DEDUPLICATE": "yes",
}


def test_the_layers_of_the_shell_reach_a_named_environment(tmp_path: Path) -> None:
    settings = Environments(read, LAYERS, tmp_path).settings("dev")

    assert stack_options(settings) == StackOptions(
        metered=True, cache_seconds_max=30, deduplicate=True, compress=True
    )


def test_without_their_variables_there_are_no_layers(tmp_path: Path) -> None:
    settings = Environments(read, {"KB_COMPRESS": "", "KB_CACHE_SECONDS": "0"}, tmp_path)

    assert stack_options(settings.settings("dev")) == StackOptions()


def test_a_migration_is_not_answered_from_memory(tmp_path: Path) -> None:
    settings = Environments(read, LAYERS, tmp_path).settings("dev")

    assert stack_options(settings, for_migration=True) == StackOptions(
        metered=True, deduplicate=True, compress=True
    )


def test_a_store_is_opened_with_the_layers_of_its_settings(tmp_path: Path) -> None:
    shell = {"STORAGE_TYPE": "filesystem", "STORAGE_PATH": str(tmp_path), **LAYERS}
    settings = Environments(None, shell, tmp_path).settings(None)

    assert repr(open_store(settings)).startswith("MeteredStore(CachedStore(LeasedStore(")
    assert repr(open_store(settings, for_migration=True)).startswith(
        "MeteredStore(LeasedStore(Deduped"
    )


@pytest.mark.parametrize(
    ("values", "url"),
    [
        (
            {"STORAGE_TYPE": "filesystem", "STORAGE_PATH": "/srv/kb", "KB_PREFIX": "docs/"},
            "file:///srv/kb/docs",
        ),
        (
            {
                "STORAGE_TYPE": "s3",
                "AWS_BUCKET_NAME": "b-1",
                "AWS_REGION": "eu-west-1",
                "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
                "KB_PREFIX": "docs",
            },
            "s3://b-1/docs/?endpoint_url=http://127.0.0.1:1&region=eu-west-1",
        ),
        (
            {
                "STORAGE_TYPE": "azure",
                "AZURE_STORAGE_ACCOUNT_URL": "https://acc.blob.core.windows.net",
            },
            "azure://acc/knowledge-base/?endpoint_url=https://acc.blob.core.windows.net",
        ),
        ({"STORAGE_TYPE": "gcs", "GCS_BUCKET_NAME": "b-1"}, "gs://b-1/"),
    ],
    ids=["filesystem", "s3", "azure", "gcs"],
)
def test_the_store_of_an_environment_has_a_url_that_opens_it(
    values: dict[str, str], url: str
) -> None:
    found = store_url(parse_settings(Variables(values, "a test")))

    assert str(found) == url
    assert parse_store_url(url) == found


def test_a_process_gets_the_credentials_that_are_meant_and_no_others() -> None:
    shell = {"AWS_ACCESS_KEY_ID": "old", "AWS_SESSION_TOKEN": "old", "PATH": "/bin"}
    credentials = Credentials(aws_access_key_id="id", aws_secret_access_key="secret")

    assert with_credentials(shell, credentials) == {
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "PATH": "/bin",
    }
