"""Where a result comes from: versions, code, machine, command."""

import hashlib
import importlib.metadata
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from ecmcell import __version__

_PACKAGES = {
    "dolfinx": "fenics-dolfinx",
    "ufl": "fenics-ufl",
    "basix": "fenics-basix",
    "petsc4py": "petsc4py",
    "mpi4py": "mpi4py",
    "gmsh": "gmsh",
    "numpy": "numpy",
    "scipy": "scipy",
    "pydantic": "pydantic",
    "pint": "pint",
    "h5py": "h5py",
}


def provenance() -> dict[str, object]:
    """What is known without asking the simulation."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": list(sys.argv),
        "versions": versions(),
        "git": _git(Path(__file__).parent),
        "ranks": _ranks(),
        "host": {
            "system": platform.system(),
            "machine": platform.machine(),
            "processors": os.cpu_count(),
        },
    }


def versions() -> dict[str, str]:
    """Versions of ecmcell and of what it stands on; only what is installed."""
    found = {"ecmcell": __version__, "python": platform.python_version()}
    for name, package in _PACKAGES.items():
        try:
            found[name] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    petsc = sys.modules.get("petsc4py.PETSc")  # loaded by the simulation, if there is one
    if petsc is not None:
        found["petsc"] = ".".join(map(str, petsc.Sys.getVersion()))
    return found


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _ranks() -> int:
    mpi = sys.modules.get("mpi4py.MPI")
    return mpi.COMM_WORLD.size if mpi is not None else 1


def _git(directory: Path) -> dict[str, object] | None:
    """Commit of the checkout the package runs from, and whether it was changed since."""
    try:
        commit = _ask_git(directory, "rev-parse", "HEAD")
        changed = _ask_git(directory, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return {"commit": commit, "changed": bool(changed)}


def _ask_git(directory: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(directory), *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    ).stdout.strip()
