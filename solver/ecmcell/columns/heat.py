"""The temperature of a cell that warms up, and its heat; all per footprint."""

from ecmcell.columns.column import Column

TEMPERATURE = Column("Temperature", "K", "Temperature of the whole cell.", "(71)", "largest")
GENERATION = Column(
    "Heat generation", "W.m-2", "Heat that losses and entropy generate, of the footprint.", "(72)"
)
REVERSIBLE = Column(
    "Reversible heat",
    "W.m-2",
    "Part of the heat generation that the entropy of lithium makes; negative where it cools.",
    "(73)",
)
GIVEN_OFF = Column(
    "Heat to surroundings",
    "W.m-2",
    "Mean over the time step of the heat that is given off.",
    "(71)",
)
ERROR = Column(
    "Heat balance error",
    "",
    "Heat generated less that stored and given off since the start, over all heat turned over.",
    "(74)",
    "largest",
)

SERIES = (TEMPERATURE, GENERATION, REVERSIBLE, GIVEN_OFF)
