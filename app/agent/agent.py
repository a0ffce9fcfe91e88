"""The guide's agent: a storage, a model, and questions."""

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from app.agent.answer import Answer, Event
from app.agent.ledger import Ledger
from app.agent.loop import Conversation, Limits
from app.agent.model import DEFAULT_MODEL
from app.agent.toolbox import Toolbox
from app.storage import AzureBlobStorage, BlobStorage, FileSystemStorage, GCSStorage, S3Storage

if TYPE_CHECKING:
    from anthropic import Anthropic

    from app.store.contract import BlobStore


class KnowledgeBaseAgent:
    """Answers questions from a knowledge base, with citations.

    Args:
        api_key: Anthropic API key; default: $ANTHROPIC_API_KEY.
        storage_type: "filesystem", "azure", "s3" or "gcs".
        storage_config: what the storage's class takes. filesystem: `path`; azure: `connection_string`,
            `container_name`; s3: `bucket_name`, `aws_access_key_id`, `aws_secret_access_key`, `region_name`,
            `endpoint_url`; gcs: `bucket_name`, `endpoint_url`, `credentials_file`. Each also takes what every
            storage does (`app.storage.options.StorageOptions`).
        model: id of the Claude model.

    Attributes:
        storage: the guide's storage object.
        client: of the Messages API.
        model: the model's id.
        tools: the tools' definitions.

    Raises:
        ValueError: no API key, or an unknown storage type.
    """

    def __init__(
        self,
        api_key: str | None = None,
        storage_type: str = "filesystem",
        storage_config: Mapping[str, Any] | None = None,
        model: str = DEFAULT_MODEL,
    ) -> None:
        key = api_key or os.environ.get("ANTHROPIC_API_KEY")
        if not key:
            raise ValueError("API key must be provided")
        storage = _open_storage(storage_type, storage_config or {})
        from anthropic import Anthropic  # half a second: not for those whose arguments are wrong

        self._set_up(storage, Anthropic(api_key=key), model, writes=True, limits=Limits())

    @classmethod
    def over(
        cls,
        store: "BlobStore",
        *,
        client: "Anthropic",
        model: str = DEFAULT_MODEL,
        writes: bool = True,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> Self:
        """Return an agent over any store and client.

        Args:
            store: where the documents are.
            client: of the Messages API; `app.agent.model.open_client` makes one.
            model: what the API and the answers call the model.
            writes: whether the model may change documents.
            limits: for each question.
        """
        agent = cls.__new__(cls)
        agent._set_up(BlobStorage(store), client, model, writes=writes, limits=limits)
        return agent

    def _set_up(
        self,
        storage: BlobStorage,
        client: "Anthropic",
        model: str,
        *,
        writes: bool,
        limits: Limits,
    ) -> None:
        self.storage = storage
        self.client = client
        self.model = model
        self.tools = self._toolbox(Ledger(), storage, writes=writes).definitions
        self._writes = writes
        self._limits = limits

    def ask(self, question: str) -> Answer:
        """Answer one question, in a conversation of its own.

        Raises:
            ValueError: the question is empty.
            app.agent.model.ModelError: the model cannot be reached or refuses the request.
        """
        return self.conversation().ask(_asked(question))

    def stream(self, question: str) -> Iterator[Event]:
        """Answer one question, and yield what happens; the last event is the Answer. Raises as `ask`."""
        return self.conversation().stream(_asked(question))

    def conversation(self) -> Conversation:
        """Start a conversation: its questions may refer to each other."""
        ledger = Ledger()
        return Conversation(
            self.client,
            model=self.model,
            toolbox=self._toolbox(ledger, self.storage, writes=self._writes),
            ledger=ledger,
            limits=self._limits,
        )

    @staticmethod
    def _toolbox(ledger: Ledger, storage: BlobStorage, *, writes: bool) -> Toolbox:
        return Toolbox(storage.store, ledger, writes=writes)


def _asked(question: str) -> str:
    if not question.strip():
        raise ValueError("The question is empty")
    return question


def _open_storage(storage_type: str, config: Mapping[str, Any]) -> BlobStorage:
    match storage_type:
        case "filesystem":
            return FileSystemStorage(**{"path": "./storage", **config})
        case "azure":
            return AzureBlobStorage(**config)
        case "s3":
            return S3Storage(**config)
        case "gcs":
            return GCSStorage(**config)
    raise ValueError(f"Unknown storage type: {storage_type}")
