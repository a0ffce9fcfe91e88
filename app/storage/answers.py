"""What the guide's methods answer with: the one place where answers are dicts and failures are sentences."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from app.store.contract import Blob, BlobInfo
from app.store.errors import Archived, NotFound, StoreError
from app.store.keys import Key

Answer = dict[str, Any]
Parameters = ParamSpec("Parameters")
Owner = TypeVar("Owner")


class NotText(StoreError):
    """The bytes are not UTF-8, so they have no text that could be shown or written back."""

    code = "not_text"


class InvalidMode(StoreError):
    """A mode that `write_file` does not have."""

    code = "invalid_mode"
    exit_code = 2


def answers(
    blank: Callable[[], Answer] = dict,
) -> Callable[
    [Callable[Concatenate[Owner, Parameters], Answer]],
    Callable[Concatenate[Owner, Parameters], Answer],
]:
    """Turn a StoreError into a failure, with what `blank` makes in it; a bug propagates."""

    def decorate(
        method: Callable[Concatenate[Owner, Parameters], Answer],
    ) -> Callable[Concatenate[Owner, Parameters], Answer]:
        @functools.wraps(method)
        def answering(
            self: Owner, /, *args: Parameters.args, **kwargs: Parameters.kwargs
        ) -> Answer:
            try:
                return {"success": True, **method(self, *args, **kwargs)}
            except StoreError as error:
                return {**failure(error), **blank()}

        return answering

    return decorate


def failure(error: StoreError) -> Answer:
    """Return the answer to a call that failed; an archived file's also has `available_by`, a time."""
    sentence = f"File not found: {error.key}" if isinstance(error, NotFound) else str(error)
    answer = {"success": False, "error": sentence, "code": error.code}
    if isinstance(error, Archived):
        return {**answer, "available_by": error.available_by.isoformat()}
    return answer


def no_content() -> Answer:
    """Return what the guide adds to a failed read."""
    return {"content": None}


def no_files() -> Answer:
    """Return what the guide adds to a failed listing."""
    return {"files": []}


def no_matches() -> Answer:
    """Return what the guide adds to a failed search."""
    return {"matches": []}


def contents(blob: Blob) -> Answer:
    """Return what a read answers.

    Raises:
        NotText: the bytes are not UTF-8.
    """
    content = decoded(blob.info.key, blob.data)
    return {
        "content": content,
        "file_path": blob.info.key,
        "size": len(content),
        "size_bytes": len(blob.data),
        "etag": blob.info.version,
    }


def written(info: BlobInfo, text: str) -> Answer:
    """Return what a write answers, after which the file holds `text`."""
    return {
        "message": f"Successfully wrote to {info.key}",
        "file_path": info.key,
        "size": len(text),
        "size_bytes": len(text.encode()),
        "etag": info.version,
    }


def listed(info: BlobInfo) -> Answer:
    """Return a file's entry in a listing."""
    return {
        "path": info.key,
        "name": name(info.key),
        "size": info.size_stored,
        "size_bytes": info.size_stored,
    }


def name(key: Key) -> str:
    """Return the last part of a path."""
    return key.rpartition("/")[2]


def decoded(key: Key, data: bytes) -> str:
    """Return the text of a file.

    Raises:
        NotText: the bytes are not UTF-8.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotText(
            f"{key} is not UTF-8 text: its byte {error.start} does not belong there", key=key
        ) from error


def encoded(key: Key, content: str) -> bytes:
    """Return the bytes of a text.

    Raises:
        NotText: it holds half of a surrogate pair.
    """
    try:
        return content.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotText(
            f"The content for {key} is not valid Unicode: its character {error.start} is half of a pair",
            key=key,
        ) from error
