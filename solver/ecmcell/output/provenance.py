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
from ecmcell.extensions import packages

_PACKAGES = {
    "dolfinx": "fenics-dolfinx",
    "ufl": "fenics-ufl",
    "ffcx": "fenics-ffcx",
    "basix": "fenics-basix",
    "petsc4py": "petsc4py",
    "mpi4py": "mpi4py",
    "gmsh": "gmsh",
    "numpy": "numpy",
    "scipy": "scipy",
    "pydantic": "pydantic",
    "pint": "pint",
    "h5py": "h5py",
    "meshio": "meshio",
    "networkx": "networkx",
}
_SETTINGS = (  # that may change results
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "PETSC_OPTIONS",
    "SCOTCH_PTHREAD_NUMBER",
)
_PACKAGE = Path(__file__).parents[1]


def provenance() -> dict[str, object]:
    """What is known without asking the simulation."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": list(sys.argv),
        "versions": versions(),
        "source": source_digest(),
        "git": _git(_PACKAGE),
        "environment": {name: os.environ[name] for name in _SETTINGS if name in os.environ},
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
    mpi = sys.modules.get("mpi4py.MPI")
    if mpi is not None:
        found["mpi"] = mpi.Get_library_version().split(",")[0].splitlines()[0]
    return found | packages()


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def source_digest() -> str:
    """SHA-256 of the package: its modules, materials and templates."""
    made = hashlib.sha256()
    for path in sorted(p for p in _PACKAGE.rglob("*") if p.suffix in (".j2", ".py", ".toml")):
        made.update(f"{path.relative_to(_PACKAGE).as_posix()} {digest(path)}\n".encode())
    return made.hexdigest()


def _ranks() -> int:
    mpi = sys.modules.get("mpi4py.MPI")
    return mpi.COMM_WORLD.size if mpi is not None else 1


def _git(directory: Path) -> dict[str, object] | None:
    """Commit of the checkout the package runs from, and whether it was changed since."""
    try:
        # It may just be installed in one.
        _ask_git(directory, "ls-files", "--error-unmatch", "parallel.py")
        commit = _ask_git(directory, "rev-parse", "HEAD")
        changed = _ask_git(directory, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return {"commit": commit, "changed": bool(changed)}


def _ask_git(directory: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "--no-optional-locks", "-C", str(directory), *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    ).stdout.strip()
