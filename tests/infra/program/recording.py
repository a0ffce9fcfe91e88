"""The program under Pulumi's mocks: run with any configuration, recorded."""

import asyncio
import contextvars
import json
import runpy
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime import mocks, stack
from pulumi.runtime.settings import SETTINGS, get_root_resource

PROJECT = Path(__file__).resolve().parents[3]
ENVIRONMENTS = ("local", "dev", "prod")
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
ACCOUNT_KEY = "bm90LXJlYWxseS1h"


@dataclass(frozen=True)
class Resource:
    """A resource as the program asked for it."""

    token: str
    name: str
    inputs: Mapping[str, Any]

    def policy(self, field: str = "policy") -> list[dict[str, Any]]:
        """The statements of the policy document in a field."""
        statements: list[dict[str, Any]] = json.loads(self.inputs[field])["Statement"]
        return statements


@dataclass
class Recording(mocks.Mocks):
    """What the program asked for, and the outputs that it exported."""

    resources: list[Resource] = field(default_factory=list)
    exports: dict[str, Any] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    protected: set[str] = field(default_factory=set)
    """The types of the resources that `pulumi destroy` refuses to delete."""
    read: list[Resource] = field(default_factory=list)
    """What is adopted: read by its id, `inputs` is that id alone; never managed."""
    retained: set[str] = field(default_factory=set)
    """The types of the resources that stay when the environment goes."""
    account_url: object = None

    def of(self, token: str) -> list[Resource]:
        """Every resource of a type: `BlobContainer`, or `gcp:Bucket` where two clouds have one so named."""
        cloud, _, kind = token.rpartition(":")
        return [
            resource
            for resource in self.resources
            if resource.token.startswith(cloud) and resource.token.endswith(f":{kind}")
        ]

    def one(self, token: str) -> Resource:
        """The only resource of a type; where the watch has one of its own, the store's."""
        found = self.of(token)
        (resource,) = [it for it in found if "-watch" not in it.name] or found
        return resource

    def named(self, token: str, identity: str) -> Resource:
        """The resource of a type that belongs to an identity."""
        (resource,) = (found for found in self.of(token) if found.name.endswith(f"-{identity}"))
        return resource

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.resource_id:
            return self._read(args)
        if args.custom:
            self.resources.append(Resource(args.typ, args.name, _with_whole_numbers(args.inputs)))
        outputs: dict[str, Any] = {
            "name": args.inputs.get("name") or args.name,
            "arn": f"arn:aws:iam::123456789012:any/{args.name}",
        }
        if args.typ.startswith("gcp:"):
            outputs = _google_outputs(args)
        if args.typ == "aws:s3/bucket:Bucket":
            outputs |= {
                "bucket": args.name,
                "region": "us-east-1",
                "arn": f"arn:aws:s3:::{args.name}",
            }
        if args.typ.endswith(":StorageAccount"):
            endpoint = f"https://{args.name}.blob.core.windows.net/"
            outputs |= {"primaryEndpoints": {"blob": self.account_url or endpoint}}
            if "identity" in args.inputs:
                ids = args.inputs["identity"]["userAssignedIdentities"]
                outputs["identity"] = {"userAssignedIdentities": {it: {} for it in ids}}
        if args.typ.endswith(":BlobContainer"):
            outputs["name"] = args.inputs["containerName"]
        if args.typ.endswith(":AccessKey"):
            outputs["secret"] = f"secret-of-{args.name}"
        if args.typ.endswith(":UserAssignedIdentity"):
            outputs |= {
                "clientId": f"client-of-{args.name}",
                "principalId": str(uuid.uuid5(uuid.NAMESPACE_URL, args.name)),
            }
        return f"{SUBSCRIPTION}/{args.typ.rpartition(':')[2]}/{args.name}", {
            **args.inputs,
            **outputs,
        }

    def _read(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.read.append(Resource(args.typ, args.name, {"id": args.resource_id}))
        name = str(args.resource_id).rpartition("/")[2]
        endpoint = f"https://{name}.blob.core.windows.net/"
        return str(args.resource_id), {
            "name": name,
            "bucket": name,
            "arn": f"arn:aws:s3:::{name}",
            "region": "us-east-1",
            "location": "westeurope",
            "project": "their-project",
            "projectNumber": 123456789012,
            "primaryEndpoints": {"blob": endpoint},
        }

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        if args.token.endswith(":getClientConfig"):
            return {"subscriptionId": SUBSCRIPTION.rpartition("/")[2]}, []
        if args.token.endswith(":getRegion"):
            return {"region": "us-east-1", "id": "us-east-1"}, []
        if args.token.endswith(":getCallerIdentity"):
            arn = "arn:aws:iam::123456789012:user/deployer"
            return {"accountId": "123456789012", "arn": arn, "userId": "u", "id": "i"}, []
        assert args.token.endswith(":listStorageAccountKeys"), args.token
        return {"keys": [{"keyName": "key1", "permissions": "FULL", "value": ACCOUNT_KEY}]}, []


def _google_outputs(args: mocks.MockResourceArgs) -> dict[str, Any]:
    """What Google adds to the inputs, of the project `example`."""
    inputs, project = args.inputs, args.inputs.get("project", "example")
    pool = (
        f"projects/1/locations/global/workloadIdentityPools/{inputs.get('workloadIdentityPoolId')}"
    )
    email = f"{inputs.get('accountId')}@{project}.iam.gserviceaccount.com"
    return {
        "Bucket": {
            "name": inputs.get("name", f"{args.name}-1a2b3c4"),
            "project": project,
            "projectNumber": 123456789012,
        },
        "Account": {
            "name": f"projects/{project}/serviceAccounts/{email}",
            "email": email,
            "member": f"serviceAccount:{email}",
        },
        "IAMCustomRole": {"name": f"projects/{project}/roles/{inputs.get('roleId')}"},
        "WorkloadIdentityPool": {"name": pool},
        "WorkloadIdentityPoolProvider": {
            "name": f"{pool}/providers/{inputs.get('workloadIdentityPoolProviderId')}"
        },
    }.get(args.typ.rpartition(":")[2], {})


def _with_whole_numbers(value: Any) -> Any:
    """The engine's protocol knows one kind of number."""
    if isinstance(value, dict):
        return {name: _with_whole_numbers(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Monitor(mocks.MockMonitor):
    """Keeps what the mocks are not told: which resources are protected, and which stay."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording)
        self._protected = recording.protected
        self._retained = recording.retained

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of the engine's call
        if request.protect:
            self._protected.add(request.type.rpartition(":")[2])
        if request.retainOnDelete:
            self._retained.add(request.type.rpartition(":")[2])
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK has no types here


def _infra() -> None:
    runpy.run_path(str(PROJECT / "infra"), run_name="__main__")


def run_program(
    config: Mapping[str, Any],
    *,
    environment: str = "test",
    account_url: object = None,
    program: Callable[[], None] = _infra,
) -> Recording:
    """Run infra/ for config keys as an environment file has them; keys of ours without their namespace."""
    recording = Recording(account_url=account_url)
    # Pulumi keeps its settings in context variables: a context per run keeps the runs apart.
    contextvars.copy_context().run(_run, recording, config, environment, program)
    return recording


def _run(
    recording: Recording,
    config: Mapping[str, Any],
    environment: str,
    program: Callable[[], None],
) -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    def open_loop() -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loops.append(loop)

    # Before set_mocks, which takes the current loop. Pulumi's mocks want one in each of their threads, too,
    # and would leave it open.
    open_loop()
    loop = loops[0]
    threads = ThreadPoolExecutor(initializer=open_loop)
    loop.set_default_executor(threads)
    pulumi.runtime.set_mocks(
        recording,
        project="knowledge-base-cloud",
        stack=environment,
        monitor=_Monitor(recording),
    )
    pulumi.runtime.set_all_config({_key(name): _text(value) for name, value in config.items()})

    async def run_and_record() -> None:
        program()
        root = get_root_resource()
        assert isinstance(root, stack.Stack)
        for name, value in root.outputs.items():
            output = pulumi.Output.from_input(value)
            recording.exports[name] = await output.future()
            if await output.is_secret():
                recording.secrets.add(name)

    try:
        # set_mocks has made the root stack already.
        loop.run_until_complete(stack.run_pulumi_func(run_and_record))
    finally:
        threads.shutdown()
        # What a program that failed left waiting belongs to this loop, and the next run would wait for it.
        SETTINGS.outputs.clear()
        SETTINGS.rpc_manager.clear()
        asyncio.set_event_loop(None)
        for opened in loops:
            opened.close()


def _key(name: str) -> str:
    return name if ":" in name else f"knowledge-base-cloud:{name}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def environment_config(environment: str) -> dict[str, Any]:
    """What Pulumi.ENV.yaml configures."""
    read: dict[str, Any] = yaml.safe_load((PROJECT / f"Pulumi.{environment}.yaml").read_text())
    config: dict[str, Any] = read["config"]
    return config
