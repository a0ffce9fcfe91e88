"""`kb ls`, `cat`, `search` and `ask`: an environment's documents on the command line."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from app.terms.answers import EXIT_FAILURE, Refusal, UsageRefusal, emit_json
from app.terms.options import Json, Stack

if TYPE_CHECKING:
    from app.settings import Settings
    from app.store.contract import BlobInfo, BlobStore
    from app.store.keys import Key

APP: Final = typer.Typer(add_completion=False, rich_markup_mode=None)

_PIECE_BYTES: Final = 8 * 1024 * 1024

Directory = Annotated[
    str,
    typer.Argument(help="Folder in the knowledge base; all of it by default.", show_default=False),
]


@APP.command("ls")
def list_documents(
    ctx: typer.Context,
    directory: Directory = "",
    pattern: Annotated[
        str, typer.Option(help="Glob under the folder: '*.md' is one folder deep, '**/*.md' all.")
    ] = "**/*",
    stack: Stack = None,
    json: Json = False,
) -> None:
    """List documents: bytes, time of the last change (UTC), path."""
    with _opened(ctx, stack) as (_, store):
        found = _documents(store, directory, pattern)
    if json:
        emit_json({"documents": [_described(info) for info in found], "count": len(found)})
        return
    for info in found:
        sys.stdout.write(f"{info.size_stored:>13,}  {info.modified:%Y-%m-%d %H:%M}  {info.key}\n")
    total = sum(info.size_stored for info in found)
    _remark(f"{len(found)} documents, {total:,} bytes")


@APP.command("cat")
def print_document(
    ctx: typer.Context,
    path: Annotated[str, typer.Argument(help="The document, as kb ls names it.")],
    stack: Stack = None,
    json: Json = False,
) -> None:
    """Print a document, byte for byte."""
    with _opened(ctx, stack) as (_, store):
        key = _key(path)
        if json:
            emit_json(_content(store, key))
            return
        for piece in _pieces(store, key):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()


@APP.command("search")
def search_documents(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="Text within one line; case does not count.")],
    directory: Directory = "",
    pattern: Annotated[str, typer.Option(help="Glob for file names: '*.md'.")] = "*",
    lines: Annotated[int, typer.Option(min=1, help="Lines shown of each document.")] = 5,
    stack: Stack = None,
    json: Json = False,
) -> None:
    """Find the lines that contain a text, in any case and Unicode form."""
    from app.search import search
    from app.store.globs import matches_name

    if not text or "\n" in text:
        raise UsageRefusal(
            "The text to search for is empty or has a line break: give a part of one line."
        )
    with _opened(ctx, stack) as (_, store):
        result = search(
            store,
            text,
            prefix=_prefix(directory),
            matches_name=lambda key: matches_name(key, pattern),
            lines_max=lines,
        )
    if json:
        emit_json(
            {
                "search_text": text,
                "matches": [
                    {
                        "path": match.key,
                        "lines": [{"line": number, "text": line} for number, line in match.lines],
                        "lines_total": match.lines_total,
                    }
                    for match in result.matches
                ],
                "unreadable": [
                    {"path": key, "reason": reason} for key, reason in result.unreadable
                ],
                "documents": result.documents,
            }
        )
    else:
        from app.agent.screen import printable

        for match in result.matches:
            for number, line in match.lines:
                sys.stdout.write(f"{printable(match.key)}:{number}:{_shown(line)}\n")
            if match.lines_total > len(match.lines):
                more = match.lines_total - len(match.lines)
                _remark(f"{match.key}: {more} more lines (--lines {match.lines_total})")
        found = len(result.matches)
        _remark(f"{found} of {result.documents} documents contain it")
    for key, reason in result.unreadable:
        sys.stderr.write(f"kb: {key} was not searched: {reason}\n")
    if result.unreadable:
        raise typer.Exit(EXIT_FAILURE)


@APP.command("ask")
def ask_question(
    ctx: typer.Context,
    question: Annotated[str, typer.Argument(help="A question, in any language.")],
    stack: Stack = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="A Claude model, or 'offline': quotes by fixed rules, on this machine. "
            "Default: $KB_MODEL, else claude-sonnet-5-5.",
            show_default=False,
        ),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Let the agent change documents.")] = False,
    json: Json = False,
) -> None:
    """Ask the agent; it answers from the documents and names its places as path:line."""
    from app.agent.agent import KnowledgeBaseAgent
    from app.agent.model import DEFAULT_MODEL, open_client
    from app.agent.screen import Screen, as_json

    if not question.strip():
        raise UsageRefusal('The question is empty: kb ask "How long are deleted documents kept?"')
    with _opened(ctx, stack) as (settings, store):
        name = model or settings.kb_model or DEFAULT_MODEL
        secret = settings.anthropic_api_key
        client = open_client(name, secret.get_secret_value() if secret else None)
        agent = KnowledgeBaseAgent.over(store, client=client, model=name, writes=write)
        with closing(client):
            answer = agent.ask(question) if json else Screen().show(agent.stream(question))
    if json:
        emit_json(as_json(question, answer))
    if answer.note:
        sys.stderr.write(f"kb: {answer.note}\n")
        raise typer.Exit(EXIT_FAILURE)


@contextmanager
def _opened(ctx: typer.Context, stack: str | None) -> "Iterator[tuple[Settings, BlobStore]]":
    """Open an environment's store for a command; a store's error ends it with one sentence."""
    from app.environment import environments_of, open_store
    from app.store.errors import NotFound, StoreError

    settings = environments_of(ctx).settings(stack)
    try:
        store = open_store(settings)
        with closing(store):
            yield settings, store
    except NotFound as error:
        raise _Refused(
            f"There is no document {error.key!r}: kb ls lists them.", error.code
        ) from error
    except StoreError as error:
        raise _Refused(str(error), error.code) from error


class _Refused(Refusal):
    """A store's error as a sentence."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code  # type: ignore[misc] # a class's word in its base, the store's own word here


