"""Electronic leakage through the electrolyte, and the lithium that it may deposit."""

from ecmcell.columns.column import Column

CURRENT = Column(
    "Leakage current density",
    "mA.cm-2",
    "Current of electrons through the electrolyte, per unit of footprint area.",
    "(58)",
)
CHARGE = Column(
    "Leaked charge", "mA.h.cm-2", "Charge leaked since the start, per unit of footprint area."
)
MAXIMUM = Column(
    "Maximum lithium chemical potential",
    "mV",
    "Maximum chemical potential of lithium at the nodes of the electrolyte, against the metal; "
    "above zero lithium may form.",
    "(60)",
    "max",
)
PLACE = Column(
    "Maximum lithium chemical potential {axis}",
    "um",
    "Coordinate of the maximum of the chemical potential of lithium.",
)
IN_PORES = Column(
    "Maximum lithium chemical potential in pores",
    "mV",
    "Maximum chemical potential of lithium on walls of pores, where it forms without a pressure.",
    "(60)",
)
FRACTION = Column(
    "Volume fraction above lithium",
    "",
    "Volume fraction of the electrolyte where the chemical potential of lithium is above that of "
    "the metal.",
    "(60)",
)

SERIES = (CURRENT, CHARGE, MAXIMUM, FRACTION, PLACE, IN_PORES)
