"""The agent's calls as `kb drift` makes them: with its own variables only, judged by IAM where moto can."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from pydantic import SecretStr

import app.probe
from app.store.backends.s3 import S3Store
from app.terms.outputs import Outputs
from infra.access import iam_policy
from infra.drift import probes
from infra.drift.probes import Probed, probe

BUCKET = "kb-drift-probes"
AGENT = "kb-drift-agent"
EVERYTHING = {"Sid": "All", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def test_infra_and_the_probes_call_the_agent_by_one_variable() -> None:
    assert vars(probes)["IDENTITY_VARIABLE"] == vars(app.probe)["IDENTITY_VARIABLE"]


def test_what_the_shell_holds_does_not_reach_the_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = {
        "AWS_ACCESS_KEY_ID": "theirs",
        "AWS_PROFILE": "theirs",
        "AWS_SESSION_TOKEN": "theirs",
        "KB_PREFIX": "theirs/",
        "AZURE_STORAGE_CONNECTION_STRING": "theirs",
        "ANTHROPIC_API_KEY": "theirs",
    }
    agents = {"AWS_ACCESS_KEY_ID": "agent", "AWS_SECRET_ACCESS_KEY": "agent"}

    found = probes.environ_of({"PATH": "/bin", **theirs}, agents)

    assert found == {"PATH": "/bin", **agents}


def test_a_login_stays_where_the_agent_is_a_role_to_be_taken_on() -> None:
    login = {"AWS_PROFILE": "deployer", "AWS_SESSION_TOKEN": "token"}

    assert probes.environ_of(login, {"AWS_BUCKET_NAME": BUCKET}) == {
        **login,
        "AWS_BUCKET_NAME": BUCKET,
    }


def test_probes_that_cannot_start_are_not_run_and_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "MODULE", "app.no_such_module")

    (only,) = probe(outputs("http://127.0.0.1:1", ("id", "secret")))

    assert (only.cloud, only.outcome) == ("aws", "not run")
    assert "app.no_such_module" in only.message


@pytest.mark.emulator
def test_the_declared_policy_lets_the_agent_work(agent: "Agent") -> None:
    agent.may(agent.declared())

    found = agent.probes()

    assert {one.outcome for one in found} == {"passed"}
    assert len(found) == 6


@pytest.mark.emulator
def test_a_policy_without_writes_is_found_out(agent: "Agent") -> None:
    policy = agent.declared()
    policy["Statement"][0]["Action"].remove("s3:PutObject")
    agent.may(policy)

    found = {one.probe: one for one in agent.probes()}

    assert (found["list"].outcome, found["write"].outcome) == ("passed", "failed")
    assert "access_denied" in found["write"].message
    assert found["read"].outcome == "not run"


@pytest.mark.emulator
def test_the_declared_policy_is_refused_outside_and_a_wider_one_is_found_out(
    agent: "Agent",
) -> None:
    agent.may(agent.declared())
    refused = agent.probes_outside()
    agent.may({**agent.declared(), "Statement": [EVERYTHING]})
    wider = agent.probes_outside()

    # moto reads no conditions: a listing, which `s3:prefix` alone limits, is let through there.
    assert (refused["read outside"], refused["write outside"]) == ("passed", "passed")
    assert set(wider.values()) == {"failed"}
    assert list(agent.store.scan()) == []


@dataclass
class Agent:
    """A user of a moto that enforces IAM while the agent calls, and only then: that is global to a server."""

    url: str
    iam: Any
    key: tuple[str, str]

    def declared(self) -> dict[str, Any]:
        return iam_policy("agent", bucket_arn=f"arn:aws:s3:::{BUCKET}", prefix="kb/")

    def may(self, policy: dict[str, Any]) -> None:
        self.iam.put_user_policy(
            UserName=AGENT, PolicyName="may", PolicyDocument=json.dumps(policy)
        )

    def probes(self) -> tuple[Probed, ...]:
        with self._enforced():
            return probe(outputs(self.url, self.key))

    def probes_outside(self) -> dict[str, str]:
        with self._enforced():
            return {one.probe: one.outcome for one in app.probe.probes_outside(self.store)}

    @property
    def store(self) -> S3Store:
        return S3Store(
            BUCKET,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=self.key[0],
            aws_secret_access_key=self.key[1],
        )

    @contextmanager
    def _enforced(self) -> Iterator[None]:
        self._enforce(b"0")
        try:
            yield
        finally:
            self._enforce(b"inf")

    def _enforce(self, calls_before: bytes) -> None:
        # As a form, moto would take the body for a field's name.
        request = Request(  # noqa: S310 - loopback
            f"{self.url}/moto-api/reset-auth", calls_before, {"Content-Type": "text/plain"}
        )
        with urlopen(request) as answer:  # noqa: S310 - loopback
            answer.read()


@pytest.fixture
def agent(moto_url: str) -> Iterator[Agent]:
    """The agent, its key and its bucket; gone at the end."""
    s3, iam = _client(moto_url, "s3"), _client(moto_url, "iam")
    s3.create_bucket(Bucket=BUCKET)
    iam.create_user(UserName=AGENT)
    key = iam.create_access_key(UserName=AGENT)["AccessKey"]
    yield Agent(moto_url, iam, (key["AccessKeyId"], key["SecretAccessKey"]))
    iam.delete_access_key(UserName=AGENT, AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName=AGENT, PolicyName="may")
    iam.delete_user(UserName=AGENT)
    s3.delete_bucket(Bucket=BUCKET)


def _client(url: str, service: Any) -> Any:
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )


def outputs(endpoint: str, key: tuple[str, str]) -> Outputs:
    return Outputs(
        schema_version=1,
        given=(),
        environment="local",
        primary="aws",
        prefix="kb/",
        aws_bucket=BUCKET,
        aws_region="us-east-1",
        aws_endpoint_url=endpoint,
        aws_agent_access_key_id=key[0],
        aws_agent_secret_access_key=SecretStr(key[1]),
    )
