"""Builds what emulators are compiled from; says how it goes on standard error.

For `make`: nobody sees what a test says that has to build one first.
"""

import sys

from infra.local_cloud.go_programs import FAKE_GCS
from infra.local_cloud.stacks import LocalCloudError


def main() -> int:
    """Run the command; returns its exit code: 0, or 1 when there is no Go or it does not compile."""
    try:
        FAKE_GCS.ensure(say=_say)
    except LocalCloudError as error:
        _say(str(error))
        return 1
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"local cloud: {line}\n")


if __name__ == "__main__":
    sys.exit(main())
