"""Uploads of large content to S3, part by part."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from app.store.backends.aws.clients import Clients
from app.store.backends.aws.shapes import Shape, expect_part
from app.store.backends.content import PART_BYTES, md5_base64, parts, size_of
from app.store.backends.endpoints import TornAnswer
from app.store.contract import Content
from app.store.keys import Key

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

_PARTS_MAX: Final = 10_000
"""S3 User Guide, "Amazon S3 multipart upload limits"."""


def write_parts(
    clients: Clients,
    place: Mapping[str, Any],
    key: Key,
    content: Content,
    properties: Mapping[str, Any],
    condition: Mapping[str, Any],
) -> Shape:
    """Upload `content` and return the answer that made it an object; until then nothing is visible.

    One part is in memory at a time. On any failure the upload is aborted.
    """
    client = clients.retrying
    upload: dict[str, Any] = {**place}
    upload["UploadId"] = client.create_multipart_upload(**upload, **properties).get("UploadId")
    if not upload["UploadId"]:
        raise TornAnswer
    try:
        done: list[CompletedPartTypeDef] = []
        for number, part in enumerate(parts(key, content, part_bytes_max=_part_bytes(content)), 1):
            answer = client.upload_part(
                **upload, PartNumber=number, Body=part, ContentMD5=md5_base64(part)
            )
            expect_part(key, part, answer)
            done.append({"PartNumber": number, "ETag": answer["ETag"]})
        return clients.once.complete_multipart_upload(
            **upload, **condition, MultipartUpload={"Parts": done}
        )
    except BaseException:
        # The first failure is the one to report; parts left behind are ended by a lifecycle rule.
        with suppress(ClientError, BotoCoreError):
            client.abort_multipart_upload(**upload)
        raise


def _part_bytes(content: Content) -> int:
    return max(PART_BYTES, -(-size_of(content) // _PARTS_MAX))
