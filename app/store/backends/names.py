"""The names that a service knows a store's keys by: all of them behind one prefix."""

from app.store.errors import StoreOptionError
from app.store.keys import Key, broken_rule


class Names:
    """Turns keys into names and back.

    Args:
        prefix: "" or the beginning of all names; a slash at its end is added where it is missing.

    Raises:
        StoreOptionError: no key could begin like this.
    """

    def __init__(self, prefix: str) -> None:
        bare = prefix.removesuffix("/")
        broken = broken_rule(bare) if bare or prefix else None
        if broken:
            raise StoreOptionError(f"{prefix!r} is not a valid prefix of a store: {broken}")
        self.prefix = f"{bare}/" if bare else ""

    def name(self, key: str) -> str:
        """Return the name of a key, or of the beginning of one."""
        return self.prefix + key

    def key(self, name: str) -> Key | None:
        """Return the key that `name` stands for, or None if it is none."""
        bare = self.bare(name)
        return None if broken_rule(bare) else Key(bare)

    def bare(self, name: str) -> str:
        """Return `name` without the prefix."""
        return name.removeprefix(self.prefix)
