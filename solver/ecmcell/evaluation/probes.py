"""What several subjects read off a cell, built once."""

from ecmcell.domain.average import Average
from ecmcell.domain.faces import Interface
from ecmcell.evaluation.inventory import Inventory
from ecmcell.processes.carriers.grain_boundaries import GrainBoundaryCurrents
from ecmcell.processes.process import IONS
from ecmcell.processes.reactions.metals import LithiumFace
from ecmcell.processes.reactions.reactions import Insertions, LithiumElectrodes, sides
from ecmcell.simulation.cell import Cell


class Probes:
    """Lithium in active material, and current densities on faces in pA/um2.

    Args:
        cell: The cell.

    Attributes:
        inventory: The lithium in active material.
        currents: Current density on each contact that reacts, averaged around nodes of the host.
        electrode_currents: The same on lithium electrodes, around nodes of the electrolyte.
        grain_boundary_currents: Current density of ions from the plus to the minus side of contacts
            between electrolytes or their grains, around nodes of the plus side.
    """

    def __init__(self, cell: Cell):
        self.inventory = Inventory(cell)
        self.currents = _insertions(cell)
        self.electrode_currents = _electrodes(cell)
        self.grain_boundary_currents = _crossings(cell)


def _insertions(cell: Cell) -> dict[Interface, Average]:
    domain, found = cell.domain, {}
    for contact, reaction in cell.the(Insertions).reactions.items():
        host = sides(contact, cell.active)[0]
        term = reaction.current, reaction.measure, contact.side(host)
        found[contact] = Average(domain, domain.bodies[host.body].scalars, [term])
    return found


def _electrodes(cell: Cell) -> dict[LithiumFace, Average]:
    domain, found = cell.domain, {}
    for lithium, reaction in cell.the(LithiumElectrodes).reactions.items():
        term = reaction.current, reaction.measure, lithium.side
        found[lithium] = Average(domain, domain.bodies[lithium.electrolyte.body].scalars, [term])
    return found


def _crossings(cell: Cell) -> dict[Interface, Average]:
    domain, found = cell.domain, {}
    for crossing in cell.the(GrainBoundaryCurrents).members:
        if crossing.carrier == IONS:
            term = crossing.current, crossing.measure, "+"
            space = domain.bodies[crossing.contact.plus.body].scalars
            found[crossing.contact] = Average(domain, space, [term])
    return found
