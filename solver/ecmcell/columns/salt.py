"""The salt of polymer electrolytes."""

from ecmcell.columns.column import Column

LEAST = Column(
    "Minimum salt concentration",
    "mol.m-3",
    "Least concentration of salt at any node of a polymer.",
    "(4)",
    "smallest",
)
MOST = Column(
    "Maximum salt concentration",
    "mol.m-3",
    "Largest concentration of salt at any node of a polymer.",
    "(4)",
    "largest",
)
ERROR = Column(
    "Salt balance error",
    "",
    "Anions missing, over the charge that has passed.",
    "(32)",
    "largest",
)

SERIES = (LEAST, MOST, ERROR)
