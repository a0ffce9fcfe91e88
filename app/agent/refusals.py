"""What the model is told when the store fails: sentences of ours, never an SDK's."""

from app.store.errors import (
    AccessDenied,
    Archived,
    ConditionFailed,
    CorruptBlob,
    InvalidKey,
    LeaseHeld,
    NotFound,
    StoreError,
    Unavailable,
    Unsupported,
)


def sentence_for(error: StoreError) -> str:
    """Say what went wrong: an SDK's message may hold addresses, file paths and signatures."""
    match error:
        case NotFound():
            return f"File not found: {error.key}"
        case InvalidKey():
            return str(error)  # made by parse_key or a backend from the key and the rule alone
        case AccessDenied():
            return f"Access denied: {error.key or 'the knowledge base'}"
        case CorruptBlob():
            return f"{error.key} is damaged and cannot be read."
        case Unsupported():
            return f"This storage cannot do that safely to {error.key}: nothing was changed."
        case LeaseHeld():
            return f"{error.key} is locked by another agent: nothing was changed. Try again later."
        case Archived():
            return (
                f"{error.key} is archived and cannot be read now; once it is asked for, it can be read by "
                f"{error.available_by:%Y-%m-%d %H:%M} UTC at the latest."
            )
        case ConditionFailed():
            return f"{error.key} was modified by another agent. Please retry."
        case Unavailable():
            return "The storage does not answer at the moment. Try again later."
        case _:
            return f"That failed ({error.code}) for {error.key or 'the knowledge base'}."
