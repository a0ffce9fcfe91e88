"""A program that says everything it can: run by the tests, under `kb run`, with planted secrets.

Logs of every library at DEBUG, spans and metrics of OpenTelemetry, the transcript of a question, the text of
every exception with its traceback, and of every object at hand.
"""

import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from app.agent.agent import KnowledgeBaseAgent
from app.agent.model import DEFAULT_MODEL, open_client
from app.environment import open_store, store_address, store_url
from app.settings import Variables, parse_settings
from app.storage import AzureBlobStorage, S3Storage
from app.store.contract import BlobStore, Upload
from app.store.keys import parse_key


def main() -> None:
    """Do everything in each situation that the environment describes."""
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    _set_up_telemetry()
    tracer = trace.get_tracer("canaries")
    situations: dict[str, dict[str, str]] = json.loads(os.environ["CANARIES_SITUATIONS"])
    for name, variables in situations.items():
        with tracer.start_as_current_span(name):
            for attempt in (_store, _question, _storage):
                _said(partial(attempt, {**os.environ, "KB_MONITORED": "1", **variables}))
        sys.stdout.write(f"done with {name}\n")
    metrics.get_meter_provider().shutdown()  # type: ignore[attr-defined]  # the SDK's provider has it


def _set_up_telemetry() -> None:
    reader = PeriodicExportingMetricReader(ConsoleMetricExporter())
    metrics.set_meter_provider(MeterProvider([reader]))
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter()))
    trace.set_tracer_provider(tracing)


def _store(values: dict[str, str]) -> None:
    settings = parse_settings(Variables(values, "the environment"))
    _print(settings, store_url(settings), store_address(settings))
    store = open_store(settings)
    _print(store)
    for call in _calls(store):
        _said(call)
    store.close()


def _calls(store: BlobStore) -> Iterator[Callable[[], object]]:
    key, missing = parse_key("canary.md"), parse_key("missing.md")
    yield lambda: store.write(key, b"# A note\n\nThe canary sings at noon.\n")
    yield lambda: store.read(missing)
    yield lambda: list(store.scan(""))
    yield lambda: list(store.read_many([key, missing]))
    yield lambda: list(store.write_many([Upload(key, b"# A note\n\nThe canary sings at noon.\n")]))


def _question(values: dict[str, str]) -> None:
    settings = parse_settings(Variables(values, "the environment"))
    for model, key in (("offline", None), (DEFAULT_MODEL, values["ANTHROPIC_API_KEY"])):
        client = open_client(model, key)
        agent = KnowledgeBaseAgent.over(open_store(settings), client=client, model=model)
        conversation = agent.conversation()
        _print(agent, client)
        _said(partial(conversation.ask, "When does the canary sing?"))
        _print(json.dumps(conversation.messages, default=repr))


def _storage(values: dict[str, str]) -> None:
    storage: S3Storage | AzureBlobStorage
    if values["STORAGE_TYPE"] == "s3":
        storage = S3Storage(
            values["AWS_BUCKET_NAME"],
            aws_access_key_id=values["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=values["AWS_SECRET_ACCESS_KEY"],
            region_name="us-east-1",
            endpoint_url=values["AWS_ENDPOINT_URL_S3"],
        )
    else:
        storage = AzureBlobStorage(
            values["AZURE_STORAGE_CONNECTION_STRING"], values["AZURE_CONTAINER_NAME"]
        )
    _print(storage, storage.write_file("a.md", "text"), storage.list_files())


def _said(call: Callable[[], object]) -> None:
    try:
        _print(call())
    except Exception as error:  # noqa: BLE001 - whatever it says is what is looked at
        traceback.print_exc()
        chain: BaseException | None = error
        while chain is not None:
            _print(chain, chain.args, getattr(chain, "__dict__", None))
            chain = chain.__cause__ or chain.__context__


def _print(*things: object) -> None:
    for thing in things:
        sys.stdout.write(f"{thing!r}\n{thing}\n")


if __name__ == "__main__":
    main()
