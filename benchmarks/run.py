"""Iterations, time and memory against the number of unknowns, and against a direct solver.

Writes docs/benchmarks.md. Every measurement is a process of its own; nothing else should run
beside them. A first run on the coarsest mesh compiles what is to be compiled.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
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
    "a step",
    "at most",
    "Linear solves",
    "Factorisations",
    "Processor, s a rank",
    "Time, s",
    "PhaseFieldX",
)
CRACK_TEXT = """\
## Cracks

The notched plates of Miehe, Hofacker and Welschinger 2010, AT2, in the steps of examples 1711 and
1712 of PhaseFieldX 0.3, whose numbers are those of its stored convergence files and of a run of it;
each of its passes takes two linear solves at least. Here a step is over when what damage has still
to change is below 1e-6. A pass finds displacements and then damage; linear solves are those of all
Newton steps of both, factorisations those of MUMPS: damage alone takes conjugate gradients.

Accelerated is the default, in the simulation too: Anderson's method where passes contract, momentum
where a crack runs, both under the control of the energy. Whatever the method, each step
begins from the parabola through the last three (`numerics/extrapolation.py`).
Over-relaxed turns take 1.4 times each change. Final Newton is these until damage changes by less
than 0.01, then Newton's method for both fields in one matrix (Farrell and Maurini 2017). Newton is
that from the start, with a line search of the energy, L-BFGS the same with the two diagonal blocks
as its first Hessian (Kristensen and Martinez-Paneda 2020), both between the bounds, by PETSc's TAO;
where they need more than 60 steps, the default takes over. Dissipation-controlled steps find the
load at which a crack spends Gc times its length: the plate then snaps nowhere, and its steps are
its own. The last rows follow the plate through its failure on finer meshes; with few steps, 0.05 um
each from 5 um on. Time is that on the clock, with all else that a machine does; how many times
longer PhaseFieldX takes is reckoned with that of the processor.

"""
PHASEFIELDX = (
    ("PhaseFieldX", "tension", "15,267", "1", "150", "1912", "12.7", "377", "≥ 3824", "", "", "54"),
    ("PhaseFieldX", "shear", "", "1", "104", "4347", "41.8", "401", "≥ 8694", "", "", ""),
)
SECONDS = {"tension": 54.0}  # of PhaseFieldX
# What, load, size of cells in mm, ranks, options.
CRACKS: list[tuple[str, str, float, int, *tuple[str, ...]]] = [
    ("alternate", "tension", 0.0044, 1),
    ("over-relaxed", "tension", 0.0044, 1),
    ("final Newton", "tension", 0.0044, 1),
    ("Newton", "tension", 0.0044, 1),
    ("L-BFGS", "tension", 0.0044, 1),
    ("dissipation-controlled", "tension", 0.0044, 1),
    ("accelerated", "tension", 0.0044, 1),
    ("accelerated", "tension", 0.0044, 1, "--linear", "iterative"),
    ("accelerated", "shear", 0.02, 1),
    ("accelerated", "tension", 0.00135, 2),
    ("accelerated", "tension", 0.00135, 2, "--steps", "few"),
    ("accelerated", "tension", 0.00135, 2, "--steps", "few", "--linear", "iterative"),
]
SPACE_HEAD = (
    "Unknowns",
    "Ranks",
    "Passes",
    "Elastic solves",
    "Iterations of one",
    "at most",
    "Area of the crack",
    "Processor, s a rank",
    "Memory, GB",
)
SPACE_TITLE = "### In space"
SPACE_TEXT = """\
A cube with a slit through half of it, which a wedge opens in two steps: in each the front runs on
by a tenth of an edge or two, and stops. By the default method, with conjugate gradients and
multigrid for the displacements. Iterations are those of one elastic solve, in the mean and at most;
cracks keep 1e-5 of their stiffness. The area of the crack is that of the phase field, in mm2: the
coarser the mesh, the larger. The finest takes half an hour.

