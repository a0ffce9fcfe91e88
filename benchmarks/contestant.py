"""One contestant of benchmarks/store.py, in a process of its own; prints what it cost as a JSON line."""

import argparse
import functools
import io
import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from app.store.contract import Blob, BlobInfo, BlobStore, Source, Upload
from app.store.keys import Key
from app.store.operations import read_in_parts
from benchmarks.sinks import Sink

CONCURRENCY: Final = 16
_BUCKET: Final = "benchmark"
_ANY: Final = "the sink checks no signatures"
_SMALL: Final = bytes(4096)

Work = Callable[[Iterable[str]], None]


def open_store(service: str, sink: Sink) -> BlobStore:
    """Return this package's store."""
    if service == "s3":
        from app.store.backends.s3 import S3Store

        return S3Store(
            _BUCKET,
            endpoint_url=sink.url,
            region_name="us-east-1",
            aws_access_key_id="sink",
            aws_secret_access_key=_ANY,
            concurrency=CONCURRENCY,
        )
    from app.store.backends.azure import AzureStore

    return AzureStore(
        _BUCKET, connection_string=sink.azure_connection_string, concurrency=CONCURRENCY
    )


def ours(service: str, verb: str, sink: Sink) -> Work:
    """The store's bulk verbs."""
    store = open_store(service, sink)

    def write(names: Iterable[str]) -> None:
        for answer in store.write_many(Upload(Key(name), _SMALL) for name in names):
            assert isinstance(answer, BlobInfo), answer

    def read(names: Iterable[str]) -> None:
        for answer in store.read_many(Key(name) for name in names):
            assert isinstance(answer, Blob), answer
            assert len(answer.data) == len(_SMALL)

    return write if verb == "write_many" else read


def sdk(service: str, verb: str, sink: Sink) -> Work:
    """The vendor's SDK on threads."""
    return _in_order(_boto3(verb, sink) if service == "s3" else _azure_storage_blob(verb, sink))


def _in_order(call: Callable[[str], Any]) -> Work:
    """Run calls on threads and take their answers in order, as the bulk verbs give them."""

    def work(names: Iterable[str]) -> None:
        with ThreadPoolExecutor(CONCURRENCY) as pool:
            for _ in pool.map(call, names):
                pass

    return work


def _boto3(verb: str, sink: Sink) -> Callable[[str], Any]:
    from app.store.backends.aws.clients import Clients

    # Set up as the store's own is: without Expect and trailing checksums, which cost it another 40 %.
    client = Clients(
        region_name="us-east-1",
        endpoint_url=sink.url,
        aws_access_key_id="sink",
        aws_secret_access_key=_ANY,
        aws_session_token=None,
        connections_max=2 * CONCURRENCY,
    ).retrying
    if verb == "write_many":
        return lambda name: client.put_object(Bucket=_BUCKET, Key=name, Body=_SMALL)
    return lambda name: client.get_object(Bucket=_BUCKET, Key=name)["Body"].read()


def _azure_storage_blob(verb: str, sink: Sink) -> Callable[[str], Any]:
    from azure.storage.blob import ContainerClient

    client = ContainerClient.from_connection_string(sink.azure_connection_string, _BUCKET)
    if verb == "write_many":
        return lambda name: client.upload_blob(name, _SMALL, overwrite=True)
    return lambda name: client.download_blob(name).readall()


class _Zeros(io.BytesIO):
    """So many zeros, made when they are read."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size

    def read(self, size: int | None = -1, /) -> bytes:
        given = min(self._left, self._left if size is None or size < 0 else size)
        self._left -= given
        return bytes(given)


def upload_large(service: str, sink: Sink, size: int) -> None:
    """Write one large object from a source."""
    source = Source(size, lambda: _Zeros(size))
    assert open_store(service, sink).write(Key("large"), source).size_stored == size


def download_large(service: str, sink: Sink, size: int) -> None:
    """Read one large object in spans of one version."""
    read = read_in_parts(open_store(service, sink), Key("large"))
    assert sum(map(len, read.parts)) == size


CONTESTANTS: Final[dict[str, Callable[[str, str, Sink], Work]]] = {
    "ours": ours,
    "sdk": sdk,
}


def _large(verb: str) -> Callable[[str, Sink, int], Callable[[], None]]:
    work = upload_large if verb == "up" else download_large
    return lambda service, sink, size: functools.partial(work, service, sink, size)


def _bulk(contestant: str, verb: str) -> Callable[[str, Sink, int], Callable[[], None]]:
    def prepare(service: str, sink: Sink, objects: int) -> Callable[[], None]:
        work = CONTESTANTS[contestant](service, verb, sink)
        # What is made once is no part of the cost of an object.
        work(["k/000000"])
        return functools.partial(work, (f"k/{number:06}" for number in range(objects)))

    return prepare


def main() -> None:
    """Do the work and print its cost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("contestant", choices=[*CONTESTANTS, "large"])
    parser.add_argument("service", choices=["s3", "azure"])
    parser.add_argument("verb", choices=["read_many", "write_many", "up", "down"])
    parser.add_argument("url")
    parser.add_argument("count", type=int, help="objects, or bytes of a large one")
    given = parser.parse_args()
    work = (
        _large(given.verb) if given.contestant == "large" else _bulk(given.contestant, given.verb)
    )
    do = work(given.service, Sink(given.url), given.count)
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    do()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cost = {
        "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "wall_seconds": wall,
        # Linux counts in KiB, macOS in bytes.
        "rss_bytes": after.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }
    print(json.dumps(cost))


if __name__ == "__main__":
    main()
