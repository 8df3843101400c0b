"""A mesh made by a process of its own, which gives back the memory that Gmsh took."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ecmcell.errors import InputError
from ecmcell.microstructure.library import get_mesh

# By these a process knows that a launcher of MPI has started it: meshing is none of its ranks.
_LAUNCHED = ("OMPI_", "PMIX_", "PMI_", "PRTE_", "HYDRA_", "MPI_")


def make_aside(recipe: Path, seed: int, overrides: Mapping[str, object], where: Path) -> None:
    """Have the mesh made and kept in the cache; arguments as those of `get_mesh`.

    Where no process can be had or it is killed, nothing is kept, and `get_mesh` makes the mesh.

    Raises:
        InputError: The recipe cannot be met.
    """
    # A file: PETSc takes a pipe whose reader has gone for a crash, and ends the program.
    with tempfile.TemporaryFile("w+") as asked:
        json.dump([str(recipe), seed, overrides, str(where)], asked)
        asked.seek(0)
        ended = subprocess.run(
            [sys.executable, "-c", f"from {__name__} import serve; serve()"],
            stdin=asked,
            env={k: v for k, v in os.environ.items() if not k.startswith(_LAUNCHED)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    if ended.returncode == InputError.exit_code:
        raise InputError(*json.loads(ended.stderr.splitlines()[-1]))


def serve() -> None:
    """Make the mesh that standard input asks for; what is wrong goes to standard error."""
    recipe, seed, overrides, where = json.load(sys.stdin)
    try:
        get_mesh(Path(recipe), seed, overrides, Path(where))
    except InputError as error:
        print(json.dumps([error.where, error.key, error.given, error.remedy]), file=sys.stderr)
        sys.exit(error.exit_code)
