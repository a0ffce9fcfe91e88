"""The actions of a cloud that an identity's verbs come to."""

from collections.abc import Mapping
from typing import Final

from app.terms.permissions import PERMISSIONS, Migration, Verb
from app.terms.variables import Identity

_VERBS: Final[tuple[Verb, ...]] = ("list", "read", "write", "delete")


def actions_of(
    identity: Identity, table: Mapping[Verb, tuple[str, ...]], *, migration: Migration
) -> list[str]:
    """Return the actions of an identity, each once.

    Args:
        identity: whose.
        table: the actions of one cloud by the verb that needs them.
        migration: how far one is let in.
    """
    allowed = PERMISSIONS[identity][migration]
    actions = (action for verb in _VERBS if verb in allowed for action in table[verb])
    return list(dict.fromkeys(actions))
