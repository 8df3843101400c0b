"""Stresses, the stack, and where its energy is."""

from ecmcell.columns.column import Column

HYDROSTATIC = Column(
    "Maximum hydrostatic stress",
    "MPa",
    "Largest hydrostatic stress at any node; tension is positive.",
    "",
    "largest",
)
PRESSURE = Column("Stack pressure", "MPa", "Pressure of the platen on the footprint.", "(23)")
STRAIN = Column("Stack strain", "", "Uniform strain of the stack along x.", "(23)")
THICKNESS_STRAIN = Column(
    "Out-of-plane strain",
    "",
    "Uniform strain of a section across its plane, where this is free.",
)
THICKER = Column(
    "Stack thickness change", "um", "Growth of the stack along x, with the lithium that is plated."
)
PLASTIC_STRAIN = Column(
    "Maximum plastic strain", "", "Largest accumulated plastic strain of what flows.", "(51)"
)
PLASTIC_ENERGY = Column("Plastic energy", "J.m-2", "What flow has cost by now, over the footprint.")
FLOW_STRESS = Column(
    "Maximum flow stress", "MPa", "Largest equivalent stress in what flows.", "(51)"
)
ELASTIC_ENERGY = Column(
    "Elastic energy", "J.m-2", "Energy stored in the bodies, over the footprint."
)
INTERFACE_ENERGY = Column(
    "Interface elastic energy",
    "J.m-2",
    "Energy stored in the stiffness of interfaces, over the footprint.",
)
WORK = Column(
    "Mechanical work",
    "J.m-2",
    "Work of platen, swelling and lithium since the start, over the footprint.",
    "(43)",
)
RELEASED = Column(
    "Released energy",
    "J.m-2",
    "Work less all that is stored and spent: what jumps have set free, and the error of the steps.",
    "(43)",
)

FLOW = (PLASTIC_STRAIN, PLASTIC_ENERGY, FLOW_STRESS)
ENERGIES = (ELASTIC_ENERGY, INTERFACE_ENERGY, WORK, RELEASED)
SERIES = (HYDROSTATIC, PRESSURE, STRAIN, THICKNESS_STRAIN, THICKER, *FLOW, *ENERGIES)
