"""What to say of a check that does not hold: the assertion that failed, with the values that it saw."""

import ast
import linecache
from types import FrameType
from typing import Final

from app.store.conformance.races import RaceFailed

_VALUE_LENGTH_MAX: Final = 200


def explained(error: BaseException) -> str:
    """Return why a check failed, in a few lines."""
    lines = [_first_line(error)]
    if isinstance(error, AssertionError) and not isinstance(error, RaceFailed):
        lines.extend(_of_assertion(error))
    lines.extend(getattr(error, "__notes__", ()))
    return "\n".join(line for line in lines if line)


def _first_line(error: BaseException) -> str:
    if isinstance(error, AssertionError):
        return _shortened(str(error))
    return f"{type(error).__name__}: {error}"


def _of_assertion(error: AssertionError) -> list[str]:
    """Return the failed `assert` as it is written, and what its parts are when looked at again."""
    traceback = error.__traceback__
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    if traceback is None:
        return []
    frame, number = traceback.tb_frame, traceback.tb_lineno
    text = "".join(linecache.getlines(frame.f_code.co_filename))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assert) and node.lineno <= number <= (node.end_lineno or 0):
            written = " ".join((ast.get_source_segment(text, node.test) or "").split())
            where = f"{frame.f_globals.get('__name__', '?')}:{node.lineno}"
            return [f"assert {written}   ({where})", *_values(node.test, frame, text)]
    return []


def _values(test: ast.expr, frame: FrameType, text: str) -> list[str]:
    sides = [test.left, *test.comparators] if isinstance(test, ast.Compare) else [test]
    lines = []
    for side in sides:
        if isinstance(side, ast.Constant):
            continue
        written = " ".join((ast.get_source_segment(text, side) or "").split())
        try:
            value = eval(  # noqa: S307 - the project's own source, in the frame where it has just run
                compile(ast.Expression(side), "<assertion>", "eval"),
                frame.f_globals,
                frame.f_locals,
            )
        except Exception as error:  # noqa: BLE001 - whatever a broken store raises is what there is to say
            lines.append(f"  {written} raised {type(error).__name__}: {error}")
        else:
            lines.append(f"  {written} is {_shortened(repr(value))}")
    return lines


def _shortened(text: str) -> str:
    return text if len(text) <= _VALUE_LENGTH_MAX else f"{text[:_VALUE_LENGTH_MAX]}…"
