"""Every planted fault, and a law that must find it."""

from typing import Final
from urllib.parse import urlsplit

from app.store.backends.memory import MemoryStore
from app.store.contract import BlobStore
from app.store.layers.base import Layer
from tests.contract.planted.others import (
    AnswersManyBySpeed,
    ClosesOnce,
    CountsSpansFromOne,
    DeletesAnyVersion,
    DeletesOnce,
    DeletesWhatLiesBelow,
    FindsNothingEmpty,
    ListsAPageTwice,
    ListsBackwards,
    ListsTheKeyAfterToo,
    ListsWholeFoldersOnly,
    LosesABlobBetweenPages,
    NamesAVersionByItsSize,
    RemembersWhatFailed,
    SaysItHasNoConditions,
    SendsWhatIsHeld,
    StopsAtTheFirstFailure,
    TakesAllKeysFirst,
    TellsLocalTime,
    WritesManyUnconditionally,
    WritesManyWithoutProperties,
)
from tests.contract.planted.writes import (
    ChecksBeforeAndNotWhileWriting,
    ForgetsProperties,
    IgnoresAbsent,
    IgnoresIfVersion,
    IgnoresLeases,
    LeavesSourcesOpen,
    TakesWhatASourceGives,
    TriesConditionsAgain,
    WritesInTwoSteps,
)

FAULTS: Final[dict[type[Layer], str]] = {
    IgnoresIfVersion: "if version replaces only that version",
    IgnoresAbsent: "absent never replaces",
    ChecksBeforeAndNotWhileWriting: "of many creators one wins",
    WritesInTwoSteps: "no reader sees half a write",
    TakesWhatASourceGives: "a source of another size is refused",
    LeavesSourcesOpen: "a source is closed after the write",
    ForgetsProperties: "properties come back where they are kept",
    IgnoresLeases: "a lease that cannot be checked is refused",
    NamesAVersionByItsSize: "different bytes have different versions",
    DeletesOnce: "deleting a missing blob succeeds",
    DeletesAnyVersion: "a delete if version deletes only that version",
    DeletesWhatLiesBelow: "a delete leaves what begins alike",
    ListsAPageTwice: "a scan goes through all pages",
    LosesABlobBetweenPages: "a scan goes through all pages",
    ListsWholeFoldersOnly: "a prefix is plain text",
    ListsTheKeyAfterToo: "a scan resumes after a key",
    ListsBackwards: "a scan is sorted where promised",
    CountsSpansFromOne: "a span gives that part",
    SendsWhatIsHeld: "a version already held is not sent again",
    FindsNothingEmpty: "a missing blob is not found and named",
    TellsLocalTime: "the time of writing is in utc and moves forward",
    AnswersManyBySpeed: "many reads answer in the order asked",
    TakesAllKeysFirst: "many reads take only as many keys as they need",
    StopsAtTheFirstFailure: "one failed write does not fail the rest",
    WritesManyUnconditionally: "many writes keep their conditions",
    WritesManyWithoutProperties: "many writes store what write stores",
    SaysItHasNoConditions: "a condition that cannot be checked is refused",
    ClosesOnce: "closing twice is allowed",
    RemembersWhatFailed: "a write that fails leaves old or new",
    TriesConditionsAgain: "a conditional write that fails leaves old or new",
}


def planted(fault: type[Layer]) -> BlobStore:
    """Return an empty store with the fault."""
    return fault(MemoryStore())


def open_planted(url: str) -> BlobStore:
    """Return an empty store with the fault that the URL names: `planted://NAME/…`."""
    names = {fault.__name__.lower(): fault for fault in FAULTS}
    return planted(names[str(urlsplit(url).hostname)])
