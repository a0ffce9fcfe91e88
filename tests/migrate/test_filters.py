"""Filters: what they exclude is counted, and touched on neither side."""

import shutil
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.keys import parse_key
from app.terms.answers import UsageRefusal
from migrate.filters import Filters, chosen_filters, filters_of, parse_age_ns, parse_size
from migrate.journal import Journal
from migrate.outcomes import Result
from migrate.proof import Found
from migrate.scope import Scope, scope_of
from migrate.walk import Entry, Kind
from tests.migrate.scene import Scene, Watched, contents, plant

DAY_NS = 86_400 * 10**9


def file(path: str, *, size: int = 0, modified_ns: int = 0) -> Entry:
    return Entry(path.encode(), Kind.FILE, "", size, modified_ns)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("812", 812),
        ("812B", 812),
        ("10MB", 10_000_000),
        ("1.5kb", 1500),
        ("64KiB", 65_536),
        ("2 GB", 2 * 10**9),
    ],
)
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("5m", 300), ("1.5h", 5400), ("30d", 30 * 86_400)]
)
def test_ages_are_read_as_people_write_them(text: str, seconds: int) -> None:
    assert parse_age_ns(text) == seconds * 10**9


@pytest.mark.parametrize("text", ["", "MB", "-1", "1e3", "ten", "1,5MB", "5 parsecs", "٣MB"])
def test_what_is_no_size_and_no_age_is_refused(text: str) -> None:
    for parse in (parse_size, parse_age_ns):
        with pytest.raises(UsageRefusal):
            parse(text)
    with pytest.raises(UsageRefusal):
        parse_age_ns("30")


def chosen(**options: str) -> Filters:
    known = dict.fromkeys(["size_min", "size_max", "age_min", "age_max"])
    return chosen_filters(include=(), exclude=(), now_ns=100 * DAY_NS, **{**known, **options})


def test_limits_that_no_file_can_meet_are_refused() -> None:
    with pytest.raises(UsageRefusal, match="--size-min"):
        chosen(size_min="2MB", size_max="1MB")
    with pytest.raises(UsageRefusal, match="--age-min"):
        chosen(age_min="2d", age_max="1d")


def test_limits_themselves_are_within() -> None:
    sizes = chosen(size_min="10", size_max="20")
    ages = chosen(age_min="10d", age_max="20d")

    assert [bool(sizes.refuse(file("a", size=size))) for size in (9, 10, 20, 21)] == [1, 0, 0, 1]
    moments = [(100 - days) * DAY_NS for days in (9, 10, 20, 21)]
    assert [bool(ages.refuse(file("a", modified_ns=at))) for at in moments] == [1, 0, 0, 1]


def test_everything_given_must_agree() -> None:
    filters = Filters(include=("*.md", "docs/**"), exclude=("**/draft/**", "README.md"))

    moved = {
        path: filters.refuse(file(path)) is None
        for path in ("a.md", "x/b.md", "docs/c.txt", "c.txt", "x/draft/d.md", "x/README.md")
    }

    assert moved == {
        "a.md": True,
        "x/b.md": True,
        "docs/c.txt": True,
        "c.txt": False,
        "x/draft/d.md": False,
        "x/README.md": False,
    }


def test_a_folder_that_cannot_be_read_is_excluded_by_what_means_all_that_is_in_it() -> None:
    folder = Entry(b"lost", Kind.UNREADABLE, "a folder: permission denied", is_folder=True)

    assert Filters(exclude=("lost/**",)).refuse(folder)
    assert Filters(exclude=("lost",)).refuse(folder)
    assert Filters(exclude=("lost/*.md",)).refuse(folder) is None
    assert Filters(include=("*.md",)).refuse(folder) is None


@given(
    st.builds(
        Filters,
        st.lists(st.text()).map(tuple),
        st.lists(st.text()).map(tuple),
        *[st.none() | st.integers(0)] * 4,
    )
)
def test_what_the_journal_keeps_is_what_was_chosen(filters: Filters) -> None:
    assert filters_of(filters.fields()) == filters
    assert scope_of(Scope(filters).fields()) == Scope(filters)


FILES = {"a.md": b"1", "b.log": b"22", "c/d.md": b"333", "c/e.log": b"4444"}
NO_LOGS = Scope(Filters(exclude=("*.log",)))


def test_what_is_excluded_is_counted_and_touched_on_neither_side(anywhere: Scene) -> None:
    plant(anywhere.root, FILES)
    (anywhere.root / "link.log").symlink_to("a.md")
    anywhere.store.write(parse_key("b.log"), b"theirs")
    watched = Watched(anywhere.store)

    summary, notes = anywhere.run(store=watched, scope=NO_LOGS)
    proof, findings = anywhere.verify()

    assert (summary.ending, summary.bytes_copied) == ("complete", 4)
    assert notes.results() == {Result.COPIED: 2, Result.EXCLUDED: 3}
    assert contents(anywhere.store) == {"a.md": b"1", "c/d.md": b"333", "b.log": b"theirs"}
    assert not watched.reads
    assert (proof.holds, proof.proved, proof.excluded, proof.not_files) == (True, 2, 3, 0)
    assert findings.found() == {}


def test_verification_takes_the_filters_of_the_last_run_or_those_given(scene: Scene) -> None:
    plant(scene.root, FILES)
    scene.run(scope=NO_LOGS)
    plant(scene.root, {"later.log": b""})

    assert scene.verify()[0].excluded == 3
    _, notes = scene.verify(scope=Scope())
    assert notes.found() == dict.fromkeys(["b.log", "c/e.log", "later.log"], Found.NOT_MOVED)

    scene.run()
    proof, _ = scene.verify()
    assert (proof.holds, proof.proved, proof.excluded) == (True, 5, 0)


@pytest.mark.parametrize("read_all", [False, True])
def test_what_was_moved_before_it_was_excluded_stays_on_record(
    scene: Scene, read_all: bool
) -> None:
    plant(scene.root, FILES)
    scene.run()
    scene.run(scope=NO_LOGS)

    proof, notes = scene.verify(read_all=read_all)
    assert (proof.holds, proof.proved, notes.findings) == (True, 2, [])

    watched = Watched(scene.store)
    _, notes = scene.run(store=watched)
    assert notes.results() == {Result.ALREADY_THERE: 4}
    assert not watched.writes
    assert not watched.reads


def test_what_is_excluded_is_nobodys_twin(scene: Scene) -> None:
    plant(scene.root, {"README": b"1", "readme": b"2", "Docs/a": b"3", "docs/b": b"4"})
    inexact = Watched(scene.store, narrowed=replace(scene.store.capabilities, exact_names=False))
    scope = Scope(Filters(exclude=("README", "Docs/**")))

    summary, _ = scene.run(store=inexact, scope=scope)

    assert summary.ending == "complete"
    assert contents(scene.store) == {"readme": b"2", "docs/b": b"4"}


def test_an_excluded_file_may_leave_the_source(scene: Scene) -> None:
    plant(scene.root, FILES)
    scene.run(scope=NO_LOGS)
    shutil.rmtree(scene.root / "c")

    proof, notes = scene.verify()

    assert proof.holds
    assert notes.found() == {"c/d.md": Found.SOURCE_GONE}


def test_a_journal_from_before_there_were_filters_is_used_on(scene: Scene) -> None:
    plant(scene.root, FILES)
    scene.run()
    with Journal.opened(scene.journal, scene.pair) as journal:
        journal.connection.execute("DROP TABLE scopes")

    assert scene.verify()[0].holds
    scene.run(scope=NO_LOGS)
    assert scene.verify()[0].excluded == 2
