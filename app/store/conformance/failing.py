"""Laws of calls that fail: whatever fails, a blob is old or new, and nobody remembers otherwise."""

from app.store.conformance.conditions import a_condition_that_cannot_be_checked_is_refused
from app.store.conformance.expecting import content_of, keys_of
from app.store.conformance.faults import Around, Storm, as_it_is, storms
from app.store.conformance.law import only_where
from app.store.contract import ABSENT, Blob, BlobInfo, BlobStore, IfVersion, Upload
from app.store.errors import NotFound, Unavailable
from app.store.keys import Key
from app.store.operations import append, copy, edit, ensure, move

_OLD, _NEW = b"old\n", b"new\n"


def a_write_that_fails_leaves_old_or_new(store: BlobStore, around: Around = as_it_is) -> None:
    """Whichever call fails, before or after its effect, once or from then on."""

    def overwrite(subject: BlobStore, key: Key) -> None:
        assert subject.read(key).data == _OLD
        subject.write(key, _NEW)
        assert subject.read(key).data == _NEW

    storms(store, overwrite, _old_or(_OLD, _NEW), around=around, prepare=_put_old)


def a_first_write_that_fails_leaves_nothing_or_all(
    store: BlobStore, around: Around = as_it_is
) -> None:
    """Also where the store had been asked for the blob before."""

    def create(subject: BlobStore, key: Key) -> None:
        assert content_of(subject, key) is None
        subject.write(key, _NEW)

    storms(store, create, _old_or(None, _NEW), around=around)


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def a_conditional_write_that_fails_leaves_old_or_new(
    store: BlobStore, around: Around = as_it_is
) -> None:
    """It is never refused because of its own effect: a lost answer is Unavailable, not a conflict."""

    def create(subject: BlobStore, key: Key) -> None:
        subject.write(key, _NEW, when=ABSENT)

    def replace(subject: BlobStore, key: Key) -> None:
        version = subject.read(key).info.version
        subject.write(key, _NEW, when=IfVersion(version))

    storms(store, create, _old_or(None, _NEW), around=around)
    storms(store, replace, _old_or(_OLD, _NEW), around=around, prepare=_put_old)


def a_delete_that_fails_leaves_the_blob_or_nothing(
    store: BlobStore, around: Around = as_it_is
) -> None:
    """Nothing is read of it afterwards unless it is still there."""

    def remove(subject: BlobStore, key: Key) -> None:
        assert subject.read(key).data == _OLD
        subject.delete(key)
        assert content_of(subject, key) is None

    storms(store, remove, _old_or(_OLD, None), around=around, prepare=_put_old)


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def an_append_that_fails_arrives_once_or_not_at_all(
    store: BlobStore, around: Around = as_it_is
) -> None:
    """Never twice, never in part; one that reports success has arrived."""

    def add(subject: BlobStore, key: Key) -> None:
        append(subject, key, _NEW)

    storms(store, add, _old_or(None, _NEW), around=around)
    storms(store, add, _old_or(_OLD, _OLD + _NEW), around=around, prepare=_put_old)


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def an_edit_that_fails_leaves_old_or_new(store: BlobStore, around: Around = as_it_is) -> None:
    """The place is replaced once or not at all, and the rest of the document stays."""

    def change(subject: BlobStore, key: Key) -> None:
        version = subject.read(key).info.version
        edit(subject, key, b"old", b"new", version=version)

    storms(store, change, _old_or(_OLD, _NEW), around=around, prepare=_put_old)


def a_copy_that_fails_leaves_its_source_and_no_other_target(
    store: BlobStore, around: Around = as_it_is
) -> None:
    """The target is missing or whole; the source is untouched."""

    def duplicate(subject: BlobStore, folder: Key) -> None:
        source, target, _ = _below(folder)
        subject.delete(target)
        copy(subject, source, target)

    def check(storm: Storm) -> None:
        source, target, _ = _below(storm.key)
        for seen in (storm.fresh(), storm.subject):
            assert content_of(seen, source) == _OLD
            assert content_of(seen, target) in (_OLD, None)
        assert content_of(storm.subject, target) == content_of(storm.fresh(), target)
        if storm.error is None:
            assert content_of(storm.fresh(), target) == _OLD

    storms(store, duplicate, check, around=around, prepare=_put_old_below)


@only_where("conditional_writes", otherwise=a_condition_that_cannot_be_checked_is_refused)
def a_move_that_fails_loses_nothing(store: BlobStore, around: Around = as_it_is) -> None:
    """The content is under its old name or its new one, or under both; a repeat then ends it."""

    def rename(subject: BlobStore, folder: Key) -> None:
        source, target, _ = _below(folder)
        subject.delete(target)
        move(subject, source, target)

    def check(storm: Storm) -> None:
        source, target, _ = _below(storm.key)
        held = (content_of(storm.fresh(), source), content_of(storm.fresh(), target))
        assert held in ((_OLD, None), (_OLD, _OLD), (None, _OLD))
        assert (content_of(storm.subject, source), content_of(storm.subject, target)) == held
        if storm.error is None:
            assert held == (None, _OLD)
        elif held[0] is not None:
            move(storm.subject, source, target)
            assert content_of(storm.fresh(), source) is None
            assert content_of(storm.fresh(), target) == _OLD

    storms(store, rename, check, around=around, prepare=_put_old_below)


