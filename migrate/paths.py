"""Paths in a source folder: bytes, which need be neither text nor printable."""

import base64
from typing import Final

_JOINER: Final = "\u200d"


def printable(path: bytes) -> str:
    r"""Return a path as one line of text: what is not UTF-8 or not printable is shown as `\xff` or `\n`.

    Nothing in it moves the cursor or turns the direction of writing, whatever the file is called.
    """
    text = path.decode("utf-8", "surrogateescape")
    if text.isprintable():
        return text
    shown = []
    for character in text:
        code = ord(character)
        if 0xDC80 <= code <= 0xDCFF:
            shown.append(f"\\x{code - 0xDC00:02x}")
        # The joiner is format, not print, but holds an emoji family together.
        elif character.isprintable() or character == _JOINER:
            shown.append(character)
        else:
            shown.append(character.encode("unicode_escape").decode("ascii"))
    return "".join(shown)


def path_fields(path: bytes) -> dict[str, str]:
    """Return a path for JSON: `path`, and `path_base64` where `path` cannot say it exactly."""
    try:
        return {"path": path.decode("utf-8")}
    except UnicodeDecodeError:
        return {
            "path": printable(path),
            "path_base64": base64.b64encode(path).decode("ascii"),
        }


def folders_of(path: bytes) -> list[bytes]:
    """Return the folders that `path` lies in, the outermost first: `a/b/c` gives `a` and `a/b`."""
    found = []
    end = path.find(b"/")
    while end != -1:
        found.append(path[:end])
        end = path.find(b"/", end + 1)
    return found
