"""Exact search by reading every document: the reference that any index has to equal."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.search.fold import fold, lines_of
from app.store.contract import BlobInfo, ReadableStore
from app.store.errors import NotFound, StoreError
from app.store.keys import RESERVED_PREFIX, Key

DOCUMENT_BYTES_MAX: Final = 64 * 1024 * 1024
"""Larger blobs are reported as unreadable: a window of several of them would not fit into memory."""


@dataclass(frozen=True, slots=True)
class Match:
    """The lines of one document in which the text was found.

    Attributes:
        key: the document.
        lines: (number, line) from the top, numbers counted from 1; at most `lines_max` of them.
        lines_total: how many lines match in all; more than `len(lines)` where the list was cut.
    """

    key: Key
    lines: tuple[tuple[int, str], ...]
    lines_total: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, and what it could not look into.

    Attributes:
        matches: in the order of their keys' UTF-8 bytes.
        unreadable: (key, reason) of each document that could not be searched, in the same order.
        documents: how many documents were looked into.
    """

    matches: tuple[Match, ...]
    unreadable: tuple[tuple[Key, str], ...]
    documents: int


def search(
    store: ReadableStore,
    text: str,
    *,
    prefix: str = "",
    matches_name: Callable[[Key], bool] | None = None,
    lines_max: int = 5,
) -> SearchResult:
    r"""Find the lines that contain `text`, whatever its case and Unicode form.

    A line matches if the folded text is a substring of the folded line (`app.search.fold`). That is not quite
    the guide's `text.lower() in line.lower()`: it also finds decomposed Hangul, `ß` for `SS` and a final
    sigma, and does not take `e` for a part of a decomposed `é`. Bytes that are not UTF-8 count as U+FFFD and
    never fail a search. Our own records under `.kb/` are never searched.

    Args:
        store: where to look.
        text: what to look for; empty text, and text with a line feed, is in no line.
        prefix: plain text that keys start with; a directory is `foo/`.
        matches_name: called with each key; False leaves the document out before it is read.
        lines_max: how many lines of one document are returned.

    Raises:
        StoreError: the store could not be listed. A document that cannot be read is no error: it is named in
            `unreadable`. One deleted meanwhile is left out.
    """
    wanted = fold(text)
    if not wanted or "\n" in wanted:
        return SearchResult((), (), 0)
    keys: list[Key] = []
    unreadable: list[tuple[Key, str]] = []
    for info in _candidates(store, prefix, matches_name):
        if info.size_stored > DOCUMENT_BYTES_MAX:
            unreadable.append((info.key, _too_large(info)))
        else:
            keys.append(info.key)
    matches: list[Match] = []
    documents = 0
    for key, blob in zip(keys, store.read_many(keys), strict=True):
        if isinstance(blob, NotFound):
            continue
        if isinstance(blob, StoreError):
            unreadable.append((key, str(blob)))
            continue
        documents += 1
        lines = _matching_lines(blob.data, wanted)
        if lines:
            matches.append(Match(key, tuple(lines[:lines_max]), len(lines)))
    unreadable.sort(key=lambda pair: pair[0].encode())
    return SearchResult(tuple(matches), tuple(unreadable), documents)


def _candidates(
    store: ReadableStore, prefix: str, matches_name: Callable[[Key], bool] | None
) -> Sequence[BlobInfo]:
    def found() -> Iterator[BlobInfo]:
        for info in store.scan(prefix):
            if info.key.startswith(RESERVED_PREFIX):
                continue
            if matches_name is None or matches_name(info.key):
                yield info

    return sorted(found(), key=lambda info: info.key.encode())


def _matching_lines(data: bytes, wanted: str) -> list[tuple[int, str]]:
    text = data.decode("utf-8", errors="replace")
    folded = fold(text)
    if wanted not in folded:  # most documents: folded once, not line by line
        return []
    return [
        (number, line)
        for number, (line, folded_line) in enumerate(
            zip(lines_of(text), lines_of(folded), strict=True), start=1
        )
        if wanted in folded_line
    ]


def _too_large(info: BlobInfo) -> str:
    return (
        f"{info.key} has {info.size_stored:,} bytes; documents over {DOCUMENT_BYTES_MAX:,} bytes "
        "are not searched"
    )
