"""Stores as any process of this machine opens them: by URL, with the emulators' credentials."""

from app.store.stack import Stack, open_stack
from app.store.url import Credentials, open_store
from infra.local_cloud import credentials


def opened(url: str, azurite_url: str) -> Stack:
    """Return the store that `url` names.

    Args:
        url: see `app.store.url`.
        azurite_url: Azurite's blob endpoint; "" for other stores.
    """
    azure = credentials.azurite_connection_string(azurite_url) if azurite_url else None
    known = Credentials(
        aws_access_key_id=credentials.MOTO_ACCESS_KEY_ID,
        aws_secret_access_key=credentials.MOTO_SECRET_ACCESS_KEY,
        azure_connection_string=azure,
    )
    return open_stack(open_store(url, credentials=known))