"""
# Size of cells in mm and ranks.
SPACE: list[tuple[float, int]] = [(1 / 16, 1), (1 / 32, 1), (1 / 62, 1)]


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
            Console(soft_wrap=True).print("  ".join(row), highlight=False)
            table.append(row)
    return table


def crack(load: str, size: float, ranks: int, *options: str) -> dict[str, float]:
    """A notched plate that breaks; options are those of `plate.py`."""
    command = ["mpirun", "-n", str(ranks), sys.executable, str(HERE / "plate.py")]
    command += ["--load", load, "--size", str(size), *options]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return found


def crack_rows() -> list[list[str]]:
    """The table of cracks; PhaseFieldX as the files of its examples and its users tell."""
    table = [[*row, ""] for row in PHASEFIELDX]
    for what, load, size, ranks, *options in CRACKS:
        found = crack(load, size, ranks, "--strategy", what, *options)
        comparable = size == 0.0044 and load in SECONDS
        ratio = f"{SECONDS[load] / found['processor']:.1f} ×" if comparable else ""
        name = ", ".join([what, *(o for o in options if o in ("few", "iterative"))])
        row = [name, load, f"{found['unknowns']:,.0f}", str(ranks), f"{found['steps']:.0f}"]
        row += [f"{found['passes']:.0f}", f"{found['passes'] / found['steps']:.1f}"]
        row += [f"{found[key]:.0f}" for key in ("most", "solves", "factorisations")]
        row += [f"{found['processor']:.1f}", f"{found['seconds']:.0f}", ratio]
        Console(soft_wrap=True).print("  ".join(row), highlight=False)
        table.append(row)
    return table


def space_rows() -> list[list[str]]:
    """The table of cracks in space."""
    table = []
    for size, ranks in SPACE:
        found = crack("cube", size, ranks, "--linear", "iterative")
        row = [f"{found['unknowns']:,.0f}", str(ranks), f"{found['passes']:.0f}"]
        row += [f"{found['elastic']:.0f}", f"{found['iterations']:.1f}", f"{found['longest']:.0f}"]
        row += [f"{found['crack']:.3f}", f"{found['processor']:.0f}", f"{found['gigabytes']:.2f}"]
        Console(soft_wrap=True).print("  ".join(row), highlight=False)
        table.append(row)
    return table


def crack_section() -> str:
    """What the page says of cracks in a plane."""
    lines = [CRACK_HEAD, ["---"] * 2 + ["---:"] * (len(CRACK_HEAD) - 2), *crack_rows()]
    return CRACK_TEXT + table_of(lines)


def space_section() -> str:
    """What the page says of cracks in space."""
    lines = [SPACE_HEAD, ["---:"] * len(SPACE_HEAD), *space_rows()]
    return f"\n{SPACE_TITLE}\n\n{SPACE_TEXT}" + table_of(lines)


def table_of(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a table of Markdown."""
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def cell_sections() -> str:
    """What the page says of cells."""
    petsc = ".".join(map(str, PETSc.Sys.getVersion()))
    text = TEXT.format(version=__version__, dolfinx=dolfinx.__version__, petsc=petsc)
    for dimension in SIZES:
        lines = [HEAD, ["---:"] * len(HEAD), *rows(dimension)]
        text += f"## {dimension}D\n\n" + table_of(lines) + "\n"
    return text


def main() -> None:
    """Measure and write the page, or its part on cracks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("cracks", "space"), help="measure these, keep the rest")
    only = parser.parse_args().only
    cells, _, cracks = TARGET.read_text().partition("## Cracks")
    text = cells.rstrip() + "\n\n" if only else cell_sections()
    if only == "space":
        text += "## Cracks" + cracks.partition(SPACE_TITLE)[0].rstrip() + "\n"
    else:
        text += crack_section()
    TARGET.write_text((text + space_section()).rstrip("\n") + "\n")


if __name__ == "__main__":
    main()
