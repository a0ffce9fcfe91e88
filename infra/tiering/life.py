"""What becomes of one state of a document under a policy: reckoned from the policy, not from compiled rules.

Days are counted from the midnight on which the policy starts, day 0; what was written before has a negative
one. That compiled rules do the same, day by day, is a law of the tests.
"""

import math
from bisect import insort
from dataclasses import dataclass
from typing import Literal

from app.terms.outputs import Cloud
from infra.tiering.manners import MANNERS, Manners, soft_delete_days
from infra.tiering.policy import TieringPolicy

Phase = Literal["live", "old", "deleted"]


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in one tier and phase; `end` is the day on which it is no longer so."""

    tier: str
    phase: Phase
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state of a document: what lay under its path from one write to the next.

    Attributes:
        path: relative to the prefix.
        size_bytes: of it.
        written: the day; before 0 for what was there when the policy started.
        replaced: the day of the next write; infinite where there is none.
        tier: where it lies at first.
        reads: the days on which it is read meanwhile, in their order; they matter to rules about access.
    """

    path: str
    size_bytes: int
    written: float
    replaced: float = math.inf
    tier: str
    reads: tuple[float, ...] = ()


@dataclass(slots=True)
class _Course:
    """Where a state is on its way: its tier, since when, and the run that moved it there."""

    tier: str
    start: float
    changed: float | None = None

    def leave(self, stays: list[Stay], phase: Phase, moment: float) -> None:
        stays.append(Stay(self.tier, phase, self.start, moment))

    def enter(self, tier: str, moment: float) -> None:
        self.tier, self.start, self.changed = tier, float(moment), moment


class Lives:
    """Reckons lives under one policy on one cloud."""

    def __init__(self, policy: TieringPolicy, cloud: Cloud) -> None:
        self._policy = policy
        self._manners: Manners = MANNERS[cloud]
        self._deleted_days = soft_delete_days(cloud, policy)

    def stays(self, state: State) -> list[Stay]:
        """Return where it lies, from day 0 or its writing until it has gone."""
        stays: list[Stay] = []
        start = max(state.written, 0.0)
        tier, ended = self._live(state, start, stays)
        if ended < math.inf:
            self._old(state, tier, ended, stays)
        return stays

    def _live(self, state: State, start: float, stays: list[Stay]) -> tuple[str, float]:
        """Add what happens while it is the current one; return its tier and the day on which it is not."""
        course = _Course(state.tier, start)
        counted, since, warmed = self._counted(state), start, -math.inf
        for read in (*self._noted(state), state.replaced):
            ended = self._run_until(read, since, counted, state, course, stays)
            if ended is not None:
                return course.tier, ended
            if read < state.replaced and course.tier not in self._manners.offline:
                # Of several reads within a day, only the first is noted.
                counted, since = (read if read - counted >= 1 else counted), read
                warmed = self._warm(read, warmed, course, stays)
        course.leave(stays, "live", state.replaced)
        return course.tier, state.replaced

    def _run_until(
        self,
        until: float,
        since: float,
        counted: float,
        state: State,
        course: _Course,
        stays: list[Stay],
    ) -> float | None:
        """Add what the runs after `since` and before `until` do; return on which one it expires."""
        first = math.floor(since) + 1
        moves = [
            (max(run, first), name) for run, name in self._moves(state, counted, self._cooling())
        ]
        moves += [
            (max(run, first), name)
            for run, name in self._moves(state, state.written, self._archiving(state.path))
        ]
        expiry = self._expiry(state)
        pending = sorted({run for run, _ in moves} | ({max(expiry, first)} if expiry else set()))
        while pending and pending[0] < until:
            run = pending.pop(0)
            due = expiry is not None and expiry <= run
            first_moves = not due or self._manners.move_before_marker
            target = self._target(course, moves, run, pending) if first_moves else None
            if target:
                course.leave(stays, "live", run)
                course.enter(target, run)
                if due:
                    _again(pending, run + 1)
            elif due:
                course.leave(stays, "live", run)
                return run
        return None

    def _counted(self, state: State) -> float:
        """Return what cooling counts from at first; who was never read counts from the policy's first day."""
        return max(state.written, 0.0) if self._policy.by == "access" else state.written

    def _noted(self, state: State) -> tuple[float, ...]:
        return state.reads if self._policy.by == "access" else ()

    def _warm(self, read: float, warmed: float, course: _Course, stays: list[Stay]) -> float:
        """Add what a read does to a document in Cool; return when it was last warmed."""
        manners = self._manners
        pause = manners.warmed_after_days
        if pause is None or course.tier != manners.cool or not self._policy.cool_after_days:
            return warmed
        if read - warmed < pause:
            return warmed
        course.leave(stays, "live", read)
        course.enter(manners.default, read)
        return read

    def _old(self, state: State, tier: str, since: float, stays: list[Stay]) -> None:
        """Add what happens to it as an old version, and after that."""
        old = self._policy.old_versions
        manners = self._manners
        counted = since if manners.old_since == "replaced" else state.written
        days = ((old.cool_after_days, manners.cool), (old.archive_after_days, manners.archive))
        earliest = math.floor(since) + 1
        moves = [
            (max(run, earliest), name) for run, name in self._moves(state, counted, list(days))
        ]
        gone = max(manners.run_of(counted, old.kept_days), earliest)
        start = since
        for run in sorted({run for run, _ in moves}):
            target = _coldest(manners, tier, [name for due, name in moves if due <= run])
            if run < gone and target:
                stays.append(Stay(tier, "old", start, run))
                tier, start = target, float(run)
        stays.append(Stay(tier, "old", start, gone))
        if self._deleted_days:
            stays.append(Stay(tier, "deleted", gone, gone + self._deleted_days))

    def _cooling(self) -> list[tuple[int | None, str]]:
        policy, manners = self._policy, self._manners
        return [(policy.cool_after_days, manners.cool), (policy.cold_after_days, manners.cold)]

    def _archiving(self, path: str) -> list[tuple[int | None, str]]:
        named = [rule.after_days for rule in self._policy.archive if path.startswith(rule.folder)]
        return [(min(named, default=None), self._manners.archive)]

    def _moves(
        self, state: State, since: float, days: list[tuple[int | None, str]]
    ) -> list[tuple[int, str]]:
        if state.size_bytes < self._manners.bytes_min:
            return []
        return [(self._manners.run_of(since, after), name) for after, name in days if after]

    def _expiry(self, state: State) -> int | None:
        named = [
            rule.after_days for rule in self._policy.expire if state.path.startswith(rule.folder)
        ]
        return self._manners.run_of(state.written, min(named)) if named else None

    def _target(
        self, course: _Course, moves: list[tuple[int, str]], run: int, pending: list[int]
    ) -> str | None:
        """Return where it moves on this run; one that must rest first is looked at again later."""
        manners = self._manners
        names = [name for due, name in moves if due <= run]
        rest, changed = manners.rest_days_before_archive, course.changed
        if rest is not None and changed is not None and run <= changed + rest:
            if manners.archive in names:
                _again(pending, math.floor(changed + rest) + 1)
            names = [name for name in names if name != manners.archive]
        return _coldest(manners, course.tier, names)


def _coldest(manners: Manners, tier: str, names: list[str]) -> str | None:
    """Return the coldest of the tiers that can be moved to from here; that is also the cheapest one."""
    onward = manners.onward.get(tier, frozenset())
    order = (manners.archive, manners.cold, manners.cool)
    return next((name for name in order if name in names and name in onward), None)


def _again(pending: list[int], run: int) -> None:
    if run not in pending:
        insort(pending, run)
