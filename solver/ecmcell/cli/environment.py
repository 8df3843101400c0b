"""What ecmcell runs on, for an issue report."""

import importlib.metadata
import platform
import sys
from typing import Any

from ecmcell.output.provenance import provenance

_NEEDED = ("dolfinx", "ufl", "ffcx", "basix", "petsc4py", "petsc", "mpi4py", "mpi", "gmsh")
_OTHERS = ("matplotlib", "pandas", "pyarrow", "pyvista", "vtk", "rich", "typer", "click")
_SOLVERS = ("mumps", "hypre")  # packages of PETSc


def environment() -> dict[str, str]:
    """Versions, system and settings by name; PETSc has to be begun before.

    What has to be there and is not is told, too.
    """
    known: Any = provenance()
    found = dict.fromkeys(("ecmcell", "python", *_NEEDED), "not installed") | known["versions"]
    if known["git"]:
        found["ecmcell"] += f", commit {known['git']['commit']}"
        found["ecmcell"] += " with changes" if known["git"]["changed"] else ""
    found["petsc"] += _petsc()
    for name in _OTHERS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    found["system"] = f"{platform.platform()}, {known['host']['processors']} processors"
    found["ranks"] = str(known["ranks"])
    return found | known["environment"]


def _petsc() -> str:
    """Kind of numbers of PETSc, and which of its packages it has."""
    petsc: Any = sys.modules.get("petsc4py.PETSc")
    if petsc is None:
        return ""
    there = [name for name in _SOLVERS if petsc.Sys.hasExternalPackage(name)]
    return ", ".join(["", petsc.ScalarType.__name__, petsc.IntType.__name__, *there])
