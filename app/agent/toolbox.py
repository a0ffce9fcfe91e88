"""The five tools at work on a store: arguments checked, texts bounded, writes conditional."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from app.agent.fence import LINE_CHARACTERS_MAX, fence_document, number_line, quote
from app.agent.ledger import Ledger
from app.agent.refusals import sentence_for
from app.agent.tools import (
    TOOLS,
    Arguments,
    DeleteFile,
    ListFiles,
    ReadFile,
    SearchFiles,
    Tool,
    WriteFile,
)
from app.search import search
from app.search.fold import lines_of
from app.search.remembered import Memory, RememberedReads
from app.store.contract import ABSENT, Blob, BlobStore, IfVersion, Span
from app.store.errors import ConditionFailed, LeaseHeld, StoreError
from app.store.globs import matches_glob, matches_name
from app.store.keys import RESERVED_PREFIX, Key, parse_key
from app.store.operations import append, ensure

READ_BYTES_MAX: Final = 8 * 1024 * 1024
"""How much of one document read_file fetches."""
FILES_MAX: Final = 1_000
"""How many documents list_files shows."""
MATCHES_MAX: Final = 50
"""How many documents search_files shows."""
MATCHES_CHARACTERS_MAX: Final = 40_000
UNREADABLE_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What the model gets for a call."""

    text: str
    is_error: bool = False


class ToolRefusal(Exception):
    """The call cannot be done; its text is a sentence for the model, which may put it right.

    The text never holds what an SDK said: that can carry addresses, file paths and signatures.
    """


