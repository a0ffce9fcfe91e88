"""A browser without a window, and what a page that it opens shows, asks for and complains about.

It is spoken to over a pipe (`--remote-debugging-pipe`): no port is open, and it ends when this process does.
"""

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from tests.browser.chromium import Chromium

Message = dict[str, Any]

_ANSWER_SECONDS_MAX: Final = 60
_OPTIONS: Final = (
    *("--headless", "--remote-debugging-pipe", "--disable-gpu", "--hide-scrollbars"),
    *("--no-first-run", "--disable-extensions", "--disable-background-networking"),
    # The reporter of crashes would outlive the browser, in a session of its own.
    *("--disable-breakpad", "--disable-crash-reporter"),
    # Containers give 64 MB of shared memory, and a page that has too little is a page that crashed.
    "--disable-dev-shm-usage",
)
_COMPLAINTS: Final = {
    "Log.entryAdded",
    "Runtime.consoleAPICalled",
    "Runtime.exceptionThrown",
    "Page.javascriptDialogOpening",
}


class BrowserEnded(Exception):
    """The browser ended, or says nothing any more."""


class Browser:
    """A running browser; `opened` starts one.

    Args:
        process: it, with the pipe as its standard input and output.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin
        assert process.stdout
        self._into, self._out = process.stdin.fileno(), process.stdout.fileno()
        self._rest = b""
        self._sent = 0
        self._events: list[Message] = []

    def call(self, method: str, *, session: str | None = None, **parameters: object) -> Message:
        """Call a method of the DevTools protocol; return its result."""
        self._sent += 1
        message: Message = {"id": self._sent, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        try:
            while data:
                data = data[os.write(self._into, data) :]
        except BrokenPipeError as error:
            raise BrowserEnded(method) from error
        while (answer := self._read()).get("id") != self._sent:
            self._events.append(answer)
        assert "error" not in answer, (method, answer)
        return dict(answer["result"])

    def events(self, session: str, *, until: str | None = None) -> list[Message]:
        """Return what a session told so far; waits for an event that is still to come."""
        while True:
            told = [event for event in self._events if event.get("sessionId") == session]
            if until is None or any(event["method"] == until for event in told):
                return told
            self._events.append(self._read())

    def show(self, page: Path, *, width: int = 1200) -> "Page":
        """Open a page in a tab of its own and wait until all of it is loaded."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        answer = self.call("Target.attachToTarget", targetId=target, flatten=True)
        shown = Page(self, str(answer["sessionId"]))
        for domain in ("Page", "Runtime", "Log", "Network"):
            shown.call(f"{domain}.enable")
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
        shown.call("Emulation.setDeviceMetricsOverride", **size)
        shown.call("Page.navigate", url=page.as_uri())
        self.events(shown.session, until="Page.loadEventFired")
        return shown

    def _read(self) -> Message:
        end = time.monotonic() + _ANSWER_SECONDS_MAX
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._out], [], [], max(0.0, end - time.monotonic()))
            data = os.read(self._out, 1 << 20) if ready else b""
            if not data:
                raise BrowserEnded("no answer" if not ready else "its end of the pipe is closed")
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))


class Page:
    """A page that is open.

    Args:
        browser: that shows it.
        session: its, in the browser.
    """

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self.session = session

    def call(self, method: str, **parameters: object) -> Message:
        """Call a method of the DevTools protocol on this page."""
        return self._browser.call(method, session=self.session, **parameters)

    def value(self, expression: str) -> Any:
        """Return what a JavaScript expression gives on the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def texts(self, selector: str) -> list[str]:
        """Return the texts of the elements that match, as a person sees them."""
        found = f"[...document.querySelectorAll({json.dumps(selector)})]"
        return list(self.value(f"{found}.map(each => each.innerText ?? each.textContent)"))

    @property
    def requests(self) -> list[str]:
        """What it asked for, in order; also what was then refused."""
        return [
            str(event["params"]["request"]["url"])
            for event in self._browser.events(self.session)
            if event["method"] == "Network.requestWillBeSent"
        ]

    @property
    def complaints(self) -> list[Message]:
        """What it wrote on the console, its errors, exceptions and dialogs."""
        told = self._browser.events(self.session)
        return [event for event in told if event["method"] in _COMPLAINTS]


@contextmanager
def opened(chromium: Chromium) -> Iterator[Browser]:
    """Start a browser; it ends with the block and leaves nothing."""
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as home:
        # Chromium refuses to be root in its sandbox, and where users may make no namespaces it has none.
        # What it opens here is ours and comes from no network.
        process, browser = _started(chromium, Path(home), sandbox=os.geteuid() != 0)
        try:
            if not _answers(browser):
                _end(process)
                process, browser = _started(chromium, Path(home), sandbox=False)
                assert _answers(browser), Path(home, "log").read_text(errors="replace")
            yield browser
            with suppress(BrowserEnded):
                browser.call("Browser.close")
        finally:
            _end(process)


def _answers(browser: Browser) -> bool:
    try:
        browser.call("Browser.getVersion")
    except BrowserEnded:
        return False
    return True


def _started(
    chromium: Chromium, home: Path, *, sandbox: bool
) -> tuple[subprocess.Popen[bytes], Browser]:
    options = [*_OPTIONS, f"--user-data-dir={home / 'profile'}"]
    options += [] if sandbox else ["--no-sandbox"]
    # It reads from 3 and writes to 4, which here may be taken: a shell gives it those.
    redirected = ["/bin/sh", "-c", 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null', "sh"]
    homes = {name: str(home) for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "TMPDIR")}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [*redirected, str(chromium.program), *options, "about:blank"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, **homes, **chromium.variables},
            bufsize=0,
            start_new_session=True,
        )
    return process, Browser(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    # Also what it started: they are of its group.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe
        pipe.close()
