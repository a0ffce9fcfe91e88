"""A knowledge base in memory, and agents over it."""

from collections.abc import Callable, Iterator, Mapping

import pytest
from anthropic import Anthropic

from app.agent.agent import KnowledgeBaseAgent
from app.agent.loop import Limits
from app.store.backends.memory import MemoryStore
from app.store.keys import parse_key
from tests.app.agent.aimock_server import running_aimock

MakeStore = Callable[[Mapping[str, str]], MemoryStore]
Connect = Callable[..., KnowledgeBaseAgent]


def store_of(documents: Mapping[str, str]) -> MemoryStore:
    store = MemoryStore()
    for path, text in documents.items():
        store.write(parse_key(path), text.encode())
    return store


@pytest.fixture(scope="session")
def aimock_url() -> Iterator[str]:
    """Where the mock Messages API answers; fixtures: aimock/fixtures."""
    with running_aimock() as url:
        yield url


@pytest.fixture
def connect(aimock_url: str, request: pytest.FixtureRequest) -> Iterator[Connect]:
    """An agent over a store, asking the mock server; counters are this test's own."""
    clients: list[Anthropic] = []

    def connected(store: MemoryStore, limits: Limits | None = None) -> KnowledgeBaseAgent:
        client = Anthropic(
            api_key="mock",
            base_url=aimock_url,
            max_retries=0,
            default_headers={"X-Test-Id": request.node.name},
        )
        clients.append(client)
        return KnowledgeBaseAgent.over(store, client=client, limits=limits or Limits())

    yield connected
    for client in clients:
        client.close()
