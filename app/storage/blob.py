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
from app.store import operations
from app.store.contract import ALWAYS, Blob, BlobStore, IfVersion
from app.store.errors import ConditionFailed, InvalidKey, StoreError
from app.store.globs import matches_glob, matches_name
from app.store.keys import RESERVED_PREFIX, Key, parse_key

LINES_MAX: Final = 5
"""How many matching lines of a file a search shows, as the guide has it."""


class BlobStorage:
    """The guide's operations on any store.

    Every method answers with a dict: `success` True and the fields named below, or `success` False with
    `error`, a sentence, and `code`, one stable word (see `app.store.errors`; also `not_text`). `size` counts
    characters of text where a file is read or written, bytes in listings; `size_bytes` is always bytes.
    Paths are keys: relative, with slashes. What lies under `.kb/` is the system's own and no file.

    Args:
        store: where the files are.
    """

    def __init__(self, store: BlobStore) -> None:
        self.store = store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the store's connections."""
        self.store.close()

    @answers(no_content)
    def read_file(self, file_path: str) -> Answer:
        """Answer `content`, `file_path`, `size`, `size_bytes` and `etag`; a failure has `content` None."""
        return contents(self.store.read(_file_key(file_path)))

    def batch_read_files(self, file_paths: Iterable[str]) -> list[Answer]:
        """Return what `read_file` answers for each path, in the order asked; several are read at once."""
        keys = [_key_or_refusal(file_path) for file_path in file_paths]
        blobs = self.store.read_many([key for key in keys if isinstance(key, str)])
        return [self._batch_answer(key, blobs) for key in keys]

    @answers()
    def write_file(self, file_path: str, content: str, mode: str = "w") -> Answer:
        """Write a file and answer `message`, `file_path`, `size`, `size_bytes` and `etag`.

        Args:
            file_path: the file's.
            content: kept as it is: no line end is changed.
            mode: "w" replaces the file; "a" appends to it, and creates it where it is missing. Appends by
                several agents at once all arrive. `size` is then the whole file's.
        """
        key = _file_key(file_path)
        data = encoded(key, content)
        if mode == "w":
            return written(self.store.write(key, data), content)
        if mode == "a":
            return self._append(key, content)
        raise InvalidMode(f"Unknown mode {mode!r}: use 'w' to replace or 'a' to append", key=key)

    @answers()
    def write_file_with_etag(self, file_path: str, content: str, etag: str | None = None) -> Answer:
        """Write a file if it still has the `etag` that `read_file` answered; answer as `write_file` does.

        Without an etag the file is written whatever is there. A file that another agent has changed
        meanwhile is left as it is, with the code "conflict"; unless it holds just this content already.
        """
        key = _file_key(file_path)
        data = encoded(key, content)
        when = IfVersion(etag.strip('"')) if etag else ALWAYS
        try:
            return written(operations.ensure(self.store, key, data, when=when), content)
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
        prefix = _prefix(directory)
        found = [
            info
            for info in self.store.scan(prefix)
            if not _is_reserved(info.key) and matches_glob(info.key.removeprefix(prefix), pattern)
        ]
        found.sort(key=lambda info: info.key)
        return {"files": [listed(info) for info in found], "count": len(found)}

    @answers()
    def delete_file(self, file_path: str) -> Answer:
        """Delete a file and answer `message`; a missing one is a failure with the code "not_found"."""
        key = _file_key(file_path)
        self.store.stat(key)
        self.store.delete(key)
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
        prefix = _prefix(directory)
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

    def _append(self, key: Key, content: str) -> Answer:
        text = ""

        def longer(held: bytes | None) -> bytes:
            # Decoded first: to bytes that are no UTF-8, text is not appended.
            nonlocal text
            text = decoded(key, held or b"") + content
            return text.encode()

        info = operations.update(self.store, key, longer)
        return written(info, text)

    def _batch_answer(self, key: Key | StoreError, blobs: Iterator[Blob | StoreError]) -> Answer:
        blob = key if isinstance(key, StoreError) else next(blobs)
        if isinstance(blob, StoreError):
            return {**failure(blob), **no_content()}
        try:
            return {"success": True, **contents(blob)}
        except NotText as error:
            return {**failure(error), **no_content()}


def _file_key(file_path: str) -> Key:
    key = parse_key(file_path)
    if _is_reserved(key):
        raise InvalidKey(
            f"{file_path!r} is not a path of a file: {RESERVED_PREFIX} is the system's own", key=key
        )
    return key


def _key_or_refusal(file_path: str) -> Key | StoreError:
    try:
        return _file_key(file_path)
    except StoreError as error:
        return error


def _is_reserved(key: Key) -> bool:
    # Whatever the case: on some file systems it is the same folder.
    return f"{key}/".casefold().startswith(RESERVED_PREFIX)


def _prefix(directory: str) -> str:
    """Return what the keys below a directory start with; people and models write "", "." and "/" for all."""
    bare = directory.removeprefix("./").rstrip("/")
    return "" if bare in ("", ".") else f"{parse_key(bare)}/"
