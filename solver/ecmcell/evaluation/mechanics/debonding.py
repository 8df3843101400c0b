"""What is left of the contact of a cell whose interfaces part, in numbers."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from ecmcell.case.materials import needed
from ecmcell.columns import fields
from ecmcell.columns import interfaces as columns
from ecmcell.domain.average import Average
from ecmcell.domain.faces import ExteriorBoundary, FacetSet
from ecmcell.evaluation.placement import Facets, Fields
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.subject import Subject
from ecmcell.microstructure import MeshData
from ecmcell.parallel import on_root
from ecmcell.processes.deformation.penalty_stiffness import scattered, unresolved
from ecmcell.processes.interfaces.interfaces import Cohesive, InterfaceLaws
from ecmcell.processes.reactions.reactions import Insertions
from ecmcell.processes.state import CONTACT, DAMAGE
from ecmcell.simulation.cell import Cell

# A particle with less than this fraction of its contact takes no part any more.
_INACTIVE = 1e-3
_DAMAGE, _CONTACT_FACTOR, _OPENING = (
    one.header for one in (fields.DEBONDED, fields.CONTACT, fields.OPENING)
)


class Debonding(Subject):
    """Evaluates the interfaces of a cell in which some may debond.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        self._cell, self._interface_laws = cell, cell.the(InterfaceLaws)
        domain = cell.domain
        # Contact of every particle, gathered in its cells.
        self._contacts: list[tuple[np.ndarray, Average]] = []
        for contact in cell.the(Insertions).reactions:
            for subdomain in (contact.plus, contact.minus):
                if subdomain.body not in cell.active:
                    continue
                region = domain.bodies[subdomain.body]
                term = (
                    cell.state.contact_factor(contact),
                    domain.dS(contact),
                    contact.side(subdomain),
                )
                average = Average(domain, region.cell_constants, [term])
                count = len(average.owned_weight)
                self._contacts.append((domain.cell_grain[region.parents[:count]], average))
        self._sites = np.zeros(len(domain.plan.grain_volume))
        for body in cell.active.values():
            grains = domain.grains_of(body.subdomain)
            volume = domain.plan.grain_volume[grains]
            self._sites[grains] = volume * body.material.site_charge
        self._opening = Average(
            domain,
            domain.skeleton,
            [
                (law.opening.gap, domain.nodal(face), face.near_side)
                for face, law in self._interface_laws.cohesive.items()
            ],
        )
        # Averages around nodes of the near side of each face that may debond.
        self._fields = {
            name: {
                f: self._around_nodes(f, j, name) for f, j in self._interface_laws.cohesive.items()
            }
            for name in (_DAMAGE, _CONTACT_FACTOR, _OPENING)
        }

    @classmethod
    def of(cls, cell: Cell, probes: Probes) -> Self | None:
        """Where some interface may debond."""
        return cls(cell) if cell.state.interface else None

    def warnings(self, made: MeshData | None) -> list[str]:
        """Interfaces that the mesh does not resolve, and those whose tractions scatter."""
        case = self._cell.case
        found = on_root(
            self._cell.domain.comm,
            lambda: [*unresolved(case, needed(made)), *scattered(case, needed(made))],
        )
        return [f"{name}: {text}" for name, text in found]

    def row(self) -> dict[str, float]:
        """The present state of the interfaces."""
        cell, position = self._cell, self._cell.state.accumulators
        damage = cell.state.interface[DAMAGE].x.array[: len(self._opening.owned_weight)]
        weight = self._opening.owned_weight
        return self._of_particles() | {
            columns.DEBONDED.header: cell.domain.total(float(damage @ weight))
            / self._interface_laws.area,
            columns.OPENING.header: cell.domain.max(self._opening.owned().max(initial=0.0)),
            columns.FRACTURE_ENERGY.header: position["fracture_energy"] / cell.area,
            columns.VISCOUS_ENERGY.header: position["viscous_energy"] / cell.area,
        }

    def boundaries(self) -> Sequence[ExteriorBoundary]:
        """Faces of electrodes that may debond."""
        return list(self._interface_laws.faces)

    def interface_fields(self, facets: Facets) -> Fields:
        """Damage, contact and opening of what may debond."""
        return {name: facets.put(averages) for name, averages in self._fields.items()}

    def _of_particles(self) -> dict[str, float]:
        """What is left of the contact of active material, if there is any."""
        if not self._contacts:
            return {}
        held, area = self._contact_by_grain()
        # Where a particle meets nothing that ions reach there is nothing to lose.
        lost = (area > 0.0) & (held < _INACTIVE * area)
        volume = np.where(self._sites > 0.0, self._cell.domain.plan.grain_volume, 0.0)
        return {
            columns.CONTACT.header: float(held.sum() / area.sum()),
            columns.INACTIVE_VOLUME.header: float(volume[lost].sum() / volume.sum()),
            columns.INACTIVE_CAPACITY.header: float(self._sites[lost].sum() / self._sites.sum()),
        }

    def _around_nodes(self, face: FacetSet, law: Cohesive, name: str) -> Average:
        domain, state = self._cell.domain, self._cell.state
        quantity = {
            _DAMAGE: face.here(state.interface[DAMAGE]),
            _CONTACT_FACTOR: face.here(state.interface[CONTACT]),
            _OPENING: law.opening.open,
        }[name]
        term = quantity, domain.nodal(face), face.near_side
        return Average(domain, domain.bodies[face.near.body].scalars, [term])

    def _contact_by_grain(self) -> tuple[np.ndarray, np.ndarray]:
        """Area that conducts and area of each particle in um2, over all ranks."""
        found = np.zeros((2, len(self._sites)))
        for grains, average in self._contacts:
            weight = average.owned_weight
            np.add.at(found[0], grains, average.owned() * weight)
            np.add.at(found[1], grains, weight)
        return tuple(self._cell.domain.comm.allreduce(found))
