"""The outputs contract as a JSON Schema, for other programs; `python -m app.terms.schema` writes it.

Two files: `schemas/outputs-VERSION.json` says what this source exports, `schemas/released/` what the last
release did. A test keeps the first equal to `Outputs`, and compatible with the second.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from app.terms.compatibility import breaking_changes
from app.terms.outputs import SCHEMA_VERSION, TOGETHER, Outputs

SCHEMAS: Final = Path(__file__).with_name("schemas")
RELEASED: Final = SCHEMAS / "released"

_NAME: Final = "outputs-{version}.json"


def outputs_schema() -> dict[str, Any]:
    """Return the schema of the outputs of an environment, as `kb outputs --json` prints them."""
    schema = Outputs.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = f"urn:knowledge-base-cloud:{_NAME.format(version=SCHEMA_VERSION)}"
    schema["dependentRequired"] = {
        name: [other for other in fields if other != name] for fields in TOGETHER for name in fields
    }
    return schema


def schema_file(folder: Path, version: int = SCHEMA_VERSION) -> Path:
    """Return the file in which a folder keeps the schema of a version."""
    return folder / _NAME.format(version=version)


def text_of(schema: dict[str, Any]) -> str:
    """Return a schema as its file has it."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def last_released() -> tuple[int, dict[str, Any]]:
    """Return the version and the schema of the last release."""
    versions = [int(path.stem.rpartition("-")[2]) for path in RELEASED.glob("outputs-*.json")]
    version = max(versions)
    found: dict[str, Any] = json.loads(schema_file(RELEASED, version).read_text(encoding="utf-8"))
    return version, found


def main(words: Sequence[str]) -> int:
    """Write the schema; with the word `release` also as the last released one, if it may be."""
    schema = outputs_schema()
    if words == ["release"]:
        version, released = last_released()
        broken = breaking_changes(released, schema) if version == SCHEMA_VERSION else ()
        if broken:
            sys.stderr.write(
                f"Not released: {'; '.join(broken)}. Raise SCHEMA_VERSION in app/terms/outputs.py.\n"
            )
            return 1
        schema_file(RELEASED).write_text(text_of(schema), encoding="utf-8")
    elif words:
        sys.stderr.write("python -m app.terms.schema [release]\n")
        return 2
    schema_file(SCHEMAS).write_text(text_of(schema), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
