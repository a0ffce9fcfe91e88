"""How the offline model goes on: search for the question's words, read the best documents, quote a line."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from app.agent.offline.question import terms_of
from app.agent.offline.rank import Candidate, best_documents, best_lines
from app.agent.offline.terms import SEARCHES_MAX, Term
from app.agent.offline.transcript import Reply, Text, ToolUse, Transcript
from app.agent.prompt import NOT_FOUND

_MARK: Final = re.compile(r"^(?:[-*+>]|\d+[.)]|\[[ x]\])\s+")
"""What stands before the text of a list's item or a quotation."""
_CALLS_MAX: Final = 36
_READS_MAX: Final = 8
_COVERAGE_MIN: Final = 0.5
_SCORE_MIN: Final = 0.83
"""Below these the best line is no answer: between what answerable questions reach, and what the best line
reaches when the source was deleted or nothing answers, on the samples and their questions in tests/e2e."""
_ALSO_SHARE: Final = 0.9
_ALSO_MAX: Final = 2


def next_reply(seen: Transcript, *, tools: frozenset[str]) -> Reply:
    """Return the next turn for what was seen so far; the same for the same."""
    terms = terms_of(seen.question)
    for calls in (_searches(terms), _reads(terms, seen)):
        fresh = tuple(
            call
            for call in calls
            if call.name in tools
            and (call.name, json.dumps(call.arguments, sort_keys=True)) not in seen.tried
        )
        if fresh and not seen.documents:
            return Reply(fresh)
    return Reply((Text(_answer(terms, seen)),))


def _searches(terms: Iterable[Term]) -> list[ToolUse]:
    rounds: list[list[str]] = [[] for _ in range(SEARCHES_MAX)]
    for term in terms:
        for place, text in enumerate(term.searches[:SEARCHES_MAX]):
            rounds[place].append(text)
    texts = dict.fromkeys(text for each in rounds for text in each)
    calls = [_call("list_files", pattern="**/*")]
    calls += [_call("search_files", search_text=text) for text in texts]
    return calls[:_CALLS_MAX]


def _reads(terms: tuple[Term, ...], seen: Transcript) -> list[ToolUse]:
    return [_call("read_file", file_path=path) for path in best_documents(terms, seen)[:_READS_MAX]]


def _call(name: str, **arguments: Any) -> ToolUse:
    return ToolUse(name, arguments)


def _answer(terms: tuple[Term, ...], seen: Transcript) -> str:
    is_korean = bool(re.search("[가-힣]", seen.question))
    lines = best_lines(terms, seen)
    if not lines or not _is_answer(lines[0]):
        return _not_found(terms, is_korean=is_korean)
    best = lines[0]
    parts = [_quoted(best)]
    also = [
        line
        for line in lines[1 : 1 + _ALSO_MAX]
        if line.score >= best.score * _ALSO_SHARE and line.text != best.text
    ]
    if also:
        parts.append("\n함께 볼 것:" if is_korean else "\nSee also:")
        parts += [f"- {_quoted(line)}" for line in also]
    return "\n".join(parts)


def _is_answer(line: Candidate) -> bool:
    return line.score >= _SCORE_MIN and line.coverage >= _COVERAGE_MIN


def _quoted(line: Candidate) -> str:
    return f"{_MARK.sub('', line.text.strip())} [{line.path}:{line.number}]"


def _not_found(terms: tuple[Term, ...], *, is_korean: bool) -> str:
    words = ", ".join(term.word for term in terms)
    if is_korean:
        return f"{NOT_FOUND['ko']}. 찾아본 말: {words or '없음'}."
    return f"{NOT_FOUND['en']}. Looked for: {words or 'nothing'}."
