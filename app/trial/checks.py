"""What a trial checks: every law, the laws of faults, the state machine and races."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Final, Literal

from app.store.conformance import FAULT_LAWS, LAWS, FaultLaw, Scope, promise, scope, sentence
from app.store.conformance.races import Kind, Race, run_race
from app.terms.answers import UsageRefusal
from app.trial.ground import Ground

CheckKind = Literal["law", "law of faults", "machine", "race"]
_RACE_ROUNDS: Final = 20
_RACE_DOCUMENTS: Final = 4
_RACE_SCOPE: Final = Scope("conditional_writes", "a condition that cannot be checked is refused")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that holds or does not.

    Attributes:
        kind: what it is.
        sentence: what it is called.
        promise: what it says in full.
        scope: the stores that it is about; None for all.
        run: raises where it does not hold.
    """

    kind: CheckKind
    sentence: str
    promise: str
    scope: Scope | None
    run: Callable[[Ground], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a trial is asked for.

    Attributes:
        only: words that a check's name must all contain.
        faults: whether calls fail.
        machine: whether sequences of calls are made up; None where hypothesis is installed.
        races: how many processes race; 0 for none.
    """

    only: str = ""
    faults: bool = True
    machine: bool | None = None
    races: int = 3


def chosen(choice: Choice) -> list[Check]:
    """Return the checks that were asked for.

    Raises:
        UsageRefusal: there are none, or hypothesis is missing.
    """
    words = choice.only.lower().split()
    checks = [
        check
        for check in _all(choice)
        if all(word in f"{check.kind} {check.sentence}".lower() for word in words)
    ]
    if not checks:
        raise UsageRefusal(f"No check has {choice.only!r} in its name: --list names them all.")
    return checks


def has_hypothesis() -> bool:
    """Return whether the state machine can run here."""
    return find_spec("hypothesis") is not None


def _all(choice: Choice) -> Iterator[Check]:
    for law in LAWS:
        yield _of_law("law", law)
    if choice.faults:
        for law in FAULT_LAWS:
            yield _of_law("law of faults", law)
    if choice.machine and not has_hypothesis():
        raise UsageRefusal(
            "--machine needs hypothesis, which is not installed: pip install hypothesis"
        )
    if choice.machine or (choice.machine is None and has_hypothesis()):
        yield Check(
            "machine",
            "any sequence of calls is answered as by a dict",
            "Sequences of up to 20 calls, made up by hypothesis, always the same ones.",
            None,
            _run_machine,
        )
    if choice.races:
        yield from _races(choice.races)


def _of_law(kind: CheckKind, law: FaultLaw) -> Check:
    return Check(kind, sentence(law), promise(law), scope(law), partial(_run_law, law))


def _races(processes: int) -> Iterator[Check]:
    kinds: tuple[Kind, ...] = ("append", "edit")
    for kind in kinds:
        for documents in (1, _RACE_DOCUMENTS):
            race = Race(kind, documents=documents, processes=processes, rounds=_RACE_ROUNDS)
            yield Check(
                "race",
                f"{race} lose nothing",
                "Each change that a process was told to be done is there once, and no conflict is false.",
                _RACE_SCOPE,
                partial(_run_race, race),
            )


def _run_law(law: FaultLaw, ground: Ground) -> None:
    with ground.store() as (store, _):
        law(store)


def _run_machine(ground: Ground) -> None:
    from app.store.conformance.machine import behaves_like_a_dict

    behaves_like_a_dict(ground.opened, examples=10, steps=20)


def _run_race(race: Race, ground: Ground) -> None:
    with ground.store() as (store, opening):
        wrong = run_race(store, opening, race, environ=ground.environ).broken()
    if wrong:
        raise AssertionError(wrong)
