"""Which permissions a service asks for, request by request: what goes over the wire, in its policies' words.

Each table has its vendor's page as its source. A request that no row describes is refused (`UnknownRequest`):
so a new kind of call cannot pass unseen.
"""

from infra.access.wire.azure import azure_calls
from infra.access.wire.google import google_calls
from infra.access.wire.requests import Request, UnknownRequest
from infra.access.wire.s3 import kms_calls, s3_calls

__all__ = [
    "Request",
    "UnknownRequest",
    "azure_calls",
    "google_calls",
    "kms_calls",
    "s3_calls",
]
