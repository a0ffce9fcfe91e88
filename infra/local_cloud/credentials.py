"""The credentials that the emulators accept: published constants, worth nothing anywhere else."""

from typing import Final

AZURITE_ACCOUNT: Final = "devstoreaccount1"
AZURITE_KEY: Final = (
    # Published by Microsoft: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)

MOTO_ACCESS_KEY_ID: Final = "local"
MOTO_SECRET_ACCESS_KEY: Final = "local"  # noqa: S105 - moto accepts any
MOTO_ACCOUNT_ID: Final = "123456789012"
MOTO_REGION: Final = "us-east-1"


def azurite_connection_string(blob_url: str) -> str:
    """The connection string for an Azurite whose blob endpoint, account included, is `blob_url`."""
    return (
        f"DefaultEndpointsProtocol=http;AccountName={AZURITE_ACCOUNT};AccountKey={AZURITE_KEY};"
        f"BlobEndpoint={blob_url};"
    )
