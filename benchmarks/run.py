"""Iterations, time and memory against the number of unknowns, and against a direct solver.

Writes docs/benchmarks.md. Every measurement is a process of its own; nothing else should run
beside them. A first run on the coarsest mesh compiles what is to be compiled.
"""

import json
import subprocess
import sys
from pathlib import Path

import dolfinx
from petsc4py import PETSc
from rich.console import Console

from ecmcell import __version__

HERE = Path(__file__).parent
TARGET = HERE.parent / "docs" / "benchmarks.md"
# Cell size in um at interfaces, coarsest first.
SIZES = {2: [0.6, 0.3, 0.2, 0.12, 0.08, 0.055], 3: [1.1, 0.75, 0.5, 0.33, 0.22]}
RANKS = (1, 2)
HEAD = (
    "Unknowns",
    "Ranks",
    "Electrochemistry",
    "Mechanics",
    "Time, s",
    "Memory, GB",
    "kB an unknown",
    "MUMPS: time",
    "MUMPS: memory",
    "Faster than 1 rank",
)
TEXT = """\
# Benchmarks

Made by `make bench` with ecmcell {version}, DOLFINx {dolfinx}, PETSc {petsc}; not to be edited.

A composite cathode (2D: `cases/nmc811_contact_loss`; 3D: `cases/spheres_3d`) is meshed finer and
finer, brought to rest and charged for four coupled time steps of two passes each. Compared are the
preconditioned Krylov methods, which are the default, and `linear = "direct"`: MUMPS for each of
the two blocks, which factorises that of the elastic bodies once and keeps it. (One matrix for all
fields would have to be factorised in every Newton step.) Times leave out meshing and compiling.
Krylov iterations are those of a Newton step, with what the scalars beside the fields need.
Memory is the sum of the ranks' peaks, meshing included; under MUMPS stand ratios of the direct
solver to the default on as many ranks: so many times longer, so many times more memory.

"""


def measure(dimension: int, size: float, ranks: int, linear: str) -> dict[str, float] | None:
    """One measurement; None if the process came to no good end, as without memory."""
    command = ["mpirun", "-n", str(ranks), sys.executable, str(HERE / "measure.py")]
    command += ["--dimension", str(dimension), "--size", str(size), "--linear", linear]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        return None
    found: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return found


def rows(dimension: int) -> list[list[str]]:
    """The table of one dimension."""
    measure(dimension, SIZES[dimension][0], 1, "iterative")
    table = []
    for size in SIZES[dimension]:
        alone: dict[str, float] = {}
        for ranks in RANKS:
            ours = measure(dimension, size, ranks, "iterative")
            if ours is None:
                raise SystemExit(f"{dimension}D, cells of {size} um, {ranks} ranks: failed")
            direct = measure(dimension, size, ranks, "direct")
            alone = alone or ours
            row = [
                f"{ours['unknowns']:,.0f}",
                str(ranks),
                f"{ours['electrochemistry']:.1f}",
                f"{ours['mechanics']:.1f}",
                f"{ours['seconds']:.1f}",
                f"{ours['gigabytes']:.2f}",
                f"{1e6 * ours['gigabytes'] / ours['unknowns']:.1f}",
                f"{direct['seconds'] / ours['seconds']:.1f} ×" if direct else "failed",
                f"{direct['gigabytes'] / ours['gigabytes']:.1f} ×" if direct else "failed",
                f"{alone['seconds'] / ours['seconds']:.2f} ×" if ranks > 1 else "",
            ]
            Console().print("  ".join(row), highlight=False)
            table.append(row)
    return table


def main() -> None:
    """Measure and write the page."""
    petsc = ".".join(map(str, PETSc.Sys.getVersion()))
    text = TEXT.format(version=__version__, dolfinx=dolfinx.__version__, petsc=petsc)
    for dimension in SIZES:
        lines = [HEAD, ["---:"] * len(HEAD), *rows(dimension)]
        text += f"## {dimension}D\n\n" + "".join(f"| {' | '.join(r)} |\n" for r in lines) + "\n"
    TARGET.write_text(text.rstrip("\n") + "\n")


if __name__ == "__main__":
    main()
