"""The salt of polymer electrolytes."""

from ecmcell.columns.column import Column

MINIMUM = Column(
    "Minimum salt concentration",
    "mol.m-3",
    "Minimum concentration of salt at the nodes of a polymer.",
    "(4)",
    "min",
)
MAXIMUM = Column(
    "Maximum salt concentration",
    "mol.m-3",
    "Maximum concentration of salt at the nodes of a polymer.",
    "(4)",
    "max",
)
ERROR = Column(
    "Salt balance error",
    "",
    "Anions missing, over the charge that has passed.",
    "(32)",
    "max",
)

SERIES = (MINIMUM, MAXIMUM, ERROR)
