"""Laws of the sample knowledge base and of the questions that are asked about it."""

import csv
import datetime
import json
import re
import unicodedata
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pytest
import yaml

from app.store.keys import parse_key

PROJECT: Final = Path(__file__).resolve().parents[2]
ROOT: Final = PROJECT / "samples" / "kb"
DOCUMENTS: Final = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(ROOT.rglob("*"))
    if path.is_file()
}
PAGES: Final = {key: text for key, text in DOCUMENTS.items() if key.endswith(".md")}

QUESTIONS: Final[list[dict[str, Any]]] = json.loads(
    (PROJECT / "tests" / "e2e" / "questions.json").read_text(encoding="utf-8")
)
ANSWERABLE: Final = [question for question in QUESTIONS if question["path"] is not None]
UNANSWERABLE: Final = [question for question in QUESTIONS if question["path"] is None]

HANGUL: Final = re.compile(r"[가-힣]")
LINK: Final = re.compile(r"\]\((?:<([^>]+)>|([^)\s]+))\)")
FENCE: Final = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
ADDRESS: Final = re.compile(r"(?:\w+://(?:[\w.-]+@)?|[\w.-]+@)([\w-]+(?:\.[\w-]+)+)")


def front_matter(page: str) -> dict[str, Any]:
    opening, matter, _ = PAGES[page].split("---\n", 2)
    found = yaml.safe_load(matter)
    assert opening == ""
    assert isinstance(found, dict)
    return found


def languages_of(questions: list[dict[str, Any]]) -> list[str]:
    return [question["language"] for question in questions]


def each(questions: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("question", questions, ids=[q["id"] for q in questions])


def test_there_are_enough_documents_of_several_kinds() -> None:
    kinds = {Path(key).suffix for key in DOCUMENTS}

    assert len(DOCUMENTS) >= 64
    assert kinds == {".md", ".csv", ".txt", ".yaml", ".json"}


@pytest.mark.parametrize("key", DOCUMENTS)
def test_every_name_is_a_key_that_a_store_can_hold(key: str) -> None:
    assert parse_key(key) == unicodedata.normalize("NFC", key)


@pytest.mark.parametrize("awkward", [" ", "#", "%2F", "(", "+", "&", "=", "[", "🚚", "이관"])
def test_some_names_are_awkward(awkward: str) -> None:
    assert [key for key in DOCUMENTS if awkward in key]


def test_some_folders_are_deep() -> None:
    assert max(key.count("/") for key in DOCUMENTS) >= 5


def test_sizes_differ() -> None:
    sizes = [text.count("\n") for text in DOCUMENTS.values()]

    assert min(sizes) <= 5
    assert 100 <= max(sizes) <= 160


@pytest.mark.parametrize("page", PAGES)
def test_every_page_begins_with_its_front_matter(page: str) -> None:
    found = front_matter(page)

    assert set(found) == {"title", "owner", "updated", "tags", "language"}
    assert isinstance(found["title"], str)
    assert isinstance(found["owner"], str)
    assert isinstance(found["updated"], datetime.date)
    assert all(isinstance(tag, str) for tag in found["tags"])
    assert found["language"] in {"ko", "en"}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_written_in_the_language_that_it_names(page: str) -> None:
    prose = LINK.sub("", FENCE.sub("", PAGES[page]))
    letters = [character for character in prose if character.isalpha()]
    share = len(HANGUL.findall(prose)) / len(letters)

    assert front_matter(page)["language"] == ("ko" if share > 0.35 else "en")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_both_languages_have_their_share_of_pages(language: str) -> None:
    assert len([page for page in PAGES if front_matter(page)["language"] == language]) >= 25


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_document(page: str) -> None:
    here = (ROOT / page).parent
    targets = [one or other for one, other in LINK.findall(FENCE.sub("", PAGES[page]))]
    # A bare '#' begins a fragment: a name that has one must be linked with %23.
    reached = [(here / unquote(target.partition("#")[0])).resolve() for target in targets]

    assert [path for path in reached if path.relative_to(ROOT).as_posix() not in DOCUMENTS] == []


def test_pages_are_linked_with_each_other() -> None:
    linked = [page for page, text in PAGES.items() if LINK.search(FENCE.sub("", text))]

    assert len(linked) >= 50


def test_every_data_file_can_be_read() -> None:
    for key, text in DOCUMENTS.items():
        if key.endswith(".json"):
            assert json.loads(text), key
        if key.endswith(".yaml"):
            assert yaml.safe_load(text), key
        if key.endswith(".csv"):
            header, *rows = csv.reader(text.splitlines())
            assert {len(row) for row in rows} == {len(header)}, key


def test_every_incident_has_its_page_and_its_row() -> None:
    rows = csv.DictReader(DOCUMENTS["incidents/incidents.csv"].splitlines())
    pages = [page.removeprefix("incidents/") for page in PAGES if page.startswith("incidents/")]

    assert sorted(row["page"] for row in rows) == sorted(pages)


def test_no_document_names_a_host_of_the_real_world() -> None:
    hosts = {host for text in DOCUMENTS.values() for host in ADDRESS.findall(text)}

    assert {host for host in hosts if not host.endswith(("example.com", "127.0.0.1"))} == set()


def test_the_question_set_is_whole() -> None:
    identities = [question["id"] for question in QUESTIONS]

    assert len(set(identities)) == len(identities)
    assert languages_of(ANSWERABLE).count("ko") >= 12
    assert languages_of(ANSWERABLE).count("en") >= 12
    assert languages_of(UNANSWERABLE).count("ko") >= 4
    assert languages_of(UNANSWERABLE).count("en") >= 4


def test_the_demos_ten_come_first_and_are_half_korean() -> None:
    ten = QUESTIONS[:10]

    assert ten == ANSWERABLE[:10]
    assert languages_of(ten).count("ko") == 5
    assert len({question["path"] for question in ten}) == 10


def test_answers_are_spread_over_the_documents() -> None:
    assert len({question["path"] for question in ANSWERABLE}) >= 24


@each(ANSWERABLE)
def test_every_answer_is_in_exactly_one_line(question: dict[str, Any]) -> None:
    places = [
        key
        for key, text in DOCUMENTS.items()
        for line in text.splitlines()
        if question["line_contains"] in line
    ]

    assert places == [question["path"]]


@each(ANSWERABLE)
def test_every_answer_has_natural_paraphrases(question: dict[str, Any]) -> None:
    wordings = [question["question"], *question["paraphrases"]]

    assert len(set(wordings)) == len(wordings)
    assert 2 <= len(question["paraphrases"]) <= 3


@each(UNANSWERABLE)
def test_what_an_unanswerable_question_asks_about_is_named_nowhere(
    question: dict[str, Any],
) -> None:
    wordings = [question["question"], *question["paraphrases"]]

    assert question["line_contains"] is None
    assert [wording for wording in wordings if question["absent"] not in wording] == []
    assert [key for key, text in DOCUMENTS.items() if question["absent"] in text.lower()] == []
