"""The stacks that may be local, and where each keeps what its emulated clouds need."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

STATE_VARIABLE: Final = "KB_STATE_DIR"
"""Overrides where the state of all local stacks lies; the default is `.kb` in the project."""

PROJECT: Final = Path(__file__).resolve().parents[2]

_LOCAL: Final = re.compile(r"local(-[a-z0-9][a-z0-9-]*)?")


class LocalCloudError(Exception):
    """The local cloud cannot do what was asked; one sentence that says what to do."""


def is_local(stack: str) -> bool:
    """Tell whether a stack may be served by the local cloud: `local`, or a name that begins `local-`."""
    return _LOCAL.fullmatch(stack) is not None


def require_local(stack: str) -> None:
    """Refuse every stack that is not local, so that nothing emulated ever stands in for a real account.

    Raises:
        LocalCloudError: the stack's name is neither `local` nor `local-…`.
    """
    if not is_local(stack):
        raise LocalCloudError(
            f"Stack {stack!r} is not local: the local cloud serves only 'local' and names that begin "
            "'local-' (lower-case letters, digits, dashes)."
        )


def state_root(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder under which every local stack has its own: $KB_STATE_DIR, or `.kb` in the project."""
    chosen = environment.get(STATE_VARIABLE)
    return Path(chosen).expanduser().absolute() if chosen else PROJECT / ".kb"


def state_directory(stack: str, *, root: Path | None = None) -> Path:
    """The folder of one local stack: ports, processes, logs, documents, control plane.

    Raises:
        LocalCloudError: the stack is not local.
    """
    require_local(stack)
    return (root or state_root()) / stack