def _documents(store: "BlobStore", directory: str, pattern: str) -> "list[BlobInfo]":
    from app.store.globs import matches_glob
    from app.store.keys import RESERVED_PREFIX

    prefix = _prefix(directory)
    here = [info for info in store.scan(prefix) if not info.key.startswith(RESERVED_PREFIX)]
    if prefix and not here:
        raise Refusal(f"There is no folder {directory!r} with documents in it: kb ls lists all.")
    found = (info for info in here if matches_glob(info.key[len(prefix) :], pattern))
    return sorted(found, key=lambda info: info.key.encode())


def _described(info: "BlobInfo") -> dict[str, Any]:
    return {
        "path": info.key,
        "size_bytes": info.size_stored,
        "modified": info.modified.isoformat(),
        "version": info.version,
    }


def _pieces(store: "BlobStore", key: "Key") -> Iterator[bytes]:
    """Yield a document piece by piece, all of one version."""
    from app.store.contract import Span

    blob = store.read(key, span=Span(0, _PIECE_BYTES))
    version, start = blob.info.version, len(blob.data)
    yield blob.data
    while len(blob.data) == _PIECE_BYTES:
        blob = store.read(key, span=Span(start, _PIECE_BYTES))
        if blob.info.version != version:
            raise Refusal(
                f"{key} changed while it was read: what was printed is the old beginning."
            )
        start += len(blob.data)
        yield blob.data


def _content(store: "BlobStore", key: "Key") -> dict[str, Any]:
    from base64 import b64encode

    blob = store.read(key)
    fields = {"path": key, "size_bytes": len(blob.data), "version": blob.info.version}
    try:
        return {**fields, "encoding": "utf-8", "content": blob.data.decode()}
    except UnicodeDecodeError:
        return {**fields, "encoding": "base64", "content": b64encode(blob.data).decode()}


def _key(path: str) -> "Key":
    from app.store.keys import parse_key

    return parse_key(path)


def _prefix(directory: str) -> str:
    name = directory.strip("/")
    return "" if name in ("", ".") else f"{_key(name)}/"


def _shown(line: str) -> str:
    """The line for a terminal as it can show it, for a pipe as it is."""
    from app.agent.screen import printable

    return printable(line) if sys.stdout.isatty() else line


def _remark(sentence: str) -> None:
    """Say something that is no result: only to a person."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{sentence}\n")
