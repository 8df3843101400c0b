"""What touches, what has parted, and how evenly the current crosses."""

from ecmcell.columns.column import Column

CONTACT = Column(
    "Contact fraction",
    "",
    "Share of the interface of active material and electrolyte that carries current.",
    "(38)",
    "smallest",
)
INACTIVE_VOLUME = Column(
    "Inactive volume fraction",
    "",
    "Volume of the particles that have lost their contact, over that of all that take part.",
)
INACTIVE_CAPACITY = Column(
    "Inactive capacity fraction",
    "",
    "Charge that these particles can hold, over that of all that take part.",
)
DAMAGED = Column(
    "Damaged fraction",
    "",
    "Mean damage of all interfaces that may part, by area: 0 whole, 1 parted.",
    "(36)",
)
OPENING = Column("Maximum opening", "um", "Widest gap of an interface that may part.")
FRACTURE_ENERGY = Column(
    "Interface fracture energy",
    "J.m-2",
    "What parting has cost by now, over the footprint.",
)
VISCOUS_ENERGY = Column(
    "Interface viscous energy",
    "J.m-2",
    "What the `viscosity` of parting has cost by now, over the footprint.",
    "(37)",
)
BELOW_STRENGTH = Column(
    "Fraction below strength",
    "",
    "Share of interfaces that hold whatever pulls, where the traction is below the strength: where "
    "contact would break, not how the cell goes on.",
    "(31)",
    "smallest",
)
HOTSPOT = Column(
    "Hotspot factor",
    "",
    "Largest over mean current density on active material, or on lithium where there is none.",
    "(31)",
    "largest",
)
BOUNDARY_HOTSPOT = Column(
    "Grain boundary hotspot factor",
    "",
    "Largest over mean current density of ions between bodies of electrolyte.",
    "(31)",
)

PARTING = (
    CONTACT,
    INACTIVE_VOLUME,
    INACTIVE_CAPACITY,
    DAMAGED,
    OPENING,
    FRACTURE_ENERGY,
    VISCOUS_ENERGY,
)
SERIES = (*PARTING, BELOW_STRENGTH, HOTSPOT, BOUNDARY_HOTSPOT)
