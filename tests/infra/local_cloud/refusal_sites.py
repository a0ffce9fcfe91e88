"""Every place in the code of the checks that makes a failure, and a record of those that made one.

The places are found in the source: a new one is there without anybody's saying so. To record, the functions
that return failures get code that tells when it makes one, and which part of its condition was the reason.
"""

import ast
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import CodeType, FunctionType, ModuleType
from typing import Any

CLOUDS = ("aws", "azure_native", "gcp")
_HOOK, _ARM = "_note_failure", "_note_reason"


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A place that makes a failure, or one reason among several for which it does."""

    module: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.text}"


@dataclass(slots=True)
class Record:
    """What the checks did while it was kept."""

    refused: list[tuple[Site, str]] = field(default_factory=list)
    """Each place that made a failure, and the reason that it gave."""

    held: set[Site] = field(default_factory=set)
    """The reasons that were the one for which a condition held."""


def modules() -> list[ModuleType]:
    """The modules of the three clouds in which some function returns failures."""
    found = []
    for cloud in CLOUDS:
        package = import_module(f"infra.local_cloud.{cloud}")
        for entry in iter_modules(package.__path__):
            module = import_module(f"{package.__name__}.{entry.name}")
            if any(_refuses(node) for node in ast.walk(_tree(module))):
                found.append(module)
    return found


def sites() -> tuple[set[Site], set[Site]]:
    """All places that make a failure, and all reasons that are one of several."""
    places: set[Site] = set()
    reasons: set[Site] = set()
    for module in modules():
        marker = _Marker(module)
        marker.visit(_tree(module))
        places |= set(marker.places.values())
        reasons |= set(marker.reasons.values())
    return places, reasons


@contextmanager
def recorded() -> Iterator[Record]:
    """Note what the checks refuse, and why, until the block ends."""
    record = Record()
    changed: list[tuple[FunctionType, CodeType]] = []
    for module in modules():
        marker = _Marker(module)
        tree = ast.fix_missing_locations(marker.visit(_tree(module)))
        codes = {it.co_qualname: it for it in _codes(compile(tree, str(module.__file__), "exec"))}
        vars(module)[_HOOK] = _failure_hook(marker, record)
        vars(module)[_ARM] = _reason_hook(marker, record)
        for function in _functions(module):
            if function.__qualname__ in codes:  # a dataclass has others, which stand in no source
                changed.append((function, function.__code__))
                function.__code__ = codes[function.__qualname__]
    try:
        yield record
    finally:
        for function, code in changed:
            function.__code__ = code


def _failure_hook(marker: "_Marker", record: Record) -> Callable[[int, Any], Any]:
    def note(number: int, failure: Any) -> Any:
        record.refused.append((marker.places[number], failure[1]))
        return failure

    return note


def _reason_hook(marker: "_Marker", record: Record) -> Callable[[int, Any, bool], Any]:
    def note(number: int, value: Any, wanted: bool) -> Any:
        if bool(value) is wanted:
            record.held.add(marker.reasons[number])
        return value

    return note


class _Marker(ast.NodeTransformer):
    """Wraps what makes a failure, and the parts of the conditions around it, into calls of the hooks."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module.__name__.removeprefix("infra.local_cloud.")
        self.places: dict[int, Site] = {}
        self.reasons: dict[int, Site] = {}
        self._inside = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        before, self._inside = self._inside, self._inside or _refuses(node)
        self.generic_visit(node)
        self._inside = before
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        # A table that a loop runs through is made of pairs, too.
        node.body = [self.visit(it) for it in node.body]
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.ifs = [self._condition(it) for it in node.ifs]
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        if self._inside:
            node.test = self._condition(node.test)
        node.body = [self.visit(it) for it in node.body]
        node.orelse = [self.visit(it) for it in node.orelse]
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if not self._inside or len(node.ops) == 1:
            return node
        # Each bound of a range: 0 < it <= 9 is (0 < it) and (it <= 9), the value taken twice.
        values = [node.left, *node.comparators]
        bounds = [
            ast.Compare(left, [operator], [right])
            for left, operator, right in zip(values, node.ops, values[1:], strict=False)
        ]
        return ast.BoolOp(ast.And(), [self._reason(it, it, wanted=False, at=node) for it in bounds])

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        if not self._inside or not _is_failure(node):
            return self.generic_visit(node)
        return self._call(_HOOK, self.places, node, ast.unparse(node), node)

    def _condition(self, node: ast.expr) -> ast.expr:
        """A condition of which each alternative tells when it is the one that holds."""
        if isinstance(node, ast.BoolOp):
            parts = [self._condition(it) for it in node.values]
            if isinstance(node.op, ast.Or):
                parts = [
                    self._reason(new, old, wanted=True)
                    for new, old in zip(parts, node.values, strict=True)
                ]
            return ast.BoolOp(node.op, parts)
        if isinstance(node, ast.UnaryOp):
            return ast.UnaryOp(node.op, self._condition(node.operand))
        visited: ast.expr = self.visit(node)
        return visited

    def _reason(
        self, part: ast.expr, told: ast.expr, *, wanted: bool, at: ast.expr | None = None
    ) -> ast.expr:
        text = f"{ast.unparse(told)}: {wanted}"
        call = self._call(_ARM, self.reasons, part, text, at or told)
        call.args.append(ast.Constant(wanted))
        return call

    def _call(
        self, hook: str, into: dict[int, Site], node: ast.expr, text: str, at: ast.expr
    ) -> ast.Call:
        number = len(into)
        into[number] = Site(self.module, at.lineno, at.col_offset, text)
        return ast.Call(ast.Name(hook, ast.Load()), [ast.Constant(number), node], [])


def _is_failure(node: ast.Tuple) -> bool:
    if len(node.elts) != 2:
        return False
    path, reason = node.elts
    if isinstance(path, ast.Subscript):
        return False
    if isinstance(reason, ast.Constant):
        return isinstance(reason.value, str)
    return isinstance(reason, ast.JoinedStr | ast.IfExp | ast.Subscript)


def _refuses(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.FunctionDef)
        and node.returns is not None
        and "Failure" in ast.unparse(node.returns)
    )


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    for value in vars(module).values():
        if getattr(value, "__module__", None) != module.__name__:
            continue
        if isinstance(value, FunctionType):
            yield value
        elif inspect.isclass(value):
            yield from (it for it in vars(value).values() if isinstance(it, FunctionType))


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)
