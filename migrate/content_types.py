"""The media type of a file, guessed from its name: the same on every machine."""

import functools
import mimetypes
from typing import Final

# Not the module's functions: those read what the machine has installed.
_TYPES: Final = mimetypes.MimeTypes(filenames=())
_TYPES.add_type("text/markdown", ".md")
_TYPES.add_type("application/yaml", ".yaml")
_TYPES.add_type("application/yaml", ".yml")

_COMPRESSED: Final = {
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip2",
    "xz": "application/x-xz",
    "compress": "application/x-compress",
    "br": "application/x-brotli",
}


def content_type_of(path: str) -> str | None:
    """Return the media type for a path, or None to leave it to the service.

    A compressed file is what it is: no Content-Encoding is set, for then clients would unpack what was moved.
    """
    name = path.rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    if stem and dot and "." not in stem and ":" not in name:
        return _type_for(extension)
    return _guessed(name)


@functools.lru_cache(maxsize=1024)
def _type_for(extension: str) -> str | None:
    return _guessed(f"name.{extension}")


def _guessed(name: str) -> str | None:
    kind, encoding = _TYPES.guess_type(name)
    return _COMPRESSED.get(encoding, "application/octet-stream") if encoding else kind
