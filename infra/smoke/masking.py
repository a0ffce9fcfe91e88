"""Taking out of a text what is nobody else's business: secrets, account ids, addresses, names of people."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

_SECRET_NAME: Final = re.compile(
    r"KEY|SECRET|TOKEN|PASSWORD|PASSPHRASE|CONNECTION_STRING|CREDENTIAL", re.IGNORECASE
)
_SECRET_CHARACTERS_MIN: Final = 6

# In this order: what is longer goes first, so that no part of it is taken for something else.
_PATTERNS: Final = (
    ("secret", r"(?i)(?<=accountkey=)[^;\s\"']+"),
    ("secret", r"(?i)(?<=sig=)[^&\s\"']+"),
    ("secret", r"\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?"),
    ("secret", r"\bsk-ant-[\w-]+"),
    ("secret", r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("secret", r"(?<![\w/+])[A-Za-z0-9/+]{40}(?![\w/+=])"),
    ("secret", r"(?<![\w/+])[A-Za-z0-9/+]{60,}={0,2}"),
    ("id", r"\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"),
    ("account", r"(?<!\d)\d{12}(?!\d)"),
    ("mail", r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
    ("address", r"\b(?!127\.)\d{1,3}(\.\d{1,3}){3}\b"),
)


class Mask:
    """Puts `<account 1>` where an account's id is, the same for the same: so that relations stay visible.

    Args:
        environ: whose variables with telling names hold secrets.
        names: further words to take out: the user's, the machine's.
        home: the user's folder, written `~`.
    """

    def __init__(
        self, environ: Mapping[str, str], *, names: Iterable[str] = (), home: Path | None = None
    ) -> None:
        secrets = [value for name, value in environ.items() if _SECRET_NAME.search(name)]
        self._secrets = sorted(
            {it for it in secrets if len(it) >= _SECRET_CHARACTERS_MIN}, key=len, reverse=True
        )
        self._names = [it for it in names if len(it) > 2]
        self._home = str(home) if home else ""
        self._seen: dict[str, dict[str, str]] = {}

    def __call__(self, text: str) -> str:
        """Return the text without them."""
        for secret in self._secrets:
            text = text.replace(secret, self._placeholder("secret", secret))
        for kind, pattern in _PATTERNS:
            text = re.sub(pattern, lambda it, kind=kind: self._placeholder(kind, it[0]), text)  # type: ignore[misc]  # mypy knows no default of a lambda
        if self._home:
            text = text.replace(self._home, "~")
        for name in self._names:
            text = re.sub(rf"\b{re.escape(name)}\b", self._placeholder("name", name), text)
        return text

    def _placeholder(self, kind: str, value: str) -> str:
        seen = self._seen.setdefault(kind, {})
        return seen.setdefault(value, f"<{kind} {len(seen) + 1}>")
