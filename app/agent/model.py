"""Which model answers, and what is said when it does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.terms.answers import Refusal, UsageRefusal

if TYPE_CHECKING:
    from anthropic import Anthropic, APIStatusError

DEFAULT_MODEL: Final = "claude-sonnet-5-5"
"""The id that the anthropic SDK 2.12 uses in its examples."""

OFFLINE: Final = "offline"
"""The name of the model that answers by fixed rules, on this machine."""


class ModelError(Refusal):
    """The model did not answer; one sentence that says why and what to do, without any secret."""

    code = "model"


def open_client(model: str, api_key: str | None) -> "Anthropic":
    """Return a client for `model`: the real API, or the offline model's transport behind the same SDK.

    Raises:
        UsageRefusal: a real model was asked for without a key.
    """
    from anthropic import Anthropic

    if model == OFFLINE:
        from app.agent.offline import offline_client

        return offline_client()
    if not api_key:
        raise UsageRefusal(
            "There is no API key: set ANTHROPIC_API_KEY (environment or .env) to ask Claude, "
            "or add --model offline for the model that quotes by fixed rules, on this machine."
        )
    return Anthropic(api_key=api_key)


@contextmanager
def translated_errors(model: str) -> Iterator[None]:
    """Turn the SDK's errors into a ModelError: a sentence for a person.

    Branches on status codes and types, never on texts. The request, whose headers hold the key, is not shown.
    """
    import anthropic

    try:
        yield
    except anthropic.APIStatusError as error:
        raise ModelError(_status_sentence(error, model)) from error
    except anthropic.APIConnectionError as error:
        raise ModelError(
            "The Messages API cannot be reached: check the network and ANTHROPIC_BASE_URL, "
            "or use --model offline."
        ) from error


def _status_sentence(error: "APIStatusError", model: str) -> str:
    match error.status_code:
        case 401:
            return (
                "The Messages API refuses the API key (401): check ANTHROPIC_API_KEY, "
                "or use --model offline."
            )
        case 402 | 403:
            return (
                f"The API key may not use {model} ({error.status_code}): check the account, "
                "or choose another --model."
            )
        case 404:
            return f"The Messages API knows no model {model!r} (404): choose another --model."
        case 413:
            return (
                "The conversation is too large for the Messages API (413): ask a narrower question."
            )
        case 429:
            return "The Messages API limits this key's rate (429), after retries: ask again in a minute."
        case status if status >= 500 or error.type in ("overloaded_error", "api_error"):
            return f"The Messages API is overloaded or down ({status}), after retries: ask again later."
        case status:
            kind = error.type or "no type"
            return f"The Messages API refused the request ({status}, {kind}): {error.api_message}"
