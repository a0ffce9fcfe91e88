"""Installs the browser for tests where the machine has none; says how it goes on standard error.

For `make`: nobody sees what a test says that has to install one first.
"""

import sys

from infra.local_cloud.stacks import LocalCloudError
from tests.browser.chromium import NoBrowser, ensure_browser


def main() -> int:
    """Run the command; returns its exit code: 0, or 1 when there is no browser."""
    try:
        ensure_browser(_say)
    except (LocalCloudError, NoBrowser) as error:
        _say(str(error))
        return 1
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"browser: {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
