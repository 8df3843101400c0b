"""Cracks in the bulk, and flaws by the closed form."""

from ecmcell.columns.column import Column

SURFACE = Column(
    "Crack {measure} {phase}",
    "{unit}",
    "Length of all cracks in a phase, by the energy of the phase field; in 3D their area.",
    "(39)",
)
COUNT = Column("Number of cracks", "", "Connected cracks; damage that has not localised is none.")
MAX_LENGTH = Column("Maximum crack length", "um", "Diagonal of the box around the largest crack.")
DEPTH = Column(
    "Crack depth from {end}", "um", "Depth along the stack of the cracks with a mouth at that end."
)
PARTICLES = Column(
    "Cracked particle fraction", "", "Volume of the particles with a crack, over that of all."
)
CONDUCTIVITY = Column(
    "Effective ionic conductivity",
    "mS.cm-1",
    "Conductivity of all electrolyte between the ends of the cell, with its cracks and gaps.",
)
ENERGY = Column(
    "Crack energy", "J.m-2", "Fracture energy of all cracks, per unit of footprint area.", "(39)"
)
INTENSITY = Column(
    "Flaw K_I over K_Ic",
    "",
    "Maximum stress intensity factor of the flaws at the anode over the fracture toughness, by the "
    "closed form.",
    "(48), (49)",
)
PROBABILITY = Column(
    "Flaw failure probability",
    "",
    "Probability that a flaw has grown, where the strength is random.",
    "(50)",
)

SERIES = (
    SURFACE,
    COUNT,
    MAX_LENGTH,
    DEPTH,
    PARTICLES,
    CONDUCTIVITY,
    ENERGY,
    INTENSITY,
    PROBABILITY,
)
