"""Secrets that are marked, and every form in which one of them can lie somewhere."""

import base64
import gzip
import json
import secrets
import string
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

_ALPHABET: Final = string.ascii_letters + string.digits
_BYTES_MIN: Final = 12
"""What is shorter could stand anywhere by chance."""


def core() -> str:
    """Return what no text has by chance: it is found even where what stands around it was cut off."""
    return "CANARY" + "".join(secrets.choice(_ALPHABET) for _ in range(22))


@dataclass(frozen=True, slots=True)
class Hit:
    """A secret that lies where none may be."""

    place: str
    secret: str
    form: str


def forms_of(secret: str) -> dict[str, bytes]:
    """Return what a secret looks like, by the name of the form: plain, in JSON, in a URL, in base64."""
    found = {
        "plain": secret,
        "JSON": json.dumps(secret)[1:-1],
        "JSON, not only ASCII": json.dumps(secret, ensure_ascii=False)[1:-1],
        "JSON in JSON": json.dumps(json.dumps(secret)[1:-1])[1:-1],
        "JSON with slashes escaped": json.dumps(secret)[1:-1].replace("/", "\\/"),
        "JSON as Go writes it": _as_go(secret),
        "URL": quote(secret, safe=""),
        "URL, path": quote(secret),
        "URL, form": quote_plus(secret),
        "URL, small digits": _small_digits(secret),
        "URL in URL": quote(quote(secret, safe=""), safe=""),
    }
    forms = {name: text.encode() for name, text in found.items()}
    for shift in range(3):
        for name, alphabet in (("base64", b"+/"), ("base64 for URLs", b"-_")):
            forms[f"{name}, {shift} bytes on"] = _in_base64(secret.encode(), shift, alphabet)
    return {name: form for name, form in forms.items() if len(form) >= _BYTES_MIN}


def _as_go(secret: str) -> str:
    text = json.dumps(secret, ensure_ascii=False)[1:-1]
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _small_digits(secret: str) -> str:
    parts = quote(secret, safe="").split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])


def _in_base64(raw: bytes, shift: int, alphabet: bytes) -> bytes:
    """What of it is the same whatever stands before (`shift` bytes, modulo 3) and behind it."""
    encoded = base64.b64encode(b"\0" * shift + raw, altchars=alphabet)
    start = (0, 2, 3)[shift]
    end = (shift + len(raw)) * 8 // 6
    return encoded[start:end]


class Canaries:
    """The secrets that were planted, and where they are found.

    Args:
        planted: each with a name for the report; a secret and, where it has one, its core.
    """

    def __init__(self, planted: Mapping[str, Iterable[str]]) -> None:
        self._forms = {
            (name, form): content
            for name, parts in planted.items()
            for part in parts
            for form, content in forms_of(part).items()
        }

    def hits(self, place: str, content: bytes) -> Iterator[Hit]:
        """Yield which secrets are in some bytes, in which form; also within gzip and zlib streams."""
        for text in (content, *_unpacked(content)):
            for (name, form), wanted in self._forms.items():
                if wanted in text:
                    yield Hit(place, name, form)

    def hits_below(self, folder: Path) -> list[Hit]:
        """Return the hits in every name and every file below a folder."""
        found: list[Hit] = []
        for path in folder.rglob("*"):
            place = str(path.relative_to(folder))
            found += self.hits(f"the name {place}", place.encode(errors="surrogateescape"))
            if path.is_file() and not path.is_symlink():
                found += self.hits(place, path.read_bytes())
        return found


def _unpacked(content: bytes) -> Iterator[bytes]:
    start = content.find(b"\x1f\x8b\x08")
    while start >= 0:
        try:
            yield gzip.decompress(content[start:])
        except (OSError, EOFError, zlib.error):
            # What follows the stream is not gzip: what came until then counts.
            yield _until_it_breaks(content[start:])
        start = content.find(b"\x1f\x8b\x08", start + 3)


def _until_it_breaks(content: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(content)
    except zlib.error:
        return b""