class Toolbox:
    """Runs the tools on one store, for one conversation.

    Thread-safe. An error that is nobody's mistake but ours passes through: it must not become a text for the
    model.

    Args:
        store: where the documents are.
        ledger: what the conversation has seen.
        writes: False leaves out the tools that change documents.
    """

    def __init__(self, store: BlobStore, ledger: Ledger, *, writes: bool = True) -> None:
        self._store = store
        self._memory = Memory()
        self._ledger = ledger
        self._tools = {tool.name: tool for tool in TOOLS if writes or not tool.writes}
        self.writes = writes

    @property
    def definitions(self) -> list[dict[str, Any]]:
        """The tools as the Messages API takes them."""
        return [tool.definition for tool in self._tools.values()]

    def is_read_only(self, name: str) -> bool:
        """Say whether a call changes nothing; an unknown tool changes nothing."""
        tool = self._tools.get(name)
        return tool is None or not tool.writes

    def call(self, name: str, arguments: Mapping[str, Any]) -> ToolResult:
        """Run a tool and return what the model is told."""
        tool = self._tools.get(name)
        if tool is None:
            return ToolResult(
                f"There is no tool {name!r} here: use {', '.join(self._tools)}.", is_error=True
            )
        try:
            return ToolResult(self._run(_parsed(tool, arguments)))
        except ToolRefusal as refusal:
            return ToolResult(str(refusal), is_error=True)
        except StoreError as error:
            return ToolResult(sentence_for(error), is_error=True)

    def _run(self, arguments: Arguments) -> str:
        match arguments:
            case ReadFile():
                return self._read(arguments)
            case WriteFile():
                return self._write(arguments)
            case ListFiles():
                return self._list(arguments)
            case DeleteFile():
                return self._delete(arguments)
            case SearchFiles():
                return self._search(arguments)
        raise AssertionError(f"no tool takes {type(arguments).__name__}")

    def _read(self, arguments: ReadFile) -> str:
        key = _document_key(arguments.file_path)
        blob = self._store.read(key, span=Span(0, READ_BYTES_MAX + 1))
        is_cut = len(blob.data) > READ_BYTES_MAX
        lines = self._text_lines(key, blob, is_cut=is_cut)
        if arguments.offset > max(len(lines), 1):
            raise ToolRefusal(
                f"{key} has {len(lines)} lines: offset {arguments.offset} is behind its end."
            )
        excerpt = fence_document(
            key, lines, offset=arguments.offset, limit=arguments.limit, is_cut=is_cut
        )
        self._ledger.show(key, excerpt.lines)
        is_known_to_end = not is_cut and not excerpt.has_cut_lines
        self._ledger.read(
            key,
            blob.info.version,
            excerpt.shown,
            lines_total=len(lines) if is_known_to_end else None,
        )
        return excerpt.text

    def _text_lines(self, key: Key, blob: Blob, *, is_cut: bool) -> list[str]:
        if b"\0" in blob.data:
            # Looked at, so it may be deleted; never whole, so it cannot be replaced.
            self._ledger.read(key, blob.info.version, range(0), lines_total=None)
            raise ToolRefusal(f"{key} is not text ({blob.info.size_stored} bytes as stored).")
        lines = _document_lines(blob.data.decode("utf-8", errors="replace"))
        return lines[:-1] if is_cut else lines  # a cut document ends within a line

    def _write(self, arguments: WriteFile) -> str:
        key = _document_key(arguments.file_path)
        data = arguments.content.encode()
        if arguments.mode == "a":
            append(self._store, key, data)
            self._ledger.forget(key)
            return f"Appended {len(data)} bytes to {key}."
        version = self._ledger.version(key)
        if version is not None and not self._ledger.is_whole(key):
            raise ToolRefusal(
                f"{key} was not read whole in this conversation, and write_file replaces all of it: "
                "nothing was written. Read the rest first, or append with mode 'a'."
            )
        when = ABSENT if version is None else IfVersion(version)
        try:
            info = ensure(
                self._store, key, data, when=when
            )  # equal bytes there already: no conflict
        except LeaseHeld:
            raise  # it is as it was read, and will be free again
        except ConditionFailed:
            raise ToolRefusal(_write_conflict(key, was_read=version is not None)) from None
        self._ledger.write(key, info.version, _document_lines(arguments.content))
        return f"Wrote {len(data)} bytes to {key}."

    def _delete(self, arguments: DeleteFile) -> str:
        key = _document_key(arguments.file_path)
        version = self._ledger.version(key)
        if version is None:
            self._store.stat(key)  # a missing document is told as missing
            raise ToolRefusal(
                f"{key} was not read in this conversation: nothing was deleted. "
                "Read it first, to be sure what is lost."
            )
        try:
            self._store.delete(key, when=IfVersion(version))
        except LeaseHeld:
            raise
        except ConditionFailed:
            self._store.stat(key)
            raise ToolRefusal(
                f"{key} was modified by another agent after you read it: nothing was deleted. Read it again."
            ) from None
        self._ledger.forget(key)
        return f"Deleted {key}."

    def _list(self, arguments: ListFiles) -> str:
        prefix = _prefix(arguments.directory)
        found = sorted(
            (
                info
                for info in self._store.scan(prefix)
                if not info.key.startswith(RESERVED_PREFIX)
                and matches_glob(info.key[len(prefix) :], arguments.pattern)
            ),
            key=lambda info: info.key.encode(),
        )
        parts = [f"{len(found)} documents.", "<files>"]
        parts += [f"{info.size_stored}\t{info.key}" for info in found[:FILES_MAX]]
        parts.append("</files>")
        if len(found) > FILES_MAX:
            parts.append(f"[cut: {len(found) - FILES_MAX} more; narrow directory or pattern]")
        return "\n".join(parts)

    def _search(self, arguments: SearchFiles) -> str:
        result = search(
            RememberedReads(self._store, self._memory),
            arguments.search_text,
            prefix=_prefix(arguments.directory),
            matches_name=lambda key: matches_name(key, arguments.file_pattern),
        )
        lines_total = sum(match.lines_total for match in result.matches)
        parts = [
            f"{len(result.matches)} of {result.documents} documents, {lines_total} lines, contain "
            f"{quote(arguments.search_text)}."
        ]
        characters = 0
        shown = 0
        for match in result.matches[:MATCHES_MAX]:
            fenced = self._fence_match(match.key, match.lines, match.lines_total)
            characters += len(fenced)
            if shown and characters > MATCHES_CHARACTERS_MAX:
                break
            parts.append(fenced)
            shown += 1
        if shown < len(result.matches):
            parts.append(
                f"[cut: {len(result.matches) - shown} more documents contain it; narrow directory, "
                "file_pattern or search_text]"
            )
        if result.unreadable:
            names = ", ".join(key for key, _ in result.unreadable[:UNREADABLE_MAX])
            parts.append(f"[{len(result.unreadable)} documents could not be searched: {names}]")
        return "\n".join(parts)

    def _fence_match(self, key: Key, lines: tuple[tuple[int, str], ...], lines_total: int) -> str:
        cut = [(number, line[:LINE_CHARACTERS_MAX], len(line)) for number, line in lines]
        self._ledger.show(key, [(number, text) for number, text, _ in cut])
        numbered = [number_line(number, text, length=length) for number, text, length in cut]
        span = f"{len(lines)} of {lines_total}"
        return "\n".join(
            (f"<matches path={quote(key)} lines={quote(span)}>", *numbered, "</matches>")
        )


def _parsed(tool: Tool, arguments: Mapping[str, Any]) -> Arguments:
    try:
        return tool.arguments.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the arguments"
        known = ", ".join(tool.arguments.model_fields)
        raise ToolRefusal(
            f"{tool.name}: {where}: {first['msg']}. Its arguments are: {known}."
        ) from None


def _document_key(path: str) -> Key:
    key = parse_key(path)
    if key.startswith(RESERVED_PREFIX):
        raise ToolRefusal(f"{key} is no document: names under {RESERVED_PREFIX} are reserved.")
    return key


def _prefix(directory: str) -> str:
    name = directory.strip("/")
    if name in ("", "."):
        return ""
    return f"{parse_key(name)}/"


def _document_lines(text: str) -> list[str]:
    """The lines of a document; the nothing behind its final line feed is none."""
    lines = lines_of(text)
    return lines[:-1] if lines[-1] == "" else lines


def _write_conflict(key: Key, *, was_read: bool) -> str:
    if was_read:
        return (
            f"{key} was modified by another agent after you read it: nothing was written. "
            "Read it again and start from what is there now."
        )
    return (
        f"{key} exists and was not read in this conversation: nothing was written. Read it first, "
        "or append with mode 'a'."
    )
