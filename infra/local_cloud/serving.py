"""The process of a provider plugin: started by an engine, ended with it, however the engine ends."""

import os
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from infra.local_cloud.handlers import Cloud
from infra.local_cloud.provider import LocalProvider

_BYTES_MAX = 400 * 1024 * 1024  # what the engine allows itself
_THREADS = 16
_LOOK_SECONDS = 0.5


def serve(cloud: Cloud, *, engine_address: str) -> None:
    """Serve until the engine that started this process ends; prints the port first, as the engine expects.

    Args:
        cloud: what to answer for.
        engine_address: `host:port` where the engine listens.
    """
    engine = os.getppid()
    if not _listens(engine_address):
        return  # it was gone before its id could be read: that id is already another's
    server = grpc.server(
        ThreadPoolExecutor(_THREADS),
        options=[
            ("grpc.max_receive_message_length", _BYTES_MAX),
            ("grpc.max_send_message_length", _BYTES_MAX),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(LocalProvider(cloud), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    threading.Thread(target=_end_with, args=(engine,), daemon=True).start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()


def _end_with(parent: int) -> None:
    """End this process when its parent is gone.

    Looked at, not asked of the system: Linux's PR_SET_PDEATHSIG tells of the end of the parent's *thread*,
    and the engine's threads come and go.
    """
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(0)  # nobody is left to answer to


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except (OSError, ValueError):
        return False
    return True
