"""The names of several resources as one output."""

from collections.abc import Sequence

import pulumi


def listed(names: Sequence[pulumi.Output[str]]) -> pulumi.Output[str] | None:
    """Return names separated by commas; None without any: an output is flat."""
    if not names:
        return None
    joined: pulumi.Output[str] = pulumi.Output.all(*names).apply(",".join)
    return joined
