"""Stresses, the stack, and its energies."""

from ecmcell.columns.column import Column

HYDROSTATIC = Column(
    "Maximum hydrostatic stress",
    "MPa",
    "Maximum hydrostatic stress at the nodes; tension is positive.",
    "",
    "max",
)
PRESSURE = Column("Stack pressure", "MPa", "Pressure of the platen on the footprint.", "(23)")
STRAIN = Column("Axial strain of the stack", "", "Uniform strain of the stack along x.", "(23)")
THICKNESS_STRAIN = Column(
    "Out-of-plane strain",
    "",
    "Uniform strain of a section across its plane, where this is free.",
)
THICKER = Column(
    "Stack thickness change",
    "um",
    "Change of the thickness of the stack along x, with the lithium that is plated.",
)
PLASTIC_STRAIN = Column(
    "Maximum equivalent plastic strain",
    "",
    "Maximum equivalent plastic strain of the phases that flow.",
    "(51)",
)
PLASTIC_ENERGY = Column(
    "Plastic energy",
    "J.m-2",
    "Energy dissipated by flow since the start, per unit of footprint area.",
)
FLOW_STRESS = Column(
    "Maximum flow stress", "MPa", "Maximum von Mises stress in the phases that flow.", "(51)"
)
ELASTIC_ENERGY = Column(
    "Elastic energy", "J.m-2", "Energy stored in the bodies, per unit of footprint area."
)
INTERFACE_ENERGY = Column(
    "Interface elastic energy",
    "J.m-2",
    "Energy stored in the penalty stiffness of interfaces, per unit of footprint area.",
)
WORK = Column(
    "Mechanical work",
    "J.m-2",
    "Work of platen, swelling and lithium since the start, per unit of footprint area.",
    "(43)",
)
RELEASED = Column(
    "Released energy",
    "J.m-2",
    "Work minus all energy stored and dissipated: what jumps have released, and the error of time "
    "steps.",
    "(43)",
)

FLOW = (PLASTIC_STRAIN, PLASTIC_ENERGY, FLOW_STRESS)
ENERGIES = (ELASTIC_ENERGY, INTERFACE_ENERGY, WORK, RELEASED)
SERIES = (HYDROSTATIC, PRESSURE, STRAIN, THICKNESS_STRAIN, THICKER, *FLOW, *ENERGIES)
