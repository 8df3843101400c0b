"""The mesh as it is written: cells of all bodies and the facets between them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class OutputMesh:
    """A simplex mesh on which every body has its own points, so that jumps show.

    Attributes:
        points: Coordinates in um, shape (n, 3); duplicated along interfaces.
        cells: Points of each triangle or tetrahedron, shape (m, dim + 1).
        cell_phase: Index into `phase_names` of each cell, shape (m,).
        phase_names: Names of the phases.
        cell_body: Index into `body_names` of each cell, shape (m,).
        body_names: Names of the bodies.
        interface_points: Coordinates in um, shape (p, 3).
        interface_facets: Interface points of each facet, shape (k, dim); k may be 0.
        interface_pair: Index into `pair_names` of each facet, shape (k,).
        pair_names: Names such as `active|catholyte`.

    Raises:
        ValueError: If the shapes do not fit each other.
    """

    points: npt.NDArray[np.float64]
    cells: npt.NDArray[np.int64]
    cell_phase: npt.NDArray[np.int32]
    phase_names: tuple[str, ...]
    cell_body: npt.NDArray[np.int32]
    body_names: tuple[str, ...]
    interface_points: npt.NDArray[np.float64]
    interface_facets: npt.NDArray[np.int64]
    interface_pair: npt.NDArray[np.int32]
    pair_names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Compare the shapes."""
        count = len(self.cells)
        expected = {
            "points": (len(self.points), 3),
            "cell_phase": (count,),
            "cell_body": (count,),
            "interface_points": (len(self.interface_points), 3),
            "interface_facets": (len(self.interface_facets), self.dim),
            "interface_pair": (len(self.interface_facets),),
        }
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, not {shape}")

    @property
    def dim(self) -> int:
        """Space dimension, 2 or 3."""
        return self.cells.shape[1] - 1

    @property
    def sizes(self) -> dict[str, int]:
        """Number of values a field has, by where it lives."""
        return {
            "point": len(self.points),
            "cell": len(self.cells),
            "interface": len(self.interface_facets),
        }
