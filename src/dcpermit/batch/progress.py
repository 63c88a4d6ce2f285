"""How far a run is: a bar on a terminal where rich is installed, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from dcpermit import optional
from dcpermit.terminal import say

BETWEEN_S = 5.0
"""How long plain lines are silent [s]."""

SHORTEST_S = 2.0
"""A run that is over sooner says nothing of its progress [s]."""


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """What a run tells how many rows are done, and of how many."""
    if not (sys.stderr.isatty() and find_spec("rich")):
        yield plain()
        return
    rich = optional.load("rich.progress", "progress", "the bar", "be drawn")
    console = optional.load("rich.console", "progress", "the bar", "be drawn")
    speed = rich.TextColumn("{task.fields[rate]}")
    columns = (*rich.Progress.get_default_columns(), speed)
    with rich.Progress(*columns, console=console.Console(stderr=True), transient=True) as bar:
        task = bar.add_task("rows", total=None, rate="")
        pace = Pace()

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, rate=f"{pace(done):,.0f} rows/s")

        yield told


class Pace:
    """Rows a second since it was first asked; rows that were done before do not count."""

    def __init__(self) -> None:
        self.begun, self.before = time.monotonic(), -1

    def __call__(self, done: int) -> float:
        """The rate so far [1/s]."""
        if self.before < 0:
            self.before = done
        return (done - self.before) / max(time.monotonic() - self.begun, 1e-9)


def plain() -> Callable[[int, int], None]:
    """Says now and then how far a run is, its rate and the time left."""
    pace = Pace()
    said = pace.begun + SHORTEST_S - BETWEEN_S

    def told(done: int, total: int) -> None:
        nonlocal said
        rate, now = pace(done), time.monotonic()
        if rate and now - said >= BETWEEN_S:
            said = now
            left = f", {(total - done) / rate:,.0f} s left" if done < total else ""
            say(f"  {done:,} of {total:,} rows, {rate:,.0f} rows/s{left}")

    return told
