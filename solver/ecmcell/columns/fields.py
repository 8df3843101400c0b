"""Fields at the stored states: `fields/`, for ParaView and the report."""

from ecmcell.columns.column import Field

STOICHIOMETRY = Field("Lithium stoichiometry", "", "Filled fraction of the sites, 0 to 1.")
CONCENTRATION = Field(
    "Lithium concentration", "mol.m-3", "Concentration of lithium in active material."
)
ELECTRODE = Field("Electrode potential", "V", "Potential of electrons in active material.", "(3)")
ELECTROLYTE = Field(
    "Electrolyte potential", "V", "Potential of ions, against lithium metal.", "(3)"
)
SALT = Field(
    "Salt concentration", "mol.m-3", "Concentration of salt in polymer electrolytes.", "(4)"
)
ADDITIVE = Field(
    "Electronic potential in additive",
    "V",
    "Potential of electrons in electrolyte with additive.",
    "(3)",
)
LEAKED = Field(
    "Electronic potential in electrolyte",
    "V",
    "Potential of electrons that leak, against lithium metal.",
    "(58)",
)
LITHIUM = Field(
    "Lithium chemical potential",
    "V",
    "Chemical potential of lithium over that of the metal, by the Faraday constant.",
    "(60)",
)
DISPLACEMENT = Field("Displacement", "um", "Displacement, with the axial strain of the stack.")
DAMAGE = Field("Crack damage", "", "Damage of the phase field: 0 intact, 1 in a crack.", "(39)")
IN_CRACK = Field(
    "In a crack", "", "1 in a crack, 0 elsewhere, also where damage has not localised."
)
HYDROSTATIC = Field(
    "Hydrostatic stress", "MPa", "Mean of the normal stresses; tension is positive."
)
PRINCIPAL = Field(
    "Maximum principal stress", "MPa", "Maximum principal value of the full 3 x 3 stress."
)
VON_MISES = Field(
    "Von Mises stress", "MPa", "Von Mises equivalent stress of the full 3 x 3 stress."
)
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

IONIC_CURRENT = Field(
    "Ionic current density", "mA.cm-2", "Vector of the current density of ions.", "(3)", "cells"
)
ELECTRONIC_CURRENT = Field(
    "Electronic current density",
    "mA.cm-2",
    "Vector of the current density of electrons.",
    "(3)",
    "cells",
)
CELL_PRINCIPAL = Field(
    PRINCIPAL.name, PRINCIPAL.unit, "Maximum principal stress at the centre of cells.", "", "cells"
)
CELL_VON_MISES = Field(
    VON_MISES.name,
    VON_MISES.unit,
    "Von Mises equivalent stress at the centre of cells.",
    "",
    "cells",
)
AXIS = Field("Crystal axis", "", "Direction of the axis of each crystallite.", "", "cells")
CELLS = (IONIC_CURRENT, ELECTRONIC_CURRENT, CELL_PRINCIPAL, CELL_VON_MISES, AXIS)

INTERFACE_CURRENT = Field(
    "Interface current density",
    "mA.cm-2",
    "Current density from active material into the electrolyte.",
    "(11)",
    "interfaces",
)
ELECTRODE_CURRENT = Field(
    "Electrode current density",
    "mA.cm-2",
    "Current density from lithium into the electrolyte.",
    "(11)",
    "interfaces",
)
BOUNDARY_CURRENT = Field(
    "Grain boundary current density",
    "mA.cm-2",
    "Magnitude of the current density of ions between bodies.",
    "",
    "interfaces",
)
THICKNESS = Field(
    "Lithium thickness", "um", "Thickness of a layer of lithium on a boundary.", "", "interfaces"
)
VOIDS = Field(
    "Voids", "um", "Volume of voids in a layer of lithium, per unit area.", "(63)", "interfaces"
)
NORMAL = Field(
    "Normal traction",
    "MPa",
    "Traction along the normal; tension is positive.",
    "(21)",
    "interfaces",
)
SHEAR = Field(
    "Shear traction", "MPa", "Magnitude of the traction along the interface.", "(21)", "interfaces"
)
DEBONDED = Field(
    "Damage",
    "",
    "Damage of the interfaces that may debond: 0 intact, 1 debonded.",
    "(36)",
    "interfaces",
)
CONTACT = Field(
    "Contact factor", "", "Fraction of the interface that carries current.", "(38)", "interfaces"
)
OPENING = Field("Opening", "um", "Gap of the interfaces that may debond.", "", "interfaces")
INTERFACES = (
    INTERFACE_CURRENT,
    ELECTRODE_CURRENT,
    BOUNDARY_CURRENT,
    THICKNESS,
    VOIDS,
    NORMAL,
    SHEAR,
    DEBONDED,
    CONTACT,
    OPENING,
)

FIELDS = (*POINTS, *CELLS, *INTERFACES)
