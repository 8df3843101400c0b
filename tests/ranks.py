"""Pytest on several ranks: `mpirun -n 2 python3 -m pytest -p tests.ranks`.

Rank 0 prints. A rank whose test fails shows it, sums up and ends the others, which may be waiting
for it. When a test hangs, a rank shows where it waits, and all end. Ranks that wait burn processor
time, so that it is what limits a test: one that is slow because the machine is busy goes on.

What a test has left is freed after it, on all ranks together: communicators that pile up make every
new one slower, and DOLFINx 0.11 makes some for every vector.
"""

import faulthandler
import gc
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from mpi4py import MPI
from petsc4py import PETSc

_LONGEST = 300  # s of processor time of a rank for one test
_ASLEEP = 3600  # s on the clock, for what hangs without burning processor time
_TURN = 0.3  # s after which the next rank may speak, if the one before it has not ended all

_comm = MPI.COMM_WORLD
_errors = os.fdopen(os.dup(2), "w")  # pytest captures the usual ones
_outcomes = Counter[str]()

# Shown from the signal itself, as a library may hold the interpreter; then it ends the rank.
faulthandler.register(signal.SIGPROF, file=_errors, chain=True)

if _comm.rank:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def pytest_collection_finish() -> None:
    """Leave what the imports have made out of the collection of garbage after each test."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Iterator[None]:
    """Limit the time of a test."""
    signal.setitimer(signal.ITIMER_PROF, _LONGEST)
    faulthandler.dump_traceback_later(_ASLEEP, exit=True, file=_errors)
    try:
        return (yield)
    finally:
        gc.collect()
        PETSc.garbage_cleanup(_comm)
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the tests that passed; end all ranks at one that failed."""
    if report.failed:
        time.sleep(_comm.rank * _TURN)
        print(f"\nFAILED {report.nodeid}: rank {_comm.rank} of {_comm.size}", file=_errors)
        print(report.longreprtext, file=_errors)
        print(f"1 failed, {_outcomes['passed']} passed", file=_errors, flush=True)
        _comm.Abort(1)
    if report.when == "call":
        _outcomes[report.outcome] += 1
