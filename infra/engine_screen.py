"""What a person sees while the engine is built."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from infra import engine

LINE_SECONDS_MIN = 15.0
"""Without a terminal: at most a line in this time, so that a log stays readable."""


def ensure_engine(console: Console) -> engine.Engine:
    """Return the engine; build it if there is none, with a bar on a terminal and plain lines elsewhere.

    Raises:
        EngineError: it cannot be built here; the sentence says what to do.
    """
    found = engine.find()
    if found is not None:
        return found
    console.print(
        "There is no Pulumi engine on this machine: building one from its sources, once for this user. "
        "That takes minutes, not seconds. Pulumi's official installer is the other way; "
        "stop with Ctrl-C and use it if you can reach it."
    )
    return _with_bar(console) if console.is_terminal else _with_lines(console)


def _with_bar(console: Console) -> engine.Engine:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as progress:
        task = progress.add_task("Pulumi engine", total=1.0)

        def show(event: engine.Progress) -> None:
            progress.update(task, completed=event.fraction, description=event.sentence)

        return engine.ensure(show)


def _with_lines(console: Console) -> engine.Engine:
    last = -LINE_SECONDS_MIN

    def show(event: engine.Progress) -> None:
        nonlocal last
        if event.elapsed_seconds - last >= LINE_SECONDS_MIN:
            last = event.elapsed_seconds
            console.print(f"  [{event.elapsed_seconds:4.0f} s] {event.sentence}", markup=False)

    return engine.ensure(show)
