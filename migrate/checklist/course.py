"""The ten checks, in the guide's order, each run after what it rests on."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from app.store.errors import StoreError
from app.terms.answers import Refusal
from migrate.checklist.access import check_account, check_credentials, check_network
from migrate.checklist.backup import check_backup
from migrate.checklist.concurrency import check_concurrency
from migrate.checklist.cost import check_cost
from migrate.checklist.migration import check_migration
from migrate.checklist.monitoring import check_monitoring
from migrate.checklist.performance import check_performance
from migrate.checklist.rollback import check_rollback
from migrate.checklist.trial import Trial
from migrate.checklist.verdict import Result, Verdict, failed, skipped
from migrate.refusals import Stopped


@dataclass(frozen=True, slots=True)
class Check:
    """One of the ten.

    Attributes:
        word: its name for programs.
        title: its name for people.
        korean: its name in the guide.
        run: does it.
        needs: the words of the checks without which it cannot be tried.
    """

    word: str
    title: str
    korean: str
    run: Callable[[Trial], Verdict]
    needs: tuple[str, ...] = ()


CHECKS: Final = (
    Check("account", "account exists", "Blob storage 계정 생성", check_account, ("network",)),
    Check(
        "credentials",
        "credentials work",
        "연결 문자열/자격 증명 획득",
        check_credentials,
        ("account",),
    ),
    Check("network", "network reaches it", "네트워크 연결 확인", check_network),
    Check("backup", "backup made and restorable", "백업 생성", check_backup, ("credentials",)),
    Check(
        "migration",
        "migration tried on a copy",
        "마이그레이션 스크립트 테스트",
        check_migration,
        ("credentials",),
    ),
    Check("concurrency", "concurrency tried", "동시성 테스트", check_concurrency, ("credentials",)),
    Check(
        "performance", "performance measured", "성능 벤치마크", check_performance, ("credentials",)
    ),
    Check("cost", "cost forecast", "비용 예측", check_cost),
    Check("monitoring", "monitoring in place", "모니터링 설정", check_monitoring, ("credentials",)),
    Check(
        "rollback", "rollback planned and tried", "롤백 계획 수립", check_rollback, ("migration",)
    ),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a check.

    Attributes:
        number: its place in the guide's list, from 1.
        check: which one.
        verdict: its end.
        seconds: how long it took.
    """

    number: int
    check: Check
    verdict: Verdict
    seconds: float

    def fields(self) -> dict[str, Any]:
        """Return it for JSON."""
        found: dict[str, Any] = {
            "number": self.number,
            "total": len(CHECKS),
            "check": self.check.word,
            "title": self.check.title,
            "title_ko": self.check.korean,
            "result": self.verdict.result.value,
            "evidence": self.verdict.evidence,
            "next_step": self.verdict.next_step,
            "figures": dict(self.verdict.figures),
            "seconds": round(self.seconds, 3),
        }
        return found


class Course:
    """Runs the checks of one trial.

    Args:
        trial: what they work with.
        begin: told of each check that is about to run.
    """

    def __init__(self, trial: Trial, *, begin: Callable[[Check], None]) -> None:
        self._trial = trial
        self._begin = begin
        self._outcomes: dict[str, Outcome] = {}
        self._blocked: set[str] = set()

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the outcome of each check, in the guide's order.

        Raises:
            Stopped: a stop was requested.
        """
        for check in CHECKS:
            yield self._outcome(check)

    def _outcome(self, check: Check) -> Outcome:
        known = self._outcomes.get(check.word)
        if known:
            return known
        missing = None
        for need in check.needs:
            before = self._outcome(_NAMED[need])
            if before.verdict.result is Result.FAILED or need in self._blocked:
                missing = before
        self._trial.stop.keep_going()
        began = time.monotonic()
        if missing is None:
            self._begin(check)
            verdict = _run(check, self._trial)
        else:
            self._blocked.add(check.word)
            verdict = skipped(f"It needs {missing.check.title!r}, which comes first.")
        outcome = Outcome(CHECKS.index(check) + 1, check, verdict, time.monotonic() - began)
        self._outcomes[check.word] = outcome
        return outcome


_NAMED: Final = {check.word: check for check in CHECKS}


def _run(check: Check, trial: Trial) -> Verdict:
    try:
        return check.run(trial)
    except Stopped:
        raise
    except (StoreError, Refusal) as error:
        return failed(
            f"It could not be finished: {str(error).rstrip('.')}.",
            f"Mend that, then again: {trial.choices.command('checklist')}",
        )
