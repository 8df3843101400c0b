"""Whether current can pass from the anode to the collector."""

import numpy as np
import numpy.typing as npt

from ecmcell.case.schema import Case
from ecmcell.domain.plan import grains_on_boundary, reached_grains
from ecmcell.errors import InputError
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.processes.build_domain import networks_of

_REMEDY = (
    "Look at the order of the layers and at the groups or labels of the mesh; `ecmcell mesh "
    "--picture` shows them. Electrons pass from one phase to another by electronic_resistance."
)


def check(case: Case, mesh: MeshData) -> None:
    """Look for a path of ions and electrons, on one rank.

    Ions come from the anode. They go on to the collector, or meet active material that electrons
    from the collector reach.

    Raises:
        InputError: There is none.
    """
    reached = reached_grains(mesh, networks_of(case)[1])
    ions, electrons = reached["ions"], reached["electrons"]
    active = np.isin(mesh.grain_phase, case.active_phases)
    fed = electrons & active
    meet = any((fed[a] and ions[b]) or (fed[b] and ions[a]) for a, b in mesh.touching)
    if meet or any(ions[grain] for grain in grains_on_boundary(mesh, "collector")):
        return
    given = f"no path from anode to collector: ions from the anode reach {_told(mesh, ions)}"
    if active.any():
        given += f", electrons from the collector reach {_told(mesh, electrons)}"
    else:
        given += ", and none of it lies at the collector"
    raise InputError(case.path, "mesh", given, _REMEDY)


def _told(mesh: MeshData, reached: npt.NDArray[np.bool_]) -> str:
    """Names of the phases of some grains."""
    phases = sorted({mesh.grain_phase[grain] for grain in np.flatnonzero(reached)})
    return ", ".join(phases) or "nothing"
