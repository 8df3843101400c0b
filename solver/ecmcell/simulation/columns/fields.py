"""Fields at the stored states: `fields/`, for ParaView and the report."""

from ecmcell.output.columns import Field

STOICHIOMETRY = Field("Lithium stoichiometry", "", "Filled share of the sites, 0 to 1.")
CONCENTRATION = Field("Lithium concentration", "mol.m-3", "Lithium in active material.")
ELECTRODE = Field("Electrode potential", "V", "Of electrons in active material.", "(3)")
ELECTROLYTE = Field("Electrolyte potential", "V", "Of ions, against lithium metal.", "(3)")
SALT = Field("Salt concentration", "mol.m-3", "Salt in polymer electrolytes.", "(4)")
ADDITIVE = Field("Additive potential", "V", "Of electrons in electrolyte with additive.", "(3)")
LEAKED = Field(
    "Electronic potential in electrolyte", "V", "Of electrons that leak, against lithium.", "(58)"
)
LITHIUM = Field(
    "Lithium chemical potential", "V", "Over that of the metal, by the Faraday constant.", "(60)"
)
DISPLACEMENT = Field("Displacement", "um", "With the stretch of the stack.")
DAMAGE = Field("Crack damage", "", "Damage of the phase field: 0 whole, 1 in a crack.", "(39)")
IN_CRACK = Field("In a crack", "", "1 in a crack, 0 elsewhere, also where damage is even.")
HYDROSTATIC = Field("Hydrostatic stress", "MPa", "Tension is positive.")
PRINCIPAL = Field("Maximum principal stress", "MPa", "Of the full 3 x 3 stress.")
VON_MISES = Field("Von Mises stress", "MPa", "Of the full 3 x 3 stress.")
POINTS = (
    STOICHIOMETRY,
    CONCENTRATION,
    ELECTRODE,
    ELECTROLYTE,
    SALT,
    ADDITIVE,
    LEAKED,
    LITHIUM,
    DISPLACEMENT,
    DAMAGE,
    IN_CRACK,
    HYDROSTATIC,
    PRINCIPAL,
    VON_MISES,
)

IONIC_CURRENT = Field("Ionic current density", "mA.cm-2", "Of ions, a vector.", "(3)", "cells")
ELECTRONIC_CURRENT = Field(
    "Electronic current density", "mA.cm-2", "Of electrons, a vector.", "(3)", "cells"
)
CELL_PRINCIPAL = Field(
    PRINCIPAL.name, PRINCIPAL.unit, "In the middle of cells, of the full stress.", "", "cells"
)
CELL_VON_MISES = Field(
    VON_MISES.name, VON_MISES.unit, "In the middle of cells, of the full stress.", "", "cells"
)
AXIS = Field("Crystal axis", "", "Direction of the axis of each crystallite.", "", "cells")
CELLS = (IONIC_CURRENT, ELECTRONIC_CURRENT, CELL_PRINCIPAL, CELL_VON_MISES, AXIS)

INTERFACE_CURRENT = Field(
    "Interface current density",
    "mA.cm-2",
    "From active material into the electrolyte.",
    "(11)",
    "interfaces",
)
ELECTRODE_CURRENT = Field(
    "Electrode current density",
    "mA.cm-2",
    "From lithium into the electrolyte.",
    "(11)",
    "interfaces",
)
BOUNDARY_CURRENT = Field(
    "Grain boundary current density", "mA.cm-2", "Size, of ions between bodies.", "", "interfaces"
)
THICKNESS = Field("Lithium thickness", "um", "Of a layer on a boundary.", "", "interfaces")
VOIDS = Field("Voids", "um", "Volume of voids in it, an area.", "(63)", "interfaces")
NORMAL = Field("Normal traction", "MPa", "Tension is positive.", "(21)", "interfaces")
SHEAR = Field("Shear traction", "MPa", "Its size.", "(21)", "interfaces")
PARTED = Field("Damage", "", "Of what may part: 0 whole, 1 parted.", "(36)", "interfaces")
CONTACT = Field("Contact factor", "", "Share that carries current.", "(38)", "interfaces")
OPENING = Field("Opening", "um", "Gap of interfaces that may part.", "", "interfaces")
INTERFACES = (
    INTERFACE_CURRENT,
    ELECTRODE_CURRENT,
    BOUNDARY_CURRENT,
    THICKNESS,
    VOIDS,
    NORMAL,
    SHEAR,
    PARTED,
    CONTACT,
    OPENING,
)

FIELDS = (*POINTS, *CELLS, *INTERFACES)
