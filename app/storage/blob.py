"""The guide's operations, on any store."""

from collections.abc import Iterable, Iterator
from typing import Final, Self

from app.search import search
from app.storage.answers import (
    Answer,
    InvalidMode,
    NotText,
    answers,
    contents,
    decoded,
    encoded,
    failure,
    listed,
    name,
    no_content,
    no_files,
    no_matches,
    written,
)
from app.storage.locks import Locks
from app.storage.paths import file_key, is_reserved, prefix_of
from app.store import operations
from app.store.contract import ALWAYS, Blob, BlobStore, IfVersion
from app.store.errors import ConditionFailed, LeaseHeld, LeaseLost, StoreError
from app.store.globs import matches_glob, matches_name
from app.store.keys import Key

LINES_MAX: Final = 5
"""How many matching lines of a file a search shows, as the guide has it."""


class BlobStorage(Locks):
    """The guide's operations on any store; `acquire_lock` and `release_lock` are those of `Locks`.

    Every method answers with a dict: `success` True and the fields named below, or `success` False with
    `error`, a sentence, and `code`, one stable word (see `app.store.errors`; also `not_text`). `size` counts
    characters of text where a file is read or written, bytes in listings; `size_bytes` is always bytes.
    Paths are keys: relative, with slashes. What lies under `.kb/` is the system's own and no file.

    A `lease_id` is that of a lock which another storage object took; this one knows its own.

    Args:
        store: where the files are.

    Attributes:
        append_seconds_max: how long an append tries while others write to the file or hold its lock.
    """

    def __init__(self, store: BlobStore) -> None:
        super().__init__(store)
        self.append_seconds_max = operations.UPDATE_SECONDS_MAX

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the locks that this object holds, and the store's connections."""
        self._release_all()
        self.store.close()

    @answers(no_content)
    def read_file(self, file_path: str) -> Answer:
        """Answer `content`, `file_path`, `size`, `size_bytes` and `etag`; a failure has `content` None."""
        blob = self.store.read(file_key(file_path))
        self._saw(blob.info)
        return contents(blob)

    def batch_read_files(self, file_paths: Iterable[str]) -> list[Answer]:
        """Return what `read_file` answers for each path, in the order asked; several are read at once."""
        keys = [_key_or_refusal(file_path) for file_path in file_paths]
        blobs = self.store.read_many([key for key in keys if isinstance(key, str)])
        return [self._batch_answer(key, blobs) for key in keys]

    @answers()
    def write_file(
        self, file_path: str, content: str, mode: str = "w", *, lease_id: str | None = None
    ) -> Answer:
        """Write a file and answer `message`, `file_path`, `size`, `size_bytes` and `etag`.

        Args:
            file_path: the file's.
            content: kept as it is: no line end is changed.
            mode: "w" replaces the file; "a" appends to it, and creates it where it is missing. Appends by
                several agents at once all arrive. `size` is then the whole file's.
            lease_id: see the class.
        """
        key = file_key(file_path)
        data = encoded(key, content)
        if mode == "w":
            return written(self._replace(key, data, lease_id), content)
        if mode == "a":
            return self._append(key, content, lease_id)
        raise InvalidMode(f"Unknown mode {mode!r}: use 'w' to replace or 'a' to append", key=key)

    @answers()
    def write_file_with_etag(
        self,
        file_path: str,
        content: str,
        etag: str | None = None,
        *,
        lease_id: str | None = None,
    ) -> Answer:
        """Write a file if it still has the `etag` that `read_file` answered; answer as `write_file` does.

        Without an etag the file is written whatever is there. A file that another agent has changed
        meanwhile is left as it is, with the code "conflict"; unless it holds just this content already.
        """
        key = file_key(file_path)
        data = encoded(key, content)
        lease = self._lease_for(key, lease_id)
        if lease is not None and not etag:
            return written(self._replace(key, data, lease), content)
        when = IfVersion(etag.strip('"')) if etag else ALWAYS
        try:
            info = operations.ensure(self.store, key, data, when=when, lease=lease)
            return written(self._saw(info), content)
        except (LeaseHeld, LeaseLost):
            raise
        except ConditionFailed as error:
            sentence = "File was modified by another agent. Please retry."
            raise ConditionFailed(sentence, key=key) from error

    @answers(no_files)
    def list_files(self, directory: str = "", pattern: str = "*") -> Answer:
        """Answer `files`, each with `path`, `name`, `size` and `size_bytes`, sorted by path, and `count`.

        Args:
            directory: where to look; "" is everywhere.
            pattern: a glob (`app.store.globs.matches_glob`) for the path below the directory: `*` are the
                files in it, `**/*` those at every depth.
        """
        prefix = prefix_of(directory)
        found = [
            info
            for info in self.store.scan(prefix)
            if not is_reserved(info.key) and matches_glob(info.key.removeprefix(prefix), pattern)
        ]
        found.sort(key=lambda info: info.key)
        return {"files": [listed(info) for info in found], "count": len(found)}

    @answers()
    def delete_file(self, file_path: str, *, lease_id: str | None = None) -> Answer:
        """Delete a file and answer `message`; a missing one is a failure with the code "not_found"."""
        key = file_key(file_path)
        self.store.stat(key)
        self._remove(key, lease_id)
        return {"message": f"Successfully deleted {file_path}", "file_path": file_path}

    @answers(no_matches)
    def search_files(
        self, search_text: str, directory: str = "", file_pattern: str = "*"
    ) -> Answer:
        """Find files with lines that contain `search_text`, in any case, at every depth below `directory`.

        Answers `matches`, each with `path`, `name` and `matching_lines`: at most five pairs (number from 1,
        line without surrounding blanks), and `matching_lines_total`; `count`; `search_text`; and
        `unreadable`, with `path` and `reason` of each file that could not be searched.

        Args:
            search_text: what to look for.
            directory: where to look; "" is everywhere.
            file_pattern: a glob for the name, or with a slash for the path below the directory
                (`app.store.globs.matches_name`).
        """
        prefix = prefix_of(directory)
        result = search(
            self.store,
            search_text,
            prefix=prefix,
            matches_name=lambda key: matches_name(key.removeprefix(prefix), file_pattern),
            lines_max=LINES_MAX,
        )
        matches = [
            {
                "path": match.key,
                "name": name(match.key),
                "matching_lines": [(number, line.strip()) for number, line in match.lines],
                "matching_lines_total": match.lines_total,
            }
            for match in result.matches
        ]
        unreadable = [{"path": key, "reason": reason} for key, reason in result.unreadable]
        return {
            "matches": matches,
            "count": len(matches),
            "search_text": search_text,
            "unreadable": unreadable,
        }

    def _append(self, key: Key, content: str, lease_id: str | None) -> Answer:
        text = ""

        def longer(held: bytes | None) -> bytes:
            # Decoded first: to bytes that are no UTF-8, text is not appended.
            nonlocal text
            text = decoded(key, held or b"") + content
            return text.encode()

        info = operations.update(
            self.store,
            key,
            longer,
            lease=self._lease_for(key, lease_id),
            seconds_max=self.append_seconds_max,
        )
        return written(self._saw(info), text)

    def _batch_answer(self, key: Key | StoreError, blobs: Iterator[Blob | StoreError]) -> Answer:
        blob = key if isinstance(key, StoreError) else next(blobs)
        if isinstance(blob, StoreError):
            return {**failure(blob), **no_content()}
        self._saw(blob.info)
        try:
            return {"success": True, **contents(blob)}
        except NotText as error:
            return {**failure(error), **no_content()}


def _key_or_refusal(file_path: str) -> Key | StoreError:
    try:
        return file_key(file_path)
    except StoreError as error:
        return error
