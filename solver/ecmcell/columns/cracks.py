"""Cracks in the bulk, and flaws by the closed form."""

from ecmcell.columns.column import Column

SURFACE = Column(
    "Crack {measure} {phase}",
    "{unit}",
    "Length of all cracks in a phase by the energy of the phase field; their area in space.",
    "(39)",
)
COUNT = Column("Cracks", "", "Connected cracks; damage that has not localised is none.")
LONGEST = Column("Longest crack", "um", "Diagonal of the box around the largest of them.")
DEPTH = Column(
    "Crack depth from {end}", "um", "How far cracks with a mouth at that end reach along the stack."
)
PARTICLES = Column(
    "Cracked particle fraction", "", "Volume of the particles with a crack over that of all."
)
CONDUCTIVITY = Column(
    "Effective ionic conductivity",
    "mS.cm-1",
    "Conductivity of all electrolyte between the ends of the cell, with its cracks and gaps.",
)
ENERGY = Column("Crack energy", "J.m-2", "What all cracks cost, over the footprint.", "(39)")
INTENSITY = Column(
    "Flaw K_I over K_Ic",
    "",
    "Stress intensity factor of the most driven flaw at the anode over the toughness, by the "
    "closed form.",
    "(48), (49)",
)
PROBABILITY = Column(
    "Flaw failure probability",
    "",
    "Probability that a flaw has grown, where strength scatters.",
    "(50)",
)

SERIES = (SURFACE, COUNT, LONGEST, DEPTH, PARTICLES, CONDUCTIVITY, ENERGY, INTENSITY, PROBABILITY)
