"""Properties of microstructures and materials."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd
from mpi4py import MPI

from ecmcell.api.case import Case
from ecmcell.api.shown import Shown
from ecmcell.case.materials import Material
from ecmcell.case.materials.catalogue import COLUMNS, library_rows, material_of, material_sheet
from ecmcell.homogenisation import effective


class MaterialSheet(Shown):
    """All that is known of a material.

    Made by `material`.

    Args:
        data: The material.

    Attributes:
        data: All of its values, in the units of the program; None where one is not known.

    Example:
        >>> material("Li").data.molar_volume  # um3/amol, which is m3/mol
        1.3e-05
    """

    def __init__(self, data: Material):
        super().__init__(material_sheet(data))
        self.data = data


def effective_properties(
    case: Case,
    phases: Collection[str] = (),
    perfect: Collection[str] = (),
    comm: MPI.Comm | None = None,
) -> dict[str, object]:
    """Effective conductivities of the microstructure of a case; collective.

    Args:
        case: The case.
        phases: Phases of the part to look at; those of the composite layer if none is given.
        perfect: Phases that conduct perfectly what they conduct.
        comm: All ranks that take part; all there are if not given.

    Returns:
        Plain values in nested tables, units in their names, as `ecmcell effective` writes them.

    Raises:
        InputError: If a phase is not there, or the mesh cannot be made.
        SolverError: If a linear system could not be solved.
    """
    comm = MPI.COMM_WORLD if comm is None else comm
    return effective.effective_properties(case.data, comm, phases, perfect)


def materials() -> pd.DataFrame:
    """The library of materials, a row each; the last column tells how much is assumed."""
    return pd.DataFrame(list(library_rows()), columns=COLUMNS).set_index(COLUMNS[0])


def material(name: str, directory: Path | str = ".") -> MaterialSheet:
    """All that is known of a material: values, where they come from, and alternatives to them.

    Args:
        name: Name in the library, or a file, as a case gives it.
        directory: What a file is relative to.

    Raises:
        InputError: If there is no such material, or its file is at fault.
    """
    return MaterialSheet(material_of(name, Path(directory)))
