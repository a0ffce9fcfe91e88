"""The checks of the way in: the network, the account with its bucket, the credentials."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from app.store.errors import AccessDenied, NotFound, StoreError, StoreMissing, Unavailable
from app.store.keys import Key
from app.terms.permissions import PERMISSIONS, Verb
from app.terms.variables import Identity
from migrate.checklist.trial import Trial
from migrate.checklist.verdict import Verdict, failed, passed, skipped

if TYPE_CHECKING:
    from app.store.contract import BlobStore

_VARIABLES: Final = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role",
    "azure": "AZURE_STORAGE_CONNECTION_STRING, or an identity (az login, AZURE_CLIENT_ID)",
    "gs": "GCS_CREDENTIALS_FILE, or application default credentials",
}
# Whether the migrator may delete is the rollback's question: a migration needs no such right.
_TRIED: Final[Mapping[Identity, tuple[Verb, ...]]] = {
    "migrator": ("write", "read"),
    "agent": ("write", "read", "delete"),
}
_PROBE: Final = Key("probe")


def check_network(trial: Trial) -> Verdict:
    """Tell whether anything answers at the service's address, whatever it says."""
    route = trial.asking.route
    if trial.destination.endpoint is None:
        return skipped(f"{trial.destination}: {route.evidence}.")
    if not route.is_open and not route.account_missing:
        return failed(f"{trial.destination.endpoint}: {route.evidence}", route.next_step)
    if route.account_missing:
        return passed(f"{route.evidence.capitalize()}.")
    for error in trial.asking.answers().values():
        if isinstance(error, Unavailable):
            return failed(f"{route.evidence}, and yet: {error}", _no_answer_advice(str(error)))
    return passed(f"{route.evidence}, and the service answers.")


def check_account(trial: Trial) -> Verdict:
    """Tell whether the account and its bucket, container or folder exist."""
    if trial.asking.route.account_missing:
        return failed(
            f"There is no storage account {trial.destination.url.account!r}: its name resolves nowhere.",
            _make_it(trial),
        )
    answers = trial.asking.answers()
    for error in answers.values():
        if isinstance(error, StoreMissing):
            return failed(f"{_sentence(error)}", _make_it(trial))
    if None in answers.values():
        return passed(f"{trial.destination} is there: it lists what it holds.")
    if all(isinstance(error, AccessDenied) for error in answers.values()):
        return skipped("With credentials that are refused nobody can see it: mend those first.")
    error = next(error for error in answers.values() if error is not None)
    return failed(_sentence(error), "Look at the service's own status and at the address.")


def check_credentials(trial: Trial) -> Verdict:
    """Try what each identity has to be able to do, on a blob of the trial's own."""
    seen = []
    for identity, answer in trial.asking.answers().items():
        if answer is not None:
            return _refused(trial, identity, "list", answer)
        verbs: list[Verb] = [
            verb for verb in _TRIED[identity] if verb in PERMISSIONS[identity]["open"]
        ]
        store = trial.store(f"credentials/{identity}", identity=identity)
        for verb in verbs:
            trial.stop.keep_going()
            try:
                _try(store, verb)
            except (AccessDenied, NotFound) as error:
                return _refused(trial, identity, verb, error)
        seen.append(f"the {identity} may {', '.join(['list', *verbs])}")
    if "agent" not in trial.destination.openers:
        seen.append("the agent has the same credentials here")
    return passed(f"{'; '.join(seen).capitalize()}.")


def _try(store: "BlobStore", verb: str) -> None:
    if verb == "write":
        store.write(_PROBE, b"kb checklist")
    elif verb == "read":
        store.read(_PROBE)
    else:
        store.delete(_PROBE)


def _refused(trial: Trial, identity: Identity, verb: str, error: StoreError) -> Verdict:
    what = "The credentials" if len(trial.destination.openers) == 1 else f"The {identity}"
    variables = _VARIABLES.get(trial.destination.url.scheme)
    if trial.destination.environment:
        mend = (
            f"If a key was renewed or an identity changed, {trial.choices.command('up')} hands out the "
            f"present ones; {trial.choices.command('env')} shows what is used. Without keys it is this "
            f"machine's login: {variables}."
        )
    elif variables:
        mend = f"Set {variables} for this store, with the right to {verb}."
    else:
        mend = f"Give this process's user the right to {verb} there (chown, chmod)."
    return failed(f"{what} may not {verb}: {error}.", mend)


def _make_it(trial: Trial) -> str:
    if trial.destination.environment:
        return f"{trial.choices.command('up')} makes it."
    url = trial.destination.url
    match url.scheme:
        case "s3":
            how = f"aws s3 mb s3://{url.place}"
        case "azure":
            how = f"az storage container create --account-name {url.account} --name {url.place}"
        case "gs":
            how = f"gcloud storage buckets create gs://{url.place}"
        case _:
            return f"Make the folder: mkdir -p {url.place}"
    return f"Look at the spelling; else make it: kb up -s ENV for an environment, or {how}"


def _no_answer_advice(reason: str) -> str:
    if "certificate" in reason.lower() or "ssl" in reason.lower():
        return (
            "Its certificate is not trusted here: look at the endpoint's name, this machine's clock, and at "
            "AWS_CA_BUNDLE or REQUESTS_CA_BUNDLE behind a proxy that opens TLS."
        )
    return "See whether something else listens at that address, and the service's own status; try again."


def _sentence(error: StoreError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
