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
SIZES = {2: [0.6, 0.3, 0.12, 0.055], 3: [1.1, 0.5, 0.33, 0.21]}
RANKS = (1, 2)
HEAD = (
    "Unknowns",
    "Ranks",
    "Electrochemistry",
    "Mechanics",
    "Time, s",
    "Memory, GB",
    "kB an unknown",
    "Faster than 1 rank",
    "MUMPS, two matrices: time",
    "memory",
    "MUMPS, one matrix: time",
    "memory",
)
TEXT = """\
# Benchmarks

Made by `make bench` with ecmcell {version}, DOLFINx {dolfinx}, PETSc {petsc}; not to be edited.

A composite cathode (2D: `cases/nmc811_contact_loss`; 3D: `cases/spheres_3d`) is meshed finer and
finer, brought to rest and charged for four coupled time steps of two passes each. Times leave out
meshing and compiling. Krylov iterations are those of a Newton step, with what scalars beside the
fields need. Memory is the sum of the ranks' peaks, meshing included.

The preconditioned Krylov methods, which are the default, are compared with MUMPS on one rank; the
numbers are how many times longer it takes and how many times more memory. With two matrices it is
`linear = "direct"`, which solves electrochemistry and mechanics in turn and factorises that of
the elastic bodies once. With one matrix all fields are solved together, as plain Newton's method
would: that matrix changes in every step. One Newton step is measured and counted as often as
the default takes Newton steps for the electrochemistry.

"""
CRACK_HEAD = (
    "Method",
    "Load",
    "Unknowns",
    "Ranks",
    "Steps",
    "Passes",
    "Passes a step",
    "Most",
    "Linear solves",
    "Time, s",
)
CRACK_TEXT = """\
## Cracks

The notched plates of Miehe, Hofacker and Welschinger 2010, AT2, in the steps of examples 1711 and
1712 of PhaseFieldX 0.3, whose numbers are those of its stored convergence files and of a run of it;
each of its passes takes two linear solves at least. Here a step is over when what damage has still
to change is below 1e-6. A pass finds displacements and then damage; linear solves are those of all
Newton steps of both. Accelerated is the default: Anderson's method where passes contract, momentum
where a crack runs, both under the control of the energy; each step begins from the parabola through
the last three.

"""
PHASEFIELDX = (
    ("PhaseFieldX", "tension", "15,267", "1", "150", "1912", "12.7", "377", "≥ 3824", "54"),
    ("PhaseFieldX", "shear", "", "1", "104", "4347", "41.8", "401", "≥ 8694", ""),
)
# What, load, size of cells in mm, ranks, options.
CRACKS: list[tuple[str, str, float, int, *tuple[str, ...]]] = [
    ("plain", "tension", 0.0044, 1, "--factor", "1"),
    ("over-relaxed, 1.4", "tension", 0.0044, 1, "--factor", "1.4"),
    ("accelerated", "tension", 0.0044, 1),
    ("accelerated, multigrid", "tension", 0.0044, 1, "--linear", "iterative"),
    ("accelerated", "shear", 0.02, 1),
    ("accelerated", "tension", 0.0014, 2, "--steps", "few"),
    ("accelerated, multigrid", "tension", 0.0014, 2, "--steps", "few", "--linear", "iterative"),
]


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
            others = []
            if ranks == 1:
                alone = ours
                others = [measure(dimension, size, 1, linear) for linear in ("direct", "whole")]
                if others[1]:
                    others[1]["seconds"] *= ours["newton"]
            row = [
                f"{ours['unknowns']:,.0f}",
                str(ranks),
                f"{ours['electrochemistry']:.1f}",
                f"{ours['mechanics']:.1f}",
                f"{ours['seconds']:.1f}",
                f"{ours['gigabytes']:.2f}",
                f"{1e6 * ours['gigabytes'] / ours['unknowns']:.1f}",
                "" if ranks == 1 else f"{alone['seconds'] / ours['seconds']:.2f} ×",
            ]
            for other in others:
                for what in ("seconds", "gigabytes"):
                    row.append(f"{other[what] / ours[what]:.1f} ×" if other else "no end")
            row += [""] * (len(HEAD) - len(row))
            Console().print("  ".join(row), highlight=False)
            table.append(row)
    return table


def crack(load: str, size: float, ranks: int, *options: str) -> dict[str, float]:
    """A notched plate that breaks; options are those of `fracture.py`."""
    command = ["mpirun", "-n", str(ranks), sys.executable, str(HERE / "fracture.py")]
    command += ["--load", load, "--size", str(size), *options]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return found


def crack_rows() -> list[list[str]]:
    """The table of cracks; PhaseFieldX as the files of its examples and its users tell."""
    table = [list(row) for row in PHASEFIELDX]
    for what, load, size, ranks, *options in CRACKS:
        found = crack(load, size, ranks, *options)
        row = [what, load, f"{found['unknowns']:,.0f}", str(ranks), f"{found['steps']:.0f}"]
        row += [f"{found['passes']:.0f}", f"{found['passes'] / found['steps']:.1f}"]
        row += [f"{found['most']:.0f}", f"{found['solves']:.0f}", f"{found['seconds']:.0f}"]
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
    lines = [CRACK_HEAD, ["---"] * 2 + ["---:"] * (len(CRACK_HEAD) - 2), *crack_rows()]
    text += CRACK_TEXT + "".join(f"| {' | '.join(r)} |\n" for r in lines)
    TARGET.write_text(text.rstrip("\n") + "\n")


if __name__ == "__main__":
    main()
