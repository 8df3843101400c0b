"""Electrons that leak through the electrolyte, and what lithium they may make."""

from ecmcell.output.columns import Column

CURRENT = Column(
    "Leakage current density", "mA.cm-2", "Of electrons through the electrolyte.", "(58)"
)
CHARGE = Column("Leaked charge", "mA.h.cm-2", "What has leaked by now, of the footprint.")
HIGHEST = Column(
    "Highest lithium chemical potential",
    "mV",
    "Over that of the metal, at any node of the electrolyte; above zero lithium may form.",
    "(60)",
    "largest",
)
PLACE = Column("Highest lithium chemical potential {axis}", "um", "Where that is.")
IN_PORES = Column(
    "Highest lithium chemical potential in pores",
    "mV",
    "The same on walls of pores, where lithium forms without a pressure.",
    "(60)",
)
SHARE = Column(
    "Volume share above lithium", "", "Share of the electrolyte where it is above zero.", "(60)"
)

SERIES = (CURRENT, CHARGE, HIGHEST, SHARE, PLACE, IN_PORES)
