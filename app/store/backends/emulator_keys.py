"""Keys that everybody knows: published for emulators and in documentation, worth nothing as secrets."""

from typing import Final

from app.store.backends.endpoints import is_loopback
from app.store.errors import StoreOptionError

# Published by Microsoft for Azurite; see "Use Azurite to run automated tests", "Well-known storage account".
AZURITE_KEY: Final = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
# What MinIO, moto, LocalStack and this project's local cloud are used with, and AWS's own example.
_KNOWN_SECRETS: Final = frozenset(
    {
        AZURITE_KEY,
        "local",
        "localstack",
        "minio123",
        "minioadmin",
        "test",
        "testing",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    }
)
_KNOWN_IDS: Final = frozenset({"AKIAIOSFODNN7EXAMPLE"})


def refuse_emulator_key(access_key_id: str | None, secret: str | None, endpoint: str) -> None:
    """Refuse to send a key that everybody knows to another machine: whoever can, reads and writes there.

    Raises:
        StoreOptionError: the key is known and `endpoint` is not this machine.
    """
    known = secret in _KNOWN_SECRETS or access_key_id in _KNOWN_IDS
    if known and not is_loopback(endpoint):
        raise StoreOptionError(
            f"the emulator's key, which everybody knows, is not sent to {endpoint}; "
            "use the account's own key or an identity"
        )
