"""Fields at the stored states: `fields/`, for ParaView and the report.

Vectors have three components, tensors nine: row by row, xx, xy, xz, yx, ... They are in space also
where the mesh is a section.
"""

from ecmcell.columns.column import Field

# What a case must have for a field.
ACTIVE = "active material"
ELECTRONS = "phases that conduct electrons"
MIXED = "electrolyte with conductive additive"
POLYMER = "polymer electrolyte"
LEAKS = "leakage"
MECHANICS = "mechanics"
CRACKING = "phases that may crack"
DEBONDING = "interfaces that may debond"
CRYSTALS = "anisotropic chemical strain"
LAYER = "lithium layers"

STOICHIOMETRY = Field(
    "Lithium stoichiometry", "", "Filled fraction of the sites, 0 to 1.", needs=ACTIVE
)
CONCENTRATION = Field(
    "Lithium concentration", "mol.m-3", "Concentration of lithium in active material.", needs=ACTIVE
)
ELECTRODE = Field(
    "Electrode potential", "V", "Potential of electrons in active material.", "(3)", needs=ACTIVE
)
ELECTROLYTE = Field(
    "Electrolyte potential", "V", "Potential of ions, against lithium metal.", "(3)"
)
SALT = Field(
    "Salt concentration",
    "mol.m-3",
    "Concentration of salt in polymer electrolytes.",
    "(4)",
    needs=POLYMER,
)
ADDITIVE = Field(
    "Electronic potential in additive",
    "V",
    "Potential of electrons in electrolyte with additive.",
    "(3)",
    needs=MIXED,
)
LEAKED = Field(
    "Electronic potential in electrolyte",
    "V",
    "Potential of electrons that leak, against lithium metal.",
    "(58)",
    needs=LEAKS,
)
LITHIUM = Field(
    "Lithium chemical potential",
    "V",
    "Chemical potential of lithium over that of the metal, by the Faraday constant.",
    "(60)",
    needs=LEAKS,
)
DISPLACEMENT = Field(
    "Displacement", "um", "Displacement, with the axial strain of the stack.", needs=MECHANICS
)
DAMAGE = Field(
    "Crack damage", "", "Damage of the phase field: 0 intact, 1 in a crack.", "(39)", needs=CRACKING
)
IN_CRACK = Field(
    "In a crack",
    "",
    "1 in a crack, 0 elsewhere, also where damage has not localised.",
    needs=CRACKING,
)
HYDROSTATIC = Field(
    "Hydrostatic stress",
    "MPa",
    "Mean of the normal stresses; tension is positive.",
    needs=MECHANICS,
)
PRINCIPAL = Field(
    "Maximum principal stress",
    "MPa",
    "Maximum principal value of the full 3 x 3 stress.",
    needs=MECHANICS,
)
VON_MISES = Field(
    "Von Mises stress",
    "MPa",
    "Von Mises equivalent stress of the full 3 x 3 stress.",
    needs=MECHANICS,
)
STRESS = Field(
    "Stress",
    "MPa",
    "Stress tensor at the nodes, tension positive; a third of its trace is the hydrostatic stress. "
    "In phases that flow it is a mean of cells, and the hydrostatic stress is not. Where phases of "
    "a body meet it is a mean of both.",
    "(17)",
    needs=MECHANICS,
    is_default=False,
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
    STRESS,
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
    needs=ELECTRONS,
)
CELL_PRINCIPAL = Field(
    PRINCIPAL.name,
    PRINCIPAL.unit,
    "Maximum principal stress at the centre of cells.",
    "",
    "cells",
    needs=MECHANICS,
)
CELL_VON_MISES = Field(
    VON_MISES.name,
    VON_MISES.unit,
    "Von Mises equivalent stress at the centre of cells.",
    "",
    "cells",
    needs=MECHANICS,
)
AXIS = Field(
    "Crystal axis", "", "Direction of the axis of each crystallite.", "", "cells", needs=CRYSTALS
)
CELL_STRESS = Field(
    STRESS.name,
    STRESS.unit,
    "Stress tensor at the centre of cells.",
    "(17)",
    "cells",
    needs=MECHANICS,
    is_default=False,
)
STRAIN = Field(
    "Strain",
    "",
    "Tensor of the total strain at the centre of cells, with the uniform strain of the stack.",
    "(22)",
    "cells",
    needs=MECHANICS,
    is_default=False,
)
LITHIUM_FLUX = Field(
    "Lithium flux",
    "mol.m-2.s-1",
    "Vector of the flux of lithium in active material.",
    "(1)",
    "cells",
    needs=ACTIVE,
    is_default=False,
)
CELLS = (
    IONIC_CURRENT,
    ELECTRONIC_CURRENT,
    LITHIUM_FLUX,
    CELL_PRINCIPAL,
    CELL_VON_MISES,
    CELL_STRESS,
    STRAIN,
    AXIS,
)

INTERFACE_CURRENT = Field(
    "Interface current density",
    "mA.cm-2",
    "Current density from active material into the electrolyte.",
    "(11)",
    "interfaces",
    needs=ACTIVE,
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
    "Lithium thickness",
    "um",
    "Thickness of a layer of lithium on a boundary.",
    "",
    "interfaces",
    needs=LAYER,
)
VOIDS = Field(
    "Voids",
    "um",
    "Volume of voids in a layer of lithium, per unit area.",
    "(63)",
    "interfaces",
    needs=LAYER,
)
NORMAL = Field(
    "Normal traction",
    "MPa",
    "Traction along the normal; tension is positive.",
    "(21)",
    "interfaces",
    needs=MECHANICS,
)
SHEAR = Field(
    "Shear traction",
    "MPa",
    "Magnitude of the traction along the interface.",
    "(21)",
    "interfaces",
    needs=MECHANICS,
)
DEBONDED = Field(
    "Damage",
    "",
    "Damage of the interfaces that may debond: 0 intact, 1 debonded.",
    "(36)",
    "interfaces",
    needs=DEBONDING,
)
CONTACT = Field(
    "Contact factor",
    "",
    "Fraction of the interface that carries current.",
    "(38)",
    "interfaces",
    needs=DEBONDING,
)
OPENING = Field(
    "Opening", "um", "Gap of the interfaces that may debond.", "", "interfaces", needs=DEBONDING
)
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
