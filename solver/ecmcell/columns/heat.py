"""The temperature of a cell that warms up, and its heat; all per footprint."""

from ecmcell.columns.column import Column

TEMPERATURE = Column("Temperature", "K", "Temperature of the whole cell.", "(71)", "max")
GENERATION = Column(
    "Heat generation",
    "W.m-2",
    "Heat by losses and entropy, per unit of footprint area.",
    "(72)",
)
REVERSIBLE = Column(
    "Reversible heat",
    "W.m-2",
    "Heat by the entropy of lithium, per unit of footprint area; negative where it cools.",
    "(73)",
)
GIVEN_OFF = Column(
    "Heat to surroundings",
    "W.m-2",
    "Mean over the time step of the heat that is given off, per unit of footprint area.",
    "(71)",
)
ERROR = Column(
    "Heat balance error",
    "",
    "Heat generated minus heat stored and given off since the start, over all heat exchanged.",
    "(74)",
    "max",
)

SERIES = (TEMPERATURE, GENERATION, REVERSIBLE, GIVEN_OFF)
