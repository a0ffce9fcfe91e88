"""Before anything is made on somebody's account: what is refused, and who has agreed."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from app.terms.answers import Refusal, UsageRefusal
from infra.local_cloud import is_local
from infra.settings import Settings

CONSENT_VARIABLE: Final = "KB_SMOKE_CONSENT"
"""Holds the name of the one environment that may be used."""

SUFFIX: Final = "-smoke"

_PRODUCTION: Final = frozenset({"prod", "production", "live"})


def require_harmless(name: str, config: Mapping[str, Any], settings: Settings) -> None:
    """Refuse an environment whose like should not even be tried.

    Raises:
        UsageRefusal: it is production, is protected, or works in what other people made.
    """
    if _PRODUCTION & set(name.lower().split("-")):
        raise UsageRefusal(f"Environment {name!r} is production: a smoke test is for others.")
    if name.endswith(SUFFIX):
        raise UsageRefusal(f"Environment {name!r} is one of a smoke test itself: name the other.")
    if config.get("knowledge-base-cloud:disposable") is False:
        raise UsageRefusal(
            f"Environment {name!r} is protected: Pulumi.{name}.yaml says disposable: false."
        )
    if settings.adopt.anything:
        raise UsageRefusal(
            f"Environment {name!r} adopts what exists: a smoke test could not clean up after itself there."
        )


def require_consent(
    name: str,
    environ: Mapping[str, str],
    ask: Callable[[str], str] | None,
    *,
    notice: str,
) -> None:
    """Refuse to go on unless somebody named this very environment.

    Args:
        name: of the environment; a local one needs no consent.
        environ: of the process.
        ask: shows a question and returns what was typed; None: there is no terminal.
        notice: what is going to happen, before the question.

    Raises:
        UsageRefusal: nobody has agreed.
        Refusal: another name was typed.
    """
    if is_local(name) or environ.get(CONSENT_VARIABLE) == name:
        return
    if ask is None:
        raise UsageRefusal(
            f"{notice} There is no terminal to ask on: set {CONSENT_VARIABLE}={name} to agree."
        )
    if ask(f"{notice} Type the environment's name to agree: ").strip() != name:
        raise Refusal("Nothing was done.")
