"""The AWS clients of the local cloud: they talk to moto whatever this machine's AWS settings say."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local_cloud.credentials import MOTO_ACCESS_KEY_ID, MOTO_SECRET_ACCESS_KEY

# A profile or a proxy of the person who runs this has no place here: no file of theirs is read.
_NOTHING_OF_THE_USER: Final = {
    "profile": (None, None, None, None),
    "config_file": (None, None, "/dev/null", None),
    "credentials_file": (None, None, "/dev/null", None),
}

_GONE: Final = frozenset(
    {
        "404",
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchEntity",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchTagSet",
        "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)


@cache
def session() -> botocore.session.Session:
    """The one session of this process: AWS's models, which cost most, are read once."""
    return botocore.session.Session(session_vars=_NOTHING_OF_THE_USER)


# The stubs type each client for its own service; here one function makes all of them.
def make_client(service: str, *, url: str, region: str) -> Any:
    """A client of one AWS service, answered by moto at `url`."""
    return session().create_client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=MOTO_ACCESS_KEY_ID,
        aws_secret_access_key=MOTO_SECRET_ACCESS_KEY,
        config=Config(
            connect_timeout=5,
            read_timeout=60,
            proxies={},
            retries={"total_max_attempts": 3},
            s3={"addressing_style": "path"},
        ),
    )


def ask(call: Callable[..., Any], **arguments: Any) -> dict[str, Any] | None:
    """Call, and return the answer; None when what was asked about is not there."""
    try:
        answer: dict[str, Any] = call(**arguments)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            return None
        raise
    answer.pop("ResponseMetadata", None)
    return answer
