"""What a rule is: one demand on a resource or on a whole stack, and what of it is not met."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

Properties = Mapping[str, Any]
"""A resource's inputs by their Pulumi names. What is no JSON value is not known yet, and no finding."""

Posture = Literal["emulated", "disposable", "lasting"]
"""What an environment is: on this machine; in an account, to be thrown away; in an account, to stay."""

_POSTURES: Final[Sequence[Posture]] = get_args(Posture)

Problem = tuple[str, str]
"""A property's path (`rules[0].filter`; '' for the resource as a whole) and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What both kinds of rules say about themselves.

    Attributes:
        name: of the rule, in words with dashes.
        demand: one sentence.
        since: the mildest posture that it holds for; it holds for every stricter one, too.
    """

    name: str
    demand: str
    since: Posture = "emulated"

    def holds(self, posture: Posture) -> bool:
        """Whether it is demanded of an environment."""
        return _POSTURES.index(posture) >= _POSTURES.index(self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Demand):
    """A demand on each resource of some types.

    Attributes:
        types: the resource types.
        problems: inputs → what is wrong with them.
    """

    types: tuple[str, ...]
    problems: Callable[[Properties], list[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A resource of a stack, as a program or a state declares it.

    Attributes:
        type: `aws:s3/bucket:Bucket`
        name: in the program; where an automatic name is not known yet, also that name.
        inputs: by their Pulumi names.
        protected: whether the engine refuses to delete it.
    """

    type: str
    name: str
    inputs: Properties
    protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRule(Demand):
    """A demand on the resources of a stack together.

    Attributes:
        types: the resource types that it begins with.
        problems: all resources → which of them does not meet it, and why.
    """

    types: tuple[str, ...]
    problems: Callable[[Sequence[Declared]], list[tuple[Declared, str]]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A demand that is not met.

    Attributes:
        rule: its name.
        path: of the property; '' for the resource as a whole.
        sentence: what is wrong.
        resource: type and name, of a finding in a stack.
    """

    rule: str
    path: str
    sentence: str
    resource: str = ""

    def __str__(self) -> str:
        place = ".".join(part for part in (self.resource, self.path) if part)
        return f"{place} {self.sentence} (rule {self.rule})"


def is_known(value: object) -> bool:
    """Whether it is a JSON value: what is none will be known only when another resource exists."""
    return value is None or isinstance(value, bool | int | float | str | list | tuple | Mapping)


def looked_up(inputs: Properties, path: str) -> Any:
    """Return the value at `a.b.c`; None where there is none, what is not known where a part is not."""
    value: Any = inputs
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None if is_known(value) else value
        value = value.get(part)
    return value


def must_be(path: str, *allowed: object, because: str) -> Callable[[Properties], list[Problem]]:
    """Return a look at one property that may have some values only; a missing one is None."""
    shown = " or ".join(map(_shown, allowed))

    def look(inputs: Properties) -> list[Problem]:
        value = looked_up(inputs, path)
        if not is_known(value) or value in allowed:
            return []
        return [(path, f"is {_shown(value)}, must be {shown}: {because}")]

    return look


def must_be_at_least(
    path: str, least: int, *, because: str
) -> Callable[[Properties], list[Problem]]:
    """Return a look at one property that must be a number of some size."""

    def look(inputs: Properties) -> list[Problem]:
        value = looked_up(inputs, path)
        if not is_known(value) or (isinstance(value, int | float) and value >= least):
            return []
        return [(path, f"is {_shown(value)}, must be at least {least}: {because}")]

    return look


def every(
    *looks: Callable[[Properties], Iterable[Problem]],
) -> Callable[[Properties], list[Problem]]:
    """Return all looks as one."""
    return lambda inputs: [problem for look in looks for problem in look(inputs)]


def never(because: str) -> Callable[[Properties], list[Problem]]:
    """Return a look that no resource of the type passes."""
    return lambda _: [("", because)]


def _shown(value: object) -> str:
    if value is None:
        return "not given"
    return str(value).lower() if isinstance(value, bool) else repr(value)
