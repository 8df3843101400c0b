"""What stops a run before its end: a signal to one of its ranks, or the end of its wall time."""

import math
import signal
import sys
import threading
import time
from collections import deque
from types import FrameType
from typing import Self

from mpi4py import MPI

from ecmcell.errors import Interrupted

_SIGNALS = signal.SIGTERM, signal.SIGUSR1, signal.SIGINT
_OUT_OF_TIME = signal.NSIG  # larger than all of them
# s for what comes behind the checkpoint: the summary, and the end of all ranks.
_LAST = 3.0
_COUNT = 5  # time steps; the longest of the last ones tells how long another one takes


class Interruption:
    """Notes that a run is to stop; a context in which signals do not end the process.

    The first SIGINT is noted, a second one ends the process at once.

    Args:
        comm: All ranks.
        wall_time: In which time from now to have ended, in s; None if it is not limited.

    Attributes:
        checkpoint: How long the last checkpoint has taken, s.
    """

    def __init__(self, comm: MPI.Comm, wall_time: float | None = None):
        self._comm, self._end = comm, math.inf
        self.end_within(wall_time)
        self._noted = 0
        self._before: dict[signal.Signals, object] = {}
        self._steps: deque[float] = deque([0.0], maxlen=_COUNT)
        self.checkpoint = 0.0

    def __enter__(self) -> Self:
        """Take signals; those of another thread stay as they are."""
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        """Leave signals as they were."""
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._before = {}

    def _note(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT and self._noted:
            raise KeyboardInterrupt
        self._noted = number
        if self._comm.rank == 0:
            told = "stops and keeps a checkpoint; SIGINT once more ends it at once"
            print(f"\n{signal.Signals(number).name}: {told}", file=sys.stderr, flush=True)

    def end_within(self, wall_time: float | None) -> None:
        """Have all ended within some s from now; None does not change the limit."""
        if wall_time is not None:
            self._end = time.monotonic() + wall_time

    def check(self) -> None:
        """Whether to go on in the midst of a time step; collective.

        Raises:
            Interrupted: If not, on all ranks.
        """
        self._check(0.0)

    def check_step(self) -> None:
        """Whether to take another time step; collective.

        Raises:
            Interrupted: If not, on all ranks.
        """
        self._check(max(self._steps))

    def took_step(self, seconds: float) -> None:
        """Note how long a time step has taken."""
        self._steps.append(seconds)

    def _check(self, ahead: float) -> None:
        needed = ahead + 2.0 * self.checkpoint + _LAST
        late = self._comm.rank == 0 and time.monotonic() + needed > self._end
        found = self._comm.allreduce(max(self._noted, late * _OUT_OF_TIME), MPI.MAX)
        if found:
            by = "the end of its wall time" if found == _OUT_OF_TIME else signal.Signals(found).name
            raise Interrupted(f"interrupted by {by}")
