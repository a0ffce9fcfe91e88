"""What lies in an environment's store, for programs that may not open one."""

from collections.abc import Iterator
from contextlib import closing

from app.environment import Environments, credentials_of, store_url
from app.store.errors import StoreError
from app.store.url import open_store
from app.terms.answers import Refusal
from app.terms.inventory import Document


def documents_of(environments: Environments, stack: str | None) -> Iterator[Document]:
    """Yield every object in an environment's store as the service holds it: no layer stands between.

    Raises:
        Refusal: the store cannot be listed; its own sentence.
    """
    settings = environments.settings(stack)
    try:
        with closing(
            open_store(str(store_url(settings)), credentials=credentials_of(settings))
        ) as store:
            for info in store.scan():
                yield Document(
                    path=info.key,
                    size_bytes=info.size_stored,
                    modified=info.modified,
                    tier=info.tier,
                )
    except StoreError as error:
        raise Refusal(str(error)) from error
