"""Effective conductivities of a microstructure for ions and electrons.

The planes that bound it along an axis are equipotentials and the other faces let no current
through: what flows per voltage is the conductivity along the axis. So the faces are mirror planes,
as every run takes them, and what is found is the tensor of the medium that the sample and its
mirror images make up. Its axes are those of the box: it is diagonal by symmetry.
What the mesh leaves out of its bounding box counts as insulating pore; so does what an image has
void.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import inf, nan
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from ecmcell.case.faults import suggest, toml
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.plan import clusters
from ecmcell.errors import InputError
from ecmcell.homogenisation.carriers import Carrier, carriers, composite_phases
from ecmcell.homogenisation.conduction import ENDS, Conduction, Direction, divide_for
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.meshing.excerpt import excerpt, seen_along
from ecmcell.microstructure.recipes.image import LEFT_OUT
from ecmcell.runs.run import make_mesh

Conductivity = TypeVar("Conductivity", float, npt.NDArray[np.float64])
AXES = ("x", "y", "z")
_CONDITIONS = (
    "Potential prescribed on the two faces normal to the axis, no current through the others. "
    "The tensor is that of the medium made up of the sample and its mirror images."
)


@dataclass(frozen=True)
class Effective:
    """Effective conductivity of a microstructure for one carrier.

    Attributes:
        carrier: What is conducted, and by what.
        fraction: Volume fraction in the bounding box of each conducting phase.
        directions: Conduction along each axis at both ends of which the mesh has a plane face.
        dim: Number of axes.
    """

    carrier: Carrier
    fraction: Mapping[str, float]
    directions: Mapping[str, Direction]
    dim: int

    @property
    def bulk(self) -> float:
        """Conductivity of the phase that conducts best, perfect conductors apart."""
        finite = [value for value in self.carrier.conductivity.values() if value < inf]
        return max(finite, default=inf)

    def ratio(self, axis: str) -> float:
        """Effective conductivity over that of the bulk."""
        return self.directions[axis].conductivity / self.bulk if self.bulk < inf else nan

    def tortuosity(self, axis: str) -> float:
        """Tortuosity factor: sum of f sigma over all phases, over the effective conductivity.

        Tjaden et al. 2016, doi:10.1016/j.coche.2016.02.006, for one conducting phase.
        """
        conductivity = self.directions[axis].conductivity
        parallel = sum(f * self.carrier.conductivity[p] for p, f in self.fraction.items())
        if conductivity == 0.0 or parallel == inf:
            return inf
        return parallel / conductivity

    def tensor(self) -> npt.NDArray[np.float64] | None:
        """That of the mirrored medium in pA/(V um); None if an axis is missing or conducts freely.

        What would flow across is held back by the mirror images.
        """
        along = np.array([direction.conductivity for direction in self.directions.values()])
        return np.diag(along) if len(along) == self.dim and np.isfinite(along).all() else None

    def summary(self) -> dict[str, object]:
        """All of it as plain values with units in their names."""
        tensor = self.tensor()
        return {
            "Conductivity tensor [S.m-1]": None if tensor is None else _siemens(tensor).tolist(),
            "Bulk conductivity [S.m-1]": _siemens(self.bulk),
            "Phases": {
                phase: {
                    "Conductivity [S.m-1]": _siemens(value),
                    "Perfect conductor": value == inf,
                    "Volume fraction": self.fraction[phase],
                }
                for phase, value in self.carrier.conductivity.items()
            },
            "Axes": {
                axis: {
                    "Effective conductivity [S.m-1]": _siemens(direction.conductivity),
                    "Ratio to bulk": self.ratio(axis),
                    "Tortuosity factor": self.tortuosity(axis),
                    "Resistance [Ohm]": direction.resistance * 1e12,
                    "Percolating fraction": dict(direction.percolating),
                }
                for axis, direction in self.directions.items()
            },
        }


def effective_properties(
    case: Case, comm: MPI.Comm, phases: Collection[str], perfect: Collection[str]
) -> dict[str, object]:
    """Effective conductivities of a case as plain values with units in their names; collective.

    Args:
        case: The case.
        comm: All ranks.
        phases: Phases of the part to look at; those of the composite layer if none is given.
        perfect: Phases that conduct perfectly what they conduct.

    Raises:
        InputError: If a phase is not there, or the mesh cannot be made.
        SolverError: If a linear system could not be solved.
    """
    phases = list(dict.fromkeys(phases)) or list(composite_phases(case))
    _check_names("--phase", phases, case.phases)
    _check_names("--perfect", perfect, phases)
    mesh = make_mesh(case, comm)
    found = effective(case, mesh, comm, phases, perfect)
    return {
        "Title": case.title,
        "Phases": phases,
        "Temperature [K]": case.cell.temperature,
        "Conditions": _CONDITIONS,
        LEFT_OUT: comm.bcast(mesh.statistics.get(LEFT_OUT, 0.0) if mesh is not None else None),
        "Carriers": {result.carrier.name: result.summary() for result in found},
    }


def effective(
    case: Case,
    mesh: MeshData | None,
    comm: MPI.Comm,
    phases: Collection[str],
    perfect: Collection[str] = (),
) -> tuple[Effective, ...]:
    """Effective conductivities for every carrier; collective.

    Args:
        case: Materials, interfaces and solver.
        mesh: The mesh on rank 0, None elsewhere.
        comm: All ranks.
        phases: Phases of the part to look at.
        perfect: Phases that conduct perfectly what they conduct.

    Raises:
        SolverError: If a linear system could not be solved.
    """
    moved = carriers(case, phases, perfect)
    cut = excerpt(mesh, phases) if mesh is not None else None
    total: dict[str, float] = {}
    directions: dict[str, dict[str, Direction]] = {carrier.name: {} for carrier in moved}
    dim = comm.bcast(cut.dim if cut is not None else None)
    for axis in range(dim):
        turned = seen_along(cut, axis) if cut is not None else None
        if not comm.bcast(turned is not None and _has_ends(turned)):
            continue
        domain = divide_for(turned, comm, moved)
        for carrier in moved:
            cluster = clusters(turned, carrier.perfect, carrier.bonded) if turned else None
            conduction = Conduction(domain, carrier, comm.bcast(cluster))
            direct = case.solver.linear == "direct"
            directions[carrier.name][AXES[axis]] = conduction.along(direct)
        total = _fractions(domain)
    return tuple(
        Effective(c, {p: total.get(p, 0.0) for p in c.conductivity}, directions[c.name], dim)
        for c in moved
    )


def _check_names(option: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            given = f"{toml(name)} is not a phase to look at"
            raise InputError(option, "", given, suggest(name, known, "phases"))


def _has_ends(mesh: MeshData) -> bool:
    """Whether it has plane ends along x; of a box they may be void, so that nothing conducts."""
    if mesh.box is not None:
        return True
    there = {mesh.tags[k] for k in np.unique(mesh.facet_tag)}
    return set(ENDS) <= there


def _fractions(domain: Domain) -> dict[str, float]:
    """Volume fraction of each phase within the box that bounds the domain."""
    box = float(np.prod(np.ptp(domain.bounds, axis=0)))
    return {phase: value / box for phase, value in domain.phase_volumes().items()}


def _siemens(conductivity: Conductivity) -> Conductivity:
    """S/m from pA/(V um)."""
    return conductivity * 1e-6
