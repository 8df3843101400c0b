"""Memory that a run takes."""

from pathlib import Path

from mpi4py import MPI

_KIBIBYTE = 1.024e-6  # GB


def peak_memory(comm: MPI.Comm) -> float:
    """Largest resident memory of the processes so far in GB, of that which took most; collective.

    NaN where the system does not tell.
    """
    return float(comm.allreduce(_own_peak(), op=MPI.MAX))


def _own_peak() -> float:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return float("nan")
    peaks = [float(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return peaks[0] * _KIBIBYTE if peaks else float("nan")
