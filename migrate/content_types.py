"""The media type of a file, guessed from its name: the same on every machine."""

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
    kind, encoding = _TYPES.guess_type(path.rpartition("/")[2])
    return _COMPRESSED.get(encoding, "application/octet-stream") if encoding else kind
