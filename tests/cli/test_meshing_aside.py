"""A run does not keep what Gmsh took to make its mesh."""

import os
import re
import subprocess
import sys

import pytest
from spoiling import SHORT, SYMMETRIC, at
from workplace import CASE, Workplace, on_ranks

PORE = {
    "recipe": "porous",
    "dimension": 2,
    "thickness": "8 um",
    "pores": [{"middle": ["4 um", "4 um"], "diameter": "3 um"}],
    "size": "2 um",
}
RUNS = """
from mpi4py import MPI
from ecmcell import Case, Simulation
Simulation(Case.load("case")).run(output="run")
loaded = any("libgmsh" in path for path in open("/proc/self/maps"))
print("with Gmsh:", sum(MPI.COMM_WORLD.allgather(loaded)))
"""


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_run_that_meshes_does_not_load_gmsh(workplace: Workplace, ranks: int) -> None:
    """Not even the one that makes the mesh: a process of its own does."""
    width = f"{9 + os.getpid() * 1e-7 + ranks * 1e-2:.9f} um"  # so that it is in no cache
    workplace.write("meshes/layers.toml", PORE | {"width": width})
    workplace.spoil("case/case.toml", CASE, at(*SYMMETRIC, *SHORT))
    command = [*on_ranks(ranks), sys.executable, "-c", RUNS]
    done = subprocess.run(command, capture_output=True, text=True, cwd=workplace.path, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert set(re.findall("with Gmsh: .", done.stdout)) == {"with Gmsh: 0"}
