"""Requests are told by what they ask for; one that no table knows is refused."""

import pytest

from infra.access.wire import (
    Request,
    UnknownRequest,
    azure_calls,
    google_calls,
    kms_calls,
    s3_calls,
)

ACCOUNT_ID = "/subscriptions/1/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a"


def _request(line: str, **headers: str) -> Request:
    method, target = line.split(" ")
    return Request(method, target, {name.replace("_", "-"): it for name, it in headers.items()})


def _s3(line: str, **headers: str) -> list[str]:
    return [call.action.removeprefix("s3:") for call in s3_calls(_request(line, **headers))]


def _azure(line: str) -> list[str]:
    calls = azure_calls(_request(line), account="a", account_id=ACCOUNT_ID)
    return [call.action.partition("containers/")[2] for call in calls]


def _google(line: str, name: str = "kb/a") -> list[str]:
    calls = google_calls(_request(line), upload_name=name)
    return [call.action.removeprefix("storage.") for call in calls]


def test_who_compares_an_etag_to_write_may_read_it() -> None:
    assert _s3("PUT /b/kb/a", if_match='"e"') == ["PutObject", "GetObject"]
    assert _s3("DELETE /b/kb/a", if_match='"e"') == ["DeleteObject", "GetObject"]
    assert _s3("PUT /b/kb/a", if_none_match="*") == ["PutObject"]
    assert _s3("PUT /b/kb/a", x_amz_copy_source="/c/kb/d?versionId=1") == ["PutObject", "GetObject"]


def test_a_version_is_another_permission_than_its_object() -> None:
    assert _s3("GET /b/kb/a?versionId=1") == ["GetObjectVersion"]
    assert _s3("DELETE /b/kb/a?versionId=1") == ["DeleteObjectVersion"]
    assert _azure("DELETE /a/c/kb/a?versionid=1") == ["blobs/deleteBlobVersion/action"]


def test_parts_of_an_upload_are_told_apart() -> None:
    assert _s3("POST /b/kb/a?uploads") == ["PutObject"]
    assert _s3("PUT /b/kb/a?uploadId=u&partNumber=1") == ["PutObject"]
    assert _s3("GET /b/kb/a?uploadId=u") == ["ListMultipartUploadParts"]
    assert _s3("DELETE /b/kb/a?uploadId=u") == ["AbortMultipartUpload"]


def test_a_key_is_asked_for_what_is_read_and_written() -> None:
    def asked(line: str) -> list[str]:
        return [
            call.action
            for call in kms_calls(_request(line), key_arn="arn:aws:kms:eu-west-1:1:key/k")
        ]

    assert asked("GET /b/kb/a") == ["kms:Decrypt"]
    assert asked("PUT /b/kb/a") == ["kms:GenerateDataKey"]
    assert asked("PUT /b/kb/a?uploadId=u&partNumber=1") == ["kms:GenerateDataKey", "kms:Decrypt"]
    assert asked("DELETE /b/kb/a") == asked("GET /b?list-type=2") == []


def test_a_listing_carries_what_it_asks_for() -> None:
    (s3,) = s3_calls(_request("GET /b?list-type=2&prefix=kb%2Fa+b"))
    (google,) = google_calls(_request("GET /storage/v1/b/b/o?prefix=kb%2F"))
    (azure,) = azure_calls(
        _request("GET /a/c?restype=container&comp=list&prefix=kb%2F"),
        account="a",
        account_id=ACCOUNT_ID,
    )

    assert (s3.resource, s3.context) == ("arn:aws:s3:::b", {"s3:prefix": "kb/a b"})
    assert google.context["storage.googleapis.com/objectListPrefix"] == "kb/"
    assert azure.context["suboperation"] == "Blob.List"
    assert "kb/" in azure.context.values()


def test_an_upload_to_google_may_delete_unless_it_must_not_replace() -> None:
    upload = "POST /upload/storage/v1/b/b/o?uploadType=multipart"

    assert _google(upload) == ["objects.create", "objects.delete"]
    assert _google(f"{upload}&ifGenerationMatch=7") == ["objects.create", "objects.delete"]
    assert _google(f"{upload}&ifGenerationMatch=0") == ["objects.create"]
    assert _google("PUT /upload/storage/v1/b/b/o?upload_id=u") == []


def test_names_are_read_as_they_were_meant() -> None:
    (call,) = google_calls(_request("GET /storage/v1/b/b/o/kb%2Fa%20%2B%25.md"))

    assert call.resource == "projects/_/buckets/b/objects/kb/a +%.md"


@pytest.mark.parametrize(
    "line",
    ["POST /b/kb/a?select", "PUT /b?replication", "OPTIONS /b", "PATCH /b/kb/a"],
)
def test_a_request_that_no_row_describes_is_refused(line: str) -> None:
    with pytest.raises(UnknownRequest, match=line.split(" ")[0]):
        s3_calls(_request(line))


@pytest.mark.parametrize("line", ["POST /a/c/kb/a?comp=query", "PUT /a/c/kb/a?comp=page"])
def test_a_request_to_azure_that_no_row_describes_is_refused(line: str) -> None:
    with pytest.raises(UnknownRequest):
        _azure(line)


@pytest.mark.parametrize(
    "line", ["GET /b/kb/a", "POST /storage/v1/b/b/o/a/compose", "POST /storage/v1/b?project=p"]
)
def test_a_request_to_google_that_no_row_describes_is_refused(line: str) -> None:
    with pytest.raises(UnknownRequest):
        _google(line)
