"""Electrons that leak through the electrolyte, and what lithium they may make."""

from ecmcell.columns.column import Column

CURRENT = Column(
    "Leakage current density",
    "mA.cm-2",
    "Current of electrons through the electrolyte, of the footprint.",
    "(58)",
)
CHARGE = Column("Leaked charge", "mA.h.cm-2", "Charge that has leaked by now, of the footprint.")
HIGHEST = Column(
    "Highest lithium chemical potential",
    "mV",
    "Highest chemical potential of lithium at any node of the electrolyte, over that of the metal; "
    "above zero lithium may form.",
    "(60)",
    "largest",
)
PLACE = Column(
    "Highest lithium chemical potential {axis}",
    "um",
    "Where the chemical potential of lithium is highest.",
)
IN_PORES = Column(
    "Highest lithium chemical potential in pores",
    "mV",
    "Highest chemical potential of lithium on walls of pores, where it forms without a pressure.",
    "(60)",
)
SHARE = Column(
    "Volume share above lithium",
    "",
    "Share of the electrolyte where the chemical potential of lithium is above that of the metal.",
    "(60)",
)

SERIES = (CURRENT, CHARGE, HIGHEST, SHARE, PLACE, IN_PORES)
