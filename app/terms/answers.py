"""How every command answers: exit codes, refusals in one sentence, and JSON for programs."""

import json
import sys
from typing import Any, ClassVar, Final

EXIT_FAILURE: Final = 1
EXIT_USAGE: Final = 2


class Refusal(Exception):
    """Something that a person can put right, said in one sentence: what, where, what to do.

    Every exception with an `exit_code` is treated the same way by the command line; this is the base for
    those that have no better one.
    """

    exit_code: ClassVar[int] = EXIT_FAILURE
    code: ClassVar[str] = "failed"


class UsageRefusal(Refusal):
    """The command was called in a way that cannot work: exit code 2."""

    exit_code = EXIT_USAGE
    code = "usage"


def emit_json(value: Any) -> None:
    """Write `value` as one JSON document, one line, to standard output: what `--json` promises."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()
