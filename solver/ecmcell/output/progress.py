"""What a run tells the person who waits: one live line, or plain lines where nothing can move."""

import atexit
import html
import importlib
import math
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text

# s after which work without a sign of life is announced, where someone watches and in a log.
_WATCHED_DELAY, _LOGGED_DELAY = 1.0, 10.0


@dataclass(frozen=True)
class TimeStep:
    """What is told of an accepted time step.

    Attributes:
        step: Protocol step, from 1.
        steps: Number of protocol steps.
        time: Time in s.
        voltage: Cell voltage in V.
        soc: State of charge, 0 to 1; NaN where there is no active material.
        dt: Time step in s.
        newton: Newton iterations of the time step.
        krylov: Krylov iterations of the time step.
        fixed_point_iterations: Fixed-point iterations of the fields in the time step.
        fraction: Fraction of the protocol that is done; NaN where it is not known.
        left: Time in s that the rest may take to compute; NaN where it is not known.
    """

    step: int
    steps: int
    time: float
    voltage: float
    soc: float
    dt: float
    newton: int
    krylov: int
    fixed_point_iterations: int
    fraction: float
    left: float

    def __str__(self) -> str:
        """All of it in one line."""
        done = "" if math.isnan(self.fraction) else f"{100 * self.fraction:.0f} %  "
        left = f"about {_duration(round(self.left))} left  " if self.left >= 1.0 else ""
        charge = "" if math.isnan(self.soc) else f"SOC {100 * self.soc:.1f} %  "
        return (
            f"{done}{left}step {self.step} of {self.steps}  {_duration(self.time)}"
            f"  {self.voltage:.4f} V  {charge}"
            f"dt {self.dt:.3g} s  newton {self.newton}  krylov {self.krylov}"
            f"  fixed point {self.fixed_point_iterations}"
        )


class Progress:
    """Progress on rank 0: a live line on a terminal and in a notebook, else a plain line a step.

    Args:
        title: Title of the case, shown once.
    """

    def __init__(self, title: str):
        self._line = _line()
        self.note(title)

    def update(self, accepted: TimeStep) -> None:
        """Show an accepted time step."""
        self._line.show(accepted)

    def note(self, text: str) -> None:
        """Leave a line that stays."""
        self._line.keep(text)

    def close(self) -> None:
        """Show no more; the last state stays."""
        self._line.close()


class SilentProgress:
    """Progress on the other ranks: nothing."""

    def update(self, accepted: TimeStep) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Nothing to end."""


@contextmanager
def announced(text: str, rank: int = 0) -> Iterator[None]:
    """Say what is being done within, on rank 0, if that takes longer than a moment."""
    if rank > 0:
        yield
        return
    delay = _WATCHED_DELAY if _in_notebook() or _watched() else _LOGGED_DELAY
    timer = threading.Timer(delay, _say, [f"{text} ..."])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # else its words could fall into those that follow


def _say(text: str) -> None:
    with suppress(OSError):  # the reader has gone: whoever waits for the work finds that out
        print(text, flush=True)


class _Line(Protocol):
    """A way to show time steps, and lines that stay."""

    def show(self, step: TimeStep) -> None: ...

    def keep(self, text: str) -> None: ...

    def close(self) -> None: ...


class _LiveLine:
    def __init__(self, console: Console):
        self._live = Live(console=console, auto_refresh=False)
        self._live.start()
        atexit.register(self._live.stop)  # gives the cursor back after an error

    def show(self, step: TimeStep) -> None:
        self._live.update(Text(str(step), no_wrap=True, overflow="ellipsis"), refresh=True)

    def keep(self, text: str) -> None:
        self._live.console.print(Text(text))

    def close(self) -> None:
        self._live.stop()


class _NotebookLine:
    """A display that is written anew, with a bar; no front end needs an extension for it."""

    def __init__(self) -> None:
        self._display: Any = None

    def show(self, step: TimeStep) -> None:
        bar = f'<progress value="{step.fraction:.4f}"></progress> '
        shown = "" if math.isnan(step.fraction) else bar
        content = {"text/plain": str(step), "text/html": f"{shown}{html.escape(str(step))}"}
        if self._display is None:
            display = importlib.import_module("IPython.display").display
            self._display = display(content, raw=True, display_id=True)
        else:
            self._display.update(content, raw=True)

    def keep(self, text: str) -> None:
        print(text, flush=True)

    def close(self) -> None:
        pass


class _PlainLines:
    def show(self, step: TimeStep) -> None:
        print(step, flush=True)

    def keep(self, text: str) -> None:
        print(text, flush=True)

    def close(self) -> None:
        pass


def _line() -> _Line:
    if _in_notebook():
        return _NotebookLine()
    console = Console(highlight=False, soft_wrap=True)
    return _LiveLine(console) if _watched() and not console.is_dumb_terminal else _PlainLines()


def _in_notebook() -> bool:
    return Console().is_jupyter


def _watched() -> bool:
    """Whether standard output reaches a terminal.

    MPI launchers may give every rank a pseudo-terminal of no width, whatever their own output is;
    then what counts is the launcher's output.
    """
    if not sys.stdout.isatty():
        return False
    try:
        if os.get_terminal_size(sys.stdout.fileno()).columns > 0:
            return True
        return os.readlink(f"/proc/{os.getppid()}/fd/1").startswith(("/dev/pts/", "/dev/tty"))
    except OSError:
        return False


def _duration(seconds: float) -> str:
    """`3:05:09`, or `12.3 s` below a minute."""
    if seconds < 60:
        return f"{seconds:.3g} s"
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