def a_copy_with_an_end_in_view_settles_a_lost_answer(
    store: BlobStore, around: Around = as_it_is
) -> None:
    """`ensure` succeeds if the bytes are there, whatever became of the answer."""

    def ensured(subject: BlobStore, key: Key) -> None:
        ensure(subject, key, _NEW)

    def check(storm: Storm) -> None:
        if not storm.fault.lasting and content_of(storm.fresh(), storm.key) == _NEW:
            assert storm.error is None
        _old_or(_OLD, _NEW)(storm)

    storms(store, ensured, check, around=around, prepare=_put_old)


def of_many_writes_those_that_fail_say_so_and_the_others_are_stored(
    store: BlobStore, around: Around = as_it_is
) -> None:
    """In their order, and each one old or new."""

    def write(subject: BlobStore, folder: Key) -> None:
        keys = _below(folder)
        answers = list(subject.write_many([Upload(key, _NEW) for key in keys]))
        assert len(answers) == len(keys)
        for key, answer in zip(keys, answers, strict=True):
            if isinstance(answer, BlobInfo):
                assert answer.key == key
                assert _store_of(subject, key) in (_NEW, "unknown")
            else:
                assert isinstance(answer, Unavailable), answer

    def check(storm: Storm) -> None:
        for key in _below(storm.key):
            assert content_of(storm.fresh(), key) in (_OLD, _NEW)
            assert content_of(storm.subject, key) == content_of(storm.fresh(), key)

    storms(store, write, check, around=around, prepare=_put_old_below)


def of_many_reads_those_that_fail_say_so_and_the_others_are_answered(
    store: BlobStore, around: Around = as_it_is
) -> None:
    """In their order; what failed once is there the next time."""

    def read(subject: BlobStore, folder: Key) -> None:
        answers = list(subject.read_many(_below(folder)))
        for key, answer in zip(_below(folder), answers, strict=True):
            if isinstance(answer, Blob):
                assert (answer.info.key, answer.data) == (key, _OLD)
            else:
                assert isinstance(answer, Unavailable), answer

    def check(storm: Storm) -> None:
        for answer in storm.subject.read_many(_below(storm.key)):
            assert isinstance(answer, Blob), answer
            assert answer.data == _OLD

    storms(store, read, check, around=around, prepare=_put_old_below)


def a_scan_that_fails_is_an_error_and_not_an_end(
    store: BlobStore, around: Around = as_it_is
) -> None:
    """A listing that ends without an error is complete."""

    def scan(subject: BlobStore, folder: Key) -> None:
        assert sorted(keys_of(subject.scan(f"{folder}/"))) == _below(folder)

    def check(storm: Storm) -> None:
        scan(storm.subject, storm.key)

    storms(store, scan, check, around=around, prepare=_put_old_below)


def _store_of(subject: BlobStore, key: Key) -> bytes | str | None:
    """Return what the store holds, or "unknown" where it does not answer."""
    try:
        return content_of(subject, key)
    except Unavailable:
        return "unknown"


def _old_or(old: bytes | None, new: bytes | None) -> "_OldOrNew":
    return _OldOrNew(old, new)


class _OldOrNew:
    """Checks that a storm has left one of two states, and that nobody remembers the other one."""

    def __init__(self, old: bytes | None, new: bytes | None) -> None:
        self._old = old
        self._new = new

    def __call__(self, storm: Storm) -> None:
        held = content_of(storm.fresh(), storm.key)
        assert held in (self._old, self._new)
        assert content_of(storm.subject, storm.key) == held
        assert _version_of(storm.subject, storm.key) == _version_of(storm.fresh(), storm.key)
        if storm.error is None:
            assert held == self._new, "success was reported, and the blob is the old one"
        else:
            assert isinstance(storm.error, Unavailable), f"a lost answer became {storm.error!r}"
        storm.subject.write(storm.key, b"next")
        assert content_of(storm.subject, storm.key) == b"next"
        assert content_of(storm.fresh(), storm.key) == b"next"


def _version_of(store: BlobStore, key: Key) -> str | None:
    try:
        return store.stat(key).version
    except NotFound:
        return None


def _put_old(store: BlobStore, key: Key) -> None:
    store.write(key, _OLD)


def _put_old_below(store: BlobStore, folder: Key) -> None:
    for key in _below(folder):
        store.write(key, _OLD)


def _below(folder: Key) -> list[Key]:
    return [Key(f"{folder}/{name}") for name in "abc"]
