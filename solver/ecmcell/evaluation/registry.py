"""All subjects that a run tells of."""

from ecmcell.evaluation.cracks.crack_clusters import CrackClusters
from ecmcell.evaluation.cracks.filled_cracks import CrackFilling
from ecmcell.evaluation.cracks.flaw_criteria import FlawCriteria
from ecmcell.evaluation.electrochemistry.balances import (
    ChargeBalance,
    LithiumBalance,
    SaltBalance,
)
from ecmcell.evaluation.electrochemistry.currents import Currents
from ecmcell.evaluation.electrochemistry.films import Films
from ecmcell.evaluation.electrochemistry.leakage import Leakage
from ecmcell.evaluation.electrochemistry.losses import Losses
from ecmcell.evaluation.electrochemistry.potentials import Potentials
from ecmcell.evaluation.electrochemistry.salt import Salt
from ecmcell.evaluation.electrochemistry.stoichiometry import Stoichiometry
from ecmcell.evaluation.electrochemistry.voltage import Voltage
from ecmcell.evaluation.lithium.hotspots import Hotspots
from ecmcell.evaluation.lithium.lithium_layers import Layers
from ecmcell.evaluation.mechanics.crystals import Crystals
from ecmcell.evaluation.mechanics.debonding import Debonding
from ecmcell.evaluation.mechanics.energies import StoredEnergies
from ecmcell.evaluation.mechanics.flow import Flow
from ecmcell.evaluation.mechanics.stack import Stack
from ecmcell.evaluation.mechanics.stresses import Stresses
from ecmcell.evaluation.mechanics.tractions import Tractions
from ecmcell.evaluation.processes import Processes
from ecmcell.evaluation.subject import Subject

SUBJECTS: tuple[type[Subject], ...] = (
    Voltage,
    Stoichiometry,
    Potentials,
    Debonding,
    Tractions,
    CrackClusters,
    CrackFilling,
    FlawCriteria,
    Leakage,
    Salt,
    Losses,
    Films,
    Hotspots,
    Layers,
    Currents,
    Crystals,
    Stresses,
    Stack,
    Flow,
    StoredEnergies,
    Processes,
    ChargeBalance,
    LithiumBalance,
    SaltBalance,
)
"""In the order of their columns in `series.csv`."""
