"""A Pulumi provider that answers for one emulated cloud: what the engine asks, in the handlers' terms."""

import hashlib
import random
import uuid
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import ResourceProviderServicer, plugin_pb2
from pulumi.runtime.proto import provider_pb2 as wire

from infra import rules
from infra.local_cloud import servers
from infra.local_cloud.control_plane import ControlPlane, control_plane_of
from infra.local_cloud.handlers import (
    AlreadyExists,
    Catalog,
    Cloud,
    Handler,
    Live,
    Naming,
    Session,
)
from infra.local_cloud.refusals import Refusals
from infra.local_cloud.stacks import LocalCloudError, require_local
from infra.local_cloud.values import Properties, from_struct, is_known, same_document, to_struct

# What the SDKs put among the inputs for the engine's own use.
_INTERNAL = frozenset({"__defaults", "__internal", "version", "pluginDownloadURL"})


class LocalProvider(ResourceProviderServicer):
    """Serves one cloud for one stack.

    Every request that names a resource is refused unless the stack in its URN is local, before anything is
    done. Refusals are sentences: what the engine shows is what the person reads.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._session: Session | None = None
        self._catalog: Catalog | None = None

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return wire.ProviderHandshakeResponse(accept_secrets=False, accept_resources=False)

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=version(self._cloud.distribution))

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        with Refusals(context, self._absent):
            require_local(_stack(request.urn))
            config = _own(from_struct(request.news))
            found = self._cloud.config_failures(config)
            return wire.CheckResponse(inputs=request.news, failures=_failures(found))

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        with Refusals(context, self._absent):
            require_local(_stack(request.urn))
            same = from_struct(request.old_inputs or request.olds) == from_struct(request.news)
            return wire.DiffResponse(changes=_changes(not same))

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        with Refusals(context, self._absent):
            stack = _stack(request.urn)
            require_local(stack)
            self._session = Session(
                stack,
                servers.endpoints(stack, names=self._cloud.emulators),
                control_plane_of(stack),
                _own(from_struct(request.args)),
            )
            self._catalog = self._cloud.open(self._session)
            return wire.ConfigureResponse(
                acceptSecrets=False, supportsPreview=True, acceptResources=False
            )

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        with Refusals(context, self._absent):
            token, handler = self._handler(request.urn)
            inputs = _own(from_struct(request.news))
            naming = _naming(request.urn, request.randomSeed)
            inputs = handler.prepare(inputs, from_struct(request.olds), naming)
            found = self._cloud.failures(token, inputs) or _unmet(token, inputs)
            return wire.CheckResponse(inputs=to_struct(inputs), failures=_failures(found))

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        with Refusals(context, self._absent):
            _, handler = self._handler(request.urn)
            outputs, news = from_struct(request.olds), _own(from_struct(request.news))
            olds = _own(from_struct(request.old_inputs))
            changed = {
                name
                for name in olds.keys() | news.keys()
                if not _same(olds.get(name), news.get(name)) and name not in request.ignoreChanges
            }
            self._written_down(handler, request.urn, olds)
            live = handler.read(request.id, olds, outputs)
            replaces = changed & handler.replaces
            if live is None and not replaces:
                return _rebuild(handler, news)
            name = handler.name_property
            return wire.DiffResponse(
                changes=_changes(bool(changed) or (live is not None and _moved(live, outputs))),
                diffs=sorted(changed),
                replaces=sorted(replaces),
                # Two cannot have one name at the same time.
                deleteBeforeReplace=bool(replaces) and (name is None or name not in changed),
            )

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        with Refusals(context, self._absent):
            _, handler = self._handler(request.urn)
            inputs = _own(from_struct(request.properties))
            if request.preview:
                return wire.CreateResponse(properties=to_struct(inputs))
            state = self._create(handler, request.urn, inputs)
            return wire.CreateResponse(id=state[0], properties=to_struct(state[1]))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        with Refusals(context, self._absent):
            _, handler = self._handler(request.urn)
            inputs = _own(from_struct(request.inputs))
            live = handler.read(request.id, inputs, from_struct(request.properties))
            if live is None:
                return wire.ReadResponse()
            return wire.ReadResponse(
                id=request.id,
                inputs=to_struct(live.inputs),
                properties=to_struct(live.outputs),
            )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        with Refusals(context, self._absent):
            _, handler = self._handler(request.urn)
            outputs, inputs = from_struct(request.olds), _own(from_struct(request.news))
            if request.preview:
                return wire.UpdateResponse(properties=to_struct({**outputs, **inputs}))
            if handler.read(request.id, inputs, outputs) is None:
                made = handler.create(inputs).outputs
            else:
                made = handler.update(request.id, inputs, outputs)
            return wire.UpdateResponse(properties=to_struct(made))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        with Refusals(context, self._absent):
            _, handler = self._handler(request.urn)
            outputs = from_struct(request.properties)
            handler.delete(request.id, outputs)
            return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        with Refusals(context, self._absent):
            function = self._open().functions.get(request.tok)
            if function is None:
                raise LocalCloudError(f"The local cloud does not serve the function {request.tok}.")
            arguments = _own(from_struct(request.args))
            if not is_known(arguments):
                raise LocalCloudError(
                    f"{request.tok} was called with a value that is not known yet."
                )
            response = wire.InvokeResponse()
            getattr(response, "return").CopyFrom(to_struct(function(arguments)))  # a keyword
            return response

    def _create(self, handler: Handler, urn: str, inputs: Properties) -> tuple[str, Properties]:
        claim, plane = handler.claim(inputs), self._plane()
        left_behind = claim is not None and plane.claim(claim, urn) == urn
        try:
            state = handler.create(inputs)
        except AlreadyExists:
            if not left_behind:
                if claim:
                    plane.release(claim, urn)
                raise
            # An engine that was killed made it for this very resource and could not write that down.
            resource_id = handler.id_of(inputs)
            return resource_id, handler.update(resource_id, inputs, {})
        return state.id, state.outputs

    def _written_down(self, handler: Handler, urn: str, inputs: Properties) -> None:
        """The engine asks about a resource that its state has: nothing is left behind any more."""
        claim = handler.claim(inputs)
        if claim:
            self._plane().release(claim, urn)

    def _absent(self) -> str | None:
        """Say which emulator has ended since the start of this update; None when all are there."""
        if self._session is None:
            return None
        try:
            servers.endpoints(self._session.stack, names=self._cloud.emulators)
        except LocalCloudError as error:
            return f"The emulator has ended meanwhile. {error}, then kb up -s {self._session.stack}"
        return None

    def _plane(self) -> ControlPlane:
        if self._session is None:
            raise LocalCloudError("The provider has not been configured.")
        return self._session.plane

    def _open(self) -> Catalog:
        if self._catalog is None:
            raise LocalCloudError("The provider has not been configured.")
        return self._catalog

    def _handler(self, urn: str) -> tuple[str, Handler]:
        require_local(_stack(urn))
        token = urn.split("::")[2].rpartition("$")[2]
        handler = self._open().handlers.get(token)
        if handler is None:
            known = ", ".join(sorted(self._open().handlers))
            raise LocalCloudError(f"The local cloud does not serve {token}. It serves {known}.")
        return token, handler


def _stack(urn: str) -> str:
    parts = urn.removeprefix("urn:pulumi:").split("::")
    return parts[0] if len(parts) >= 4 else ""


def _own(properties: Properties) -> Properties:
    return {name: value for name, value in properties.items() if name not in _INTERNAL}


def _naming(urn: str, seed: bytes) -> Naming:
    origin = seed or urn.encode()
    digest = hashlib.sha256(origin).hexdigest()
    return Naming(
        name=urn.rpartition("::")[2],
        suffix=digest[:7],
        uuid=str(uuid.UUID(bytes=random.Random(digest).randbytes(16), version=4)),  # noqa: S311 - a name
    )


def _same(one: Any, other: Any) -> bool:
    """Whether two values mean the same: a JSON document may be written in many ways."""
    if isinstance(one, str) and isinstance(other, str) and one[:1] == other[:1] == "{":
        return same_document(one, other)
    return bool(one == other)


def _moved(live: Live, outputs: Mapping[str, Any]) -> bool:
    """Whether an address that the program exports is another one than the state has."""
    endpoints = live.outputs.get("primaryEndpoints")
    return endpoints is not None and endpoints != outputs.get("primaryEndpoints")


def _rebuild(handler: Handler, news: Properties) -> Any:
    # A real provider would say "unchanged" until a refresh. An emulator that lost its memory is this cloud's
    # daily event, so that a plain `up` makes anew what is gone: in place where that can be, for a replacement
    # would first delete everything that depends on it, documents too.
    some = sorted(news)[:1]
    return wire.DiffResponse(
        changes=wire.DiffResponse.DIFF_SOME,
        diffs=some,
        replaces=[] if handler.remade_in_place else some,
        deleteBeforeReplace=True,
    )


def _changes(changed: bool) -> Any:
    return wire.DiffResponse.DIFF_SOME if changed else wire.DiffResponse.DIFF_NONE


def _unmet(token: str, inputs: Properties) -> list[tuple[str, str]]:
    """What our own rules demand of an environment that is emulated, where the vendor's would let it pass."""
    return [
        (finding.path, f"{finding.sentence} (rule {finding.rule})")
        for finding in rules.findings(token, inputs, posture="emulated")
    ]


def _failures(found: list[tuple[str, str]]) -> list[Any]:
    return [wire.CheckFailure(property=path, reason=reason) for path, reason in found]
