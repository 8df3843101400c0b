"""The mesh of a case, to look at."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pyvista as pv

from ecmcell.api.checking import mesh_told
from ecmcell.api.shown import Shown
from ecmcell.case import schema
from ecmcell.domain.plan import grain_centroids, grain_volumes
from ecmcell.microstructure import MeshData
from ecmcell.microstructure.picture import picture

_SIMPLEX = {2: 5, 3: 10}  # VTK's numbers


class Microstructure:
    """Grains of phases, divided into triangles or tetrahedra.

    Args:
        case: The case that it is of.
        mesh: Its mesh.
    """

    def __init__(self, case: schema.Case, mesh: MeshData):
        self._case, self._mesh = case, mesh

    @property
    def statistics(self) -> dict[str, object]:
        """Numbers of cells and grains, volume fractions, sizes."""
        return dict(self._mesh.statistics)

    @property
    def grains(self) -> pd.DataFrame:
        """Each grain by its number: phase, size (um3, in 2D um2), and centroid x, y, z in um.

        Written as CSV, and with columns phi1, Phi, phi2, it is a table of `orientation`.
        """
        mesh = self._mesh
        table = pd.DataFrame({"phase": mesh.grain_phase, "size": grain_volumes(mesh)})
        table[list("xyz"[: mesh.dim])] = grain_centroids(mesh)
        return table.rename_axis("grain")

    def told(self) -> Shown:
        """Its statistics and the active material in it, with what is to be said of the mesh."""
        return mesh_told(self._case, self._mesh)

    def grid(self) -> pv.UnstructuredGrid:
        """It as a data set of PyVista with the phase and the grain of every cell; um."""
        mesh = self._mesh
        points = np.pad(mesh.points, ((0, 0), (0, 3 - mesh.points.shape[1])))
        grid = pv.UnstructuredGrid({_SIMPLEX[mesh.dim]: mesh.cells}, points)
        phases = list(dict.fromkeys(mesh.grain_phase))
        numbers = np.array([phases.index(phase) for phase in mesh.grain_phase])
        grid.cell_data["Grain"] = mesh.cell_grain
        grid.cell_data["Phase"] = numbers[mesh.cell_grain]
        grid.field_data["Phases"] = phases
        return grid

    def picture(self, path: Path | str) -> None:
        """Draw it to a PNG, PDF or SVG file."""
        picture(self._mesh, Path(path))

    def __repr__(self) -> str:
        """How large it is."""
        grains, cells = len(self._mesh.grain_phase), len(self._mesh.cells)
        return f"Microstructure({self._mesh.dim}D, {grains} grains, {cells} cells)"

    def _repr_png_(self) -> bytes:
        """As a notebook shows it."""
        target = io.BytesIO()
        picture(self._mesh, target)
        return target.getvalue()
