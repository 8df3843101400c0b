"""What a run tells the person who waits: one live line, or plain lines where nothing can move."""

import atexit
import math
import os
import sys
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live
from rich.text import Text


@dataclass(frozen=True)
class TimeStep:
    """What is told of an accepted time step.

    Attributes:
        step: Protocol step, from 1.
        time: Time in s.
        voltage: Cell voltage in V.
        soc: State of charge, 0 to 1; NaN where there is no active material.
        dt: Time step in s.
        newton: Newton iterations of the time step.
        krylov: Krylov iterations of the time step.
        fixed_point_iterations: Fixed-point iterations of the fields in the time step.
    """

    step: int
    time: float
    voltage: float
    soc: float
    dt: float
    newton: int
    krylov: int
    fixed_point_iterations: int

    def __str__(self) -> str:
        """All of it in one line."""
        charge = "" if math.isnan(self.soc) else f"SOC {100 * self.soc:.1f} %  "
        return (
            f"step {self.step}  {_duration(self.time)}  {self.voltage:.4f} V  {charge}"
            f"dt {self.dt:.3g} s  newton {self.newton}  krylov {self.krylov}"
            f"  fixed point {self.fixed_point_iterations}"
        )


class Progress:
    """Progress on rank 0: a live line on a terminal, else one plain line a step.

    Args:
        title: Title of the case, shown once.
    """

    def __init__(self, title: str):
        console = Console(highlight=False, soft_wrap=True)
        self._line: _LiveLine | _PlainLines
        lively = _watched() and not console.is_dumb_terminal
        self._line = _LiveLine(console) if lively else _PlainLines()
        self.note(title)

    def update(self, accepted: TimeStep) -> None:
        """Show an accepted time step."""
        self._line.show(str(accepted))

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


class _LiveLine:
    def __init__(self, console: Console):
        self._live = Live(console=console, auto_refresh=False)
        self._live.start()
        atexit.register(self._live.stop)  # gives the cursor back after an error

    def show(self, text: str) -> None:
        self._live.update(Text(text, no_wrap=True, overflow="ellipsis"), refresh=True)

    def keep(self, text: str) -> None:
        self._live.console.print(Text(text))

    def close(self) -> None:
        self._live.stop()


class _PlainLines:
    def show(self, text: str) -> None:
        print(text, flush=True)

    keep = show

    def close(self) -> None:
        pass


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
