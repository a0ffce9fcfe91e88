"""The one rule that says when two texts are equal for search: case and Unicode form do not count."""

from unicodedata import normalize


def fold(text: str) -> str:
    """Return `text` as it is compared: NFC, full case folding, NFC again.

    The second NFC is needed because case folding can leave a text decomposed (`İ` becomes `i` and a dot).
    Folding changes lengths (`ß` becomes `ss`), so positions in folded text say nothing about the original;
    line numbers do: neither step joins or splits at a line feed.
    """
    if text.isascii():
        return text.lower()
    return normalize("NFC", normalize("NFC", text).casefold())


def lines_of(text: str) -> list[str]:
    r"""Return the lines of a document: split at `\n` only, one trailing `\r` of each dropped.

    `str.splitlines` would also split at form feeds and U+2028, and the numbers would no longer be those of
    editors and grep.
    """
    return [line.removesuffix("\r") for line in text.split("\n")]
