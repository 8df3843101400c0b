"""What touches, what has debonded, and how evenly the current crosses."""

from ecmcell.columns.column import Column

CONTACT = Column(
    "Contact fraction",
    "",
    "Area fraction of the interfaces of active material and electrolyte that carries current.",
    "(38)",
    "min",
)
INACTIVE_VOLUME = Column(
    "Inactive volume fraction",
    "",
    "Volume of the particles that have lost contact, over that of all connected ones.",
)
INACTIVE_CAPACITY = Column(
    "Inactive capacity fraction",
    "",
    "Capacity of the particles that have lost contact, over that of all connected ones.",
)
DEBONDED = Column(
    "Debonded fraction",
    "",
    "Mean damage of all interfaces that may debond, by area: 0 intact, 1 debonded.",
    "(36)",
)
OPENING = Column("Maximum opening", "um", "Maximum gap of the interfaces that may debond.")
FRACTURE_ENERGY = Column(
    "Interface fracture energy",
    "J.m-2",
    "Energy dissipated by debonding since the start, per unit of footprint area.",
)
VISCOUS_ENERGY = Column(
    "Interface viscous energy",
    "J.m-2",
    "Energy dissipated by the `viscosity` since the start, per unit of footprint area.",
    "(37)",
)
BELOW_STRENGTH = Column(
    "Fraction below strength",
    "",
    "Area fraction of the interfaces without a cohesive law where the traction is below the "
    "strength; elsewhere they would debond.",
    "(31)",
    "min",
)
HOTSPOT = Column(
    "Hotspot factor",
    "",
    "Maximum over mean current density on active material, or on lithium where there is none.",
    "(31)",
    "max",
)
BOUNDARY_HOTSPOT = Column(
    "Grain boundary hotspot factor",
    "",
    "Maximum over mean current density of ions between bodies of electrolyte.",
    "(31)",
)

DEBONDING = (
    CONTACT,
    INACTIVE_VOLUME,
    INACTIVE_CAPACITY,
    DEBONDED,
    OPENING,
    FRACTURE_ENERGY,
    VISCOUS_ENERGY,
)
SERIES = (*DEBONDING, BELOW_STRENGTH, HOTSPOT, BOUNDARY_HOTSPOT)
