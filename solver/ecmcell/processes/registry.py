"""All processes: what may go on in a cell."""

from ecmcell.extensions import PROCESSES as OTHERS
from ecmcell.extensions import extensions
from ecmcell.processes.carriers.collector import Collector
from ecmcell.processes.carriers.conservation import (
    Anions,
    Electrons,
    ElectronsInElectrolyte,
    Ions,
    Lithium,
)
from ecmcell.processes.carriers.grain_boundaries import GrainBoundaryCurrents
from ecmcell.processes.context import Context
from ecmcell.processes.cracks.crack_graph import CrackGraph
from ecmcell.processes.cracks.cracks import Cracks
from ecmcell.processes.deformation.drag import Drag
from ecmcell.processes.deformation.energies import Energies
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.processes.deformation.flow import Flow
from ecmcell.processes.deformation.platens import Platens
from ecmcell.processes.deformation.swelling import Swelling
from ecmcell.processes.filled_cracks.filled_cracks import FilledCracks
from ecmcell.processes.heat.model import Heat
from ecmcell.processes.interfaces.interfaces import InterfaceLaws
from ecmcell.processes.interfaces.terminals import Terminals
from ecmcell.processes.process import Process
from ecmcell.processes.reactions.electronic_contacts import ElectronicContacts
from ecmcell.processes.reactions.films import Films
from ecmcell.processes.reactions.leakage import Leakage
from ecmcell.processes.reactions.lithium_layers import Layers
from ecmcell.processes.reactions.nucleation import Nucleation
from ecmcell.processes.reactions.plating import Plating
from ecmcell.processes.reactions.reactions import Insertions, LithiumElectrodes

_OWN: tuple[type[Process], ...] = (
    Lithium,
    Anions,
    Electrons,
    Ions,
    ElectronsInElectrolyte,
    Films,
    Layers,
    Insertions,
    LithiumElectrodes,
    Nucleation,
    GrainBoundaryCurrents,
    Leakage,
    ElectronicContacts,
    Collector,
    Plating,
    Platens,
    InterfaceLaws,
    Drag,
    Flow,
    Swelling,
    Energies,
    Cracks,
    CrackGraph,
    FilledCracks,
    Mechanics,
    Terminals,
    Heat,
)
PROCESSES: tuple[type[Process], ...] = (*_OWN, *extensions(OTHERS).values())
"""In the order in which they are asked, which is also that of the unknowns; those of other packages
come last."""


def build(context: Context) -> list[Process]:
    """The processes that a case asks for, made and connected; collective.

    Raises:
        InputError: If the mesh does not allow one of them.
    """
    made = [process for kind in PROCESSES for process in context.all(kind)]
    for process in made:
        process.connect(made)
    return made
