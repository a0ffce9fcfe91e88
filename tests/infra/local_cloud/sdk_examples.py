"""What the SDKs that are installed say of a type: its properties, and the programs of its documentation.

pulumi-aws and pulumi-gcp show the examples of the Terraform providers' own pages, in Python; azure-native
shows none. What an example takes from another resource is unknown here, as it is at preview.
"""

import ast
import json
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from infra.local_cloud.values import UNKNOWN

Properties = dict[str, Any]

_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
_SIGNATURE = re.compile(r"def _internal_init\(__self__,(.*?)__props__=None\)", re.DOTALL)
_PARAMETER = re.compile(r"^ +(\w+): pulumi\.Input\[", re.MULTILINE)
_MISSING = re.compile(r"Missing required property '(\w+)'")
_NAMED_BY_THE_PROGRAM = frozenset(
    {"attribute_mapping", "dimensions", "labels", "metadata", "tags", "user_labels"}
)
"""Properties whose keys are no names of properties."""


def inputs_of(token: str) -> set[str]:
    """The properties that a program may give to a type."""
    return {camel(name) for name in _PARAMETER.findall(signature_of(token))}


def required_of(token: str) -> set[str]:
    """The properties without which a type's constructor raises."""
    return {camel(name) for name in _MISSING.findall(_source(token))}


def signature_of(token: str) -> str:
    """The parameters of a type's constructor, as its source has them."""
    (signature,) = _SIGNATURE.findall(_source(token))
    return str(signature)


def folder_of(token: str) -> Path:
    """Where the SDK has the module of a type."""
    package, path, _ = token.split(":")
    spec = find_spec(f"pulumi_{package.replace('-', '_')}")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / path.partition("/")[0]


def programs_of(token: str) -> Iterator[tuple[str, Properties]]:
    """The name in its program and the inputs of each resource of a type that the documentation shows."""
    package, path, kind = token.split(":")
    constructor = [package, path.partition("/")[0], kind]
    seen: list[Properties] = []
    for block in _BLOCK.findall(_source(token)):
        for call in ast.walk(_parsed(block)):
            if isinstance(call, ast.Call) and _dotted(call.func) == constructor:
                inputs = {
                    camel(keyword.arg): _value(keyword.value, keyword.arg)
                    for keyword in call.keywords
                    if keyword.arg is not None and keyword.arg != "opts"
                }
                if inputs not in seen:  # the class and its constructor have the same documentation
                    seen.append(inputs)
                    yield _name(call), inputs


def camel(name: str) -> str:
    """A property as Pulumi's schema calls it."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


@cache
def _source(token: str) -> str:
    texts = (it.read_text(encoding="utf-8") for it in sorted(folder_of(token).glob("*.py")))
    mark = f"\nclass {token.rpartition(':')[2]}(pulumi.CustomResource):"
    return next(text for text in texts if mark in text)


def _parsed(block: str) -> ast.Module:
    # As the docstring has it: a quotation mark within it is escaped.
    plain = block.encode("ascii", "backslashreplace").decode("unicode_escape")
    return ast.parse(textwrap.dedent(plain))


def _dotted(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [*_dotted(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else [""]


def _name(call: ast.Call) -> str:
    (argument,) = call.args
    return str(_constant(argument))


def _value(node: ast.expr, name: str | None) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.List):
        return [_value(item, None) for item in node.elts]
    if isinstance(node, ast.Dict):
        named = name in _NAMED_BY_THE_PROGRAM
        return {
            str(key) if named else camel(str(key)): _value(item, str(key))
            for key, item in ((_constant(key), item) for key, item in _items(node))
        }
    if isinstance(node, ast.Call) and _dotted(node.func) == ["json", "dumps"]:
        try:
            return json.dumps(ast.literal_eval(node.args[0]))
        except ValueError:
            return UNKNOWN
    return UNKNOWN


def _items(node: ast.Dict) -> Iterator[tuple[ast.expr, ast.expr]]:
    return ((key, item) for key, item in zip(node.keys, node.values, strict=True) if key)


def _constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else ast.unparse(node)
