"""Probes: the few calls that an agent lives on, made as the agent and put right behind them.

`python -m app.probe` makes them in the store that the variables of its process name, and answers in JSON:
`kb drift` starts it so, with the variables of an environment and nothing else of that process.
"""

import base64
import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from app.environment import credentials_of, store_url
from app.settings import Settings, Variables, parse_settings
from app.store.contract import ABSENT, BlobInfo, BlobStore, IfVersion
from app.store.errors import AccessDenied, ConditionFailed, NotFound, StoreError
from app.store.keys import PROBE_PREFIX, Key, parse_key
from app.store.url import Credentials, open_store
from app.terms.answers import Refusal, emit_json
from app.terms.variables import IDENTITY_VARIABLE

_CONTENT: Final = b"A probe of kb drift; whoever finds it may delete it.\n"
_LEFT_BEHIND: Final = timedelta(hours=1)
_NEVER: Final = IfVersion("1")
_OUTSIDE: Final = "kb-probe-outside/"
_STORAGE_SCOPE: Final = "https://storage.azure.com/.default"
_READ_SCOPE: Final = "https://www.googleapis.com/auth/devstorage.read_only"

Expected = Literal["allowed", "refused"]
Outcome = Literal["passed", "failed", "not run"]


class NotTheAgent(Refusal):
    """The agent's identity cannot be taken on here; one sentence."""

    code = "not_the_agent"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one probe.

    Attributes:
        probe: its name.
        expected: what the agent's permissions say of it.
        outcome: whether that is so.
        message: why not; "" where it is.
    """

    probe: str
    expected: Expected
    outcome: Outcome
    message: str = ""


class _Failed(Exception):
    """A call went through, and its answer was wrong; the message says how."""


def probes_within(store: BlobStore) -> Iterator[Answer]:
    """List, write, read, replace and delete one blob below `.kb/probe/`, under conditions.

    What an earlier probe left behind when it was killed is deleted.
    """
    key = parse_key(f"{PROBE_PREFIX}{secrets.token_hex(8)}")
    written: list[BlobInfo] = []
    yield _allowed("list", lambda: _tidy(store))
    first = _allowed("write", lambda: written.append(store.write(key, _CONTENT, when=ABSENT)))
    yield first
    rest: dict[str, Callable[[], object]] = {
        "read": lambda: _read_back(store, key),
        "condition": lambda: _refuse_stale(store, key),
        "replace": lambda: store.write(key, _CONTENT * 2, when=IfVersion(written[0].version)),
        "delete": lambda: _delete(store, key),
    }
    for name, act in rest.items():
        if first.outcome == "passed":
            yield _allowed(name, act)
        else:
            yield Answer(name, "allowed", "not run", "nothing was written")


def probes_outside(store: BlobStore) -> Iterator[Answer]:
    """Try what must be refused: to list, read and write beside the environment's prefix.

    The write stands under a condition that cannot hold, so that it changes nothing where it is let through.

    Args:
        store: the same bucket or container, without the prefix.
    """
    key = parse_key(f"{_OUTSIDE}{secrets.token_hex(8)}")
    yield _refused("list outside", lambda: next(iter(store.scan(_OUTSIDE)), None))
    yield _refused("read outside", lambda: store.stat(key))
    yield _refused("write outside", lambda: store.write(key, _CONTENT, when=_NEVER))


def can_refuse(settings: Settings) -> bool:
    """Whether the service behind these settings tells identities apart: emulators and account keys do not."""
    if not settings.kb_prefix:
        return False
    match settings.storage_type:
        case "s3":
            return settings.aws_endpoint_url_s3 is None
        case "azure":
            return settings.azure_storage_connection_string is None
        case "gcs":
            return settings.storage_emulator_host is None
        case "filesystem":
            return False


def agents_credentials(settings: Settings, environ: Mapping[str, str]) -> Credentials:
    """Return credentials that are the agent's, and nobody else's.

    Raises:
        NotTheAgent: they cannot be had here.
    """
    credentials = credentials_of(settings)
    match settings.storage_type:
        case "s3" if credentials.aws_access_key_id is None:
            return _of_role(credentials, environ.get(IDENTITY_VARIABLE), settings.aws_region)
        case "azure" if credentials.azure_connection_string is None:
            _require_client(credentials.azure_client_id)
        case "gcs" if not (settings.gcs_credentials_file or settings.storage_emulator_host):
            _require_account(environ.get(IDENTITY_VARIABLE))
    return credentials


def main() -> int:
    """Make the probes and print their answers; 0 also where some have failed."""
    settings = parse_settings(Variables(dict(os.environ), "the environment"))
    try:
        credentials = agents_credentials(settings, os.environ)
    except NotTheAgent as reason:
        emit_json({"not_run": str(reason), "probes": []})
        return 0
    url = store_url(settings)
    store = open_store(str(url), credentials=credentials)
    answers = list(probes_within(store))
    if can_refuse(settings):
        answers += probes_outside(open_store(str(replace(url, prefix="")), credentials=credentials))
    emit_json({"not_run": "", "probes": [asdict(answer) for answer in answers]})
    return 0


def _allowed(name: str, act: Callable[[], object]) -> Answer:
    try:
        act()
    except _Failed as wrong:
        return Answer(name, "allowed", "failed", str(wrong))
    except StoreError as error:
        return Answer(name, "allowed", "failed", f"{error.code}: {error}")
    except Exception as error:  # noqa: BLE001 - whatever an SDK says, the agent would have met it, too
        return Answer(name, "allowed", "failed", f"{type(error).__name__}: the SDK gave up")
    return Answer(name, "allowed", "passed")


def _refused(name: str, act: Callable[[], object]) -> Answer:
    try:
        act()
    except AccessDenied:
        return Answer(name, "refused", "passed")
    except (NotFound, ConditionFailed):
        return Answer(name, "refused", "failed", "it was let through; nothing was there to be had")
    except Exception as error:  # noqa: BLE001 - as above; what is no answer proves nothing
        return Answer(
            name, "refused", "not run", f"{type(error).__name__}: the service did not answer"
        )
    return Answer(name, "refused", "failed", "it was let through")


def _tidy(store: BlobStore) -> None:
    before = datetime.now(UTC) - _LEFT_BEHIND
    for left in list(store.scan(PROBE_PREFIX)):
        if left.modified < before:
            store.delete(left.key)


def _read_back(store: BlobStore, key: Key) -> None:
    if store.read(key).data != _CONTENT:
        raise _Failed("other bytes came back than were written")


def _refuse_stale(store: BlobStore, key: Key) -> None:
    try:
        store.write(key, _CONTENT, when=ABSENT)
    except ConditionFailed:
        return
    raise _Failed("a write under a condition that did not hold was let through")


def _delete(store: BlobStore, key: Key) -> None:
    store.delete(key)
    try:
        store.stat(key)
    except NotFound:
        return
    raise _Failed("it is still there")


def _of_role(credentials: Credentials, role: str | None, region: str) -> Credentials:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    if not role:
        raise NotTheAgent("The environment has no role of the agent and no key.")
    try:
        answer = boto3.client("sts", region_name=region).assume_role(
            RoleArn=role, RoleSessionName="kb-drift", DurationSeconds=900
        )
    except (BotoCoreError, ClientError) as error:
        raise NotTheAgent(
            f"{role} cannot be assumed from here ({type(error).__name__}): only those whom "
            "agent_trust names can; run kb drift as one of them."
        ) from error
    made = answer["Credentials"]
    return replace(
        credentials,
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
    )


def _require_client(client_id: str | None) -> None:
    """Refuse the credentials of this machine, unless they are those of the agent's managed identity."""
    from azure.core.exceptions import ClientAuthenticationError
    from azure.identity import DefaultAzureCredential

    # The type checker knows only some of the names that the credentials of the chain take.
    identity: dict[str, Any] = {"managed_identity_client_id": client_id} if client_id else {}
    try:
        token = DefaultAzureCredential(**identity).get_token(_STORAGE_SCOPE).token
    except ClientAuthenticationError as error:
        raise NotTheAgent(
            "Azure gives no token here: run kb drift where the agent runs."
        ) from error
    if client_of(token) != client_id:
        raise NotTheAgent(
            "Azure's credentials here are not those of the agent's managed identity "
            f"{client_id}: run kb drift where the agent runs."
        )


def _require_account(email: str | None) -> None:
    """Refuse the credentials of this machine, unless they are those of the agent's service account."""
    import google.auth
    from google.auth.exceptions import GoogleAuthError
    from google.auth.transport.requests import Request

    try:
        credentials: Any = google.auth.default(scopes=[_READ_SCOPE])[0]
        credentials.refresh(Request())
    except GoogleAuthError as error:
        raise NotTheAgent(
            "Google gives no token here: run kb drift where the agent runs."
        ) from error
    if not email or getattr(credentials, "service_account_email", None) != email:
        raise NotTheAgent(
            f"Google's credentials here are not those of {email or 'a service account of the agent'}: "
            "run kb drift where the agent runs."
        )


def client_of(token: str) -> str | None:
    """Return the client that a token of Entra ID was given to; None where it does not say."""
    payload = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return None
    client = claims.get("appid") or claims.get("azp")
    return str(client) if client else None


if __name__ == "__main__":
    sys.exit(main())
