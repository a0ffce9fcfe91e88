"""A payload with every property that the SDK's own classes have, those of objects within objects too."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path as Folder
from typing import Any

from tests.infra.local_cloud.mutations import Path
from tests.infra.local_cloud.sdk_examples import camel, folder_of, signature_of

_PARAMETER = re.compile(r"(\w+): (pulumi\.Input\[.*?\])( = None)?(?:,\n|,?\Z)", re.DOTALL)
_CLASS = re.compile(r"'(\w+Args)'")
_SCALARS = {"_builtins.bool": True, "_builtins.int": 1, "_builtins.float": 1.5}


def of_sdk(token: str) -> dict[str, Any]:
    """Every property of a type. What lies within itself is left out the second time."""
    found = {}
    for name, written, _ in _PARAMETER.findall(signature_of(token)):
        value = _value(token, written, ())
        if value is not None:
            found[camel(name)] = value
    return found


def _value(token: str, written: str, above: tuple[str, ...]) -> Any:
    inner = _inner(written)
    if inner and inner[0] in above:
        return None
    if inner:
        value: Any = {
            name: below
            for name, (of, _) in _members(token, inner[0]).items()
            if (below := _value(token, of, (*above, inner[0]))) is not None
        }
    else:
        value = next((it for kind, it in _SCALARS.items() if kind in written), "1")
    if "Mapping[" in written:
        value = {"a": value}
    return [value] if "Sequence[" in written else value


def required_of(token: str) -> Iterator[Path]:
    """The path, in that payload, of each member that an object of a type must have."""
    for name, written, _ in _PARAMETER.findall(signature_of(token)):
        yield from _required(token, written, (camel(name),), ())


def _required(token: str, written: str, path: Path, above: tuple[str, ...]) -> Iterator[Path]:
    inner = _inner(written)
    if not inner or inner[0] in above:
        return
    here = (*path, "a") if "Mapping[" in written else path
    here = (*here, 0) if "Sequence[" in written else here
    for name, (of, default) in _members(token, inner[0]).items():
        if not default:
            yield (*here, name)
        yield from _required(token, of, (*here, name), (*above, inner[0]))


def _inner(written: str) -> list[str]:
    # A document may be written as text or as an object: text it is here.
    return [] if "'PolicyDocumentArgs'" in written else _CLASS.findall(written)


@cache
def _members(token: str, name: str) -> dict[str, tuple[str, str]]:
    """Member → its type, and its default if it has one."""
    text = _inputs(folder_of(token))
    _, _, rest = text.partition(f"\nclass {name}:\n")
    body = rest.partition("@pulumi.input_type")[0]
    signature = re.search(r"def __init__\(__self__,(?: \*,)?(.*?)\):\n", body, re.DOTALL)
    found = {}
    for member, written, default in _PARAMETER.findall(signature.group(1) if signature else ""):
        getter = re.search(rf'@pulumi.getter\(name="(\w+)"\)\n    def {member}\(self\)', body)
        found[getter.group(1) if getter else member] = (written, default)
    return found


@cache
def _inputs(folder: Folder) -> str:
    path = folder / "_inputs.py"
    return path.read_text(encoding="utf-8") if path.exists() else ""
