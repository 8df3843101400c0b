"""Lithium metal: its electrodes, its layers and the cracks that it fills."""

from ecmcell.columns.column import Column

TOUCHING = Column(
    "{electrode} contact", "", "Area of the electrode in contact, over the footprint.", "(55)"
)
HOTSPOT = Column(
    "{electrode} hotspot factor",
    "",
    "Maximum over mean current density of the electrode.",
    "(55)",
    "max",
)
MAXIMUM = Column(
    "{electrode} maximum current density",
    "mA.cm-2",
    "Maximum current density of the nodes.",
    "(55)",
)
PERCENTILE = Column(
    "{electrode} 99th percentile of current density",
    "mA.cm-2",
    "Current density that 99 % of the area of the electrode does not exceed.",
    "(55)",
)
OF_CONTACT = Column(
    "{electrode} current density of real contact",
    "mA.cm-2",
    "Current over the area in contact.",
    "(55)",
)
PLACE = Column("{electrode} hotspot {axis}", "um", "Coordinate of the maximum current density.")
CONSTRICTION = Column(
    "{electrode} constriction resistance",
    "ohm.cm2",
    "Resistance of the footprint by an uneven current, beyond that of an equipotential.",
    "(56)",
    "max",
)
THICKNESS = Column(
    "{electrode} lithium thickness",
    "um",
    "Mean thickness of the layer; its change since the start where no inventory is given.",
)
MIN_THICKNESS = Column(
    "{electrode} minimum lithium thickness", "um", "Minimum thickness of the layer at the nodes."
)
MAX_THICKNESS = Column(
    "{electrode} maximum lithium thickness", "um", "Maximum thickness of the layer at the nodes."
)
DEVIATION = Column(
    "{electrode} standard deviation of lithium thickness",
    "um",
    "Standard deviation of the thickness, weighted by area.",
)
COVERAGE = Column(
    "{electrode} lithium coverage",
    "",
    "Area fraction of the collector that lithium covers.",
    "(67)",
)
CHARGE = Column(
    "{electrode} lithium inventory",
    "mA.h.cm-2",
    "Charge that the layer can give, per unit of footprint area.",
)
VOIDS = Column("{electrode} voids", "um", "Mean volume of voids per unit area.", "(63)")
MAX_VOIDS = Column(
    "{electrode} maximum voids", "um", "Maximum volume of voids per unit area at the nodes.", "(63)"
)
BESIDE_VOIDS = Column(
    "{electrode} contact beside voids", "", "Fraction of the contact that voids leave.", "(63)"
)
LAYER_ERROR = Column(
    "{electrode} lithium balance error",
    "",
    "Lithium missing in the layer, over the charge that has passed.",
)
FILLED_CRACK_PRESSURE = Column(
    "{crack} pressure",
    "MPa",
    "Pressure of the lithium in a crack; nan where there is none.",
    "(46)",
)
FILLED_CRACK_DEPTH = Column(
    "{crack} depth", "um", "Depth of the lithium in a crack from the anode."
)
FILLED_CRACK_VOLUME = Column(
    "{crack} lithium", "{unit}", "Volume of the lithium in a crack; in a section its area.", "(46)"
)
FILLED_CRACK_PLATING = Column(
    "{crack} plating current density",
    "mA.cm-2",
    "Current into a crack, per unit of footprint area.",
    "(45)",
)
INTO_CRACKS = Column(
    "Current density into cracks",
    "mA.cm-2",
    "Current into all cracks, per unit of footprint area.",
    "(45)",
)
FILLED_CRACK_ERROR = Column(
    "Filled crack volume error",
    "",
    "Maximum difference of the opening of a full crack from the volume of its lithium, relative.",
    "(46)",
)

UNEVEN = (TOUCHING, HOTSPOT, MAXIMUM, PERCENTILE, OF_CONTACT, PLACE, CONSTRICTION)
LAYERS = (
    THICKNESS,
    MIN_THICKNESS,
    MAX_THICKNESS,
    DEVIATION,
    COVERAGE,
    CHARGE,
    VOIDS,
    MAX_VOIDS,
    BESIDE_VOIDS,
    LAYER_ERROR,
)
FILLED_CRACKS = (
    FILLED_CRACK_PRESSURE,
    FILLED_CRACK_DEPTH,
    FILLED_CRACK_VOLUME,
    FILLED_CRACK_PLATING,
    INTO_CRACKS,
    FILLED_CRACK_ERROR,
)
SERIES = (*UNEVEN, *LAYERS, *FILLED_CRACKS)
