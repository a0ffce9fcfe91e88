"""Citations: what an answer names, checked against what was shown."""

import pytest

from app.agent.citations import cited_in, says_not_found
from app.agent.ledger import Ledger


def ledger_of(**shown: dict[int, str]) -> Ledger:
    ledger = Ledger()
    for path, lines in shown.items():
        ledger.show(path, lines)
    return ledger


def places(text: str, ledger: Ledger) -> list[tuple[str, int, bool]]:
    return [(each.path, each.line, each.verified) for each in cited_in(text, ledger)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So it is [a.md:2].", [("a.md", 2, True)]),
        ("So it is (a.md:2).", [("a.md", 2, True)]),
        ("So it is `a.md:2`.", [("a.md", 2, True)]),
        ("[a.md:2-3]", [("a.md", 2, True), ("a.md", 3, False)]),
        ("[a.md:2] and again [a.md:2]", [("a.md", 2, True)]),
        ("[a.md:9]", [("a.md", 9, False)]),
        ("[made/up.md:1]", [("made/up.md", 1, False)]),
        ("see other.md:1", [("other.md", 1, False)]),
        ("at 10:30 on http://127.0.0.1:8080 and example.com:443", []),
        ("[note: see above] [10:30]", []),
        ("nothing", []),
    ],
)
def test_places_are_found_and_checked(text: str, expected: list[tuple[str, int, bool]]) -> None:
    assert places(text, ledger_of(**{"a.md": {2: "two"}})) == expected


@pytest.mark.parametrize(
    "path",
    [
        "naming = hard, [ideas] ~2026.md", "q&a, 손님용.md", "🚚 이사.md", "%2F in a key.md", "a/b (1).md",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["[{}:1]", "{}:1", "see {}:1."])
def test_any_path_that_was_shown_can_be_cited(path: str, form: str) -> None:
    ledger = ledger_of(**{path: {1: "one"}})

    assert places(form.format(path), ledger) == [(path, 1, True)]


def test_a_path_that_ends_another_is_not_mistaken_for_it() -> None:
    ledger = ledger_of(**{"b.md": {1: "b"}, "a b.md": {1: "ab"}})

    assert places("see a b.md:1", ledger) == [("a b.md", 1, True)]


def test_citations_come_in_the_order_of_the_text() -> None:
    ledger = ledger_of(**{"a.md": {1: "one"}, "long-name.md": {1: "one"}})

    assert places("a.md:1, long-name.md:1", ledger) == [
        ("a.md", 1, True),
        ("long-name.md", 1, True),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Not found in the knowledge base. Looked for: x.", True),
        ("**Not found in the knowledge base**", True),
        ("지식 베이스에서 찾지 못했습니다.", True),
        ("It is not found in the knowledge base often.", False),
    ],
)
def test_an_answer_that_begins_with_not_found_says_so(text: str, says: bool) -> None:
    assert says_not_found(text) is says
