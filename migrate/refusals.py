"""Every way a migration as a whole can be refused or end early; one sentence each."""

from typing import ClassVar

from app.store.errors import StoreError
from app.terms.answers import Refusal, UsageRefusal
from migrate.outcomes import Cause


class SourceRefused(UsageRefusal):
    """The source is not a folder or a store that can be migrated to this destination."""

    code = "source"


class SourceFailed(Refusal):
    """The source refuses or does not answer at all."""

    code = "source"


class JournalRefused(Refusal):
    """The journal is another pair's, another version's, damaged, or in use by another run."""

    code = "journal"


class PlanRefused(Refusal):
    """The file is no plan, or one that no longer fits what both sides hold."""

    code = "plan"


class DestinationFailed(Refusal):
    """The destination refuses or does not answer at all, so that going on would only repeat one sentence."""

    code = "destination"


class Interrupted(Refusal):
    """A person or the system asked the run to stop; what was done is in the journal."""

    code = "interrupted"

    def __init__(self, message: str, *, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc] # of this one stop: 130 after Ctrl-C, else 1


class SourceChanged(Exception):
    """A file is not what it was when it was last looked at; not for people: the run tries again."""


class SourceUnreadable(Exception):
    """A file cannot be read; its text is the reason, as a phrase for a message."""

    cause: ClassVar[Cause] = Cause.UNREADABLE


class PropertiesUnfit(SourceUnreadable):
    """What the source keeps beside the bytes is not for the destination; its text says what."""

    cause = Cause.PROPERTIES


class Stopped(StoreError):
    """The run was asked to stop. A StoreError, so that a store hands it back like any upload's end."""

    code = "stopped"
