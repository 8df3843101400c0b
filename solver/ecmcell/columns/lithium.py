"""Lithium metal: its electrodes, layers and cracks full of it."""

from ecmcell.columns.column import Column

TOUCHING = Column(
    "{electrode} contact", "", "Area of the electrode that touches, over the footprint.", "(55)"
)
HOTSPOT = Column(
    "{electrode} hotspot factor",
    "",
    "Largest over mean current density of the electrode.",
    "(55)",
    "largest",
)
HIGHEST = Column("{electrode} highest current density", "mA.cm-2", "Largest of any node.", "(55)")
PERCENTILE = Column(
    "{electrode} 99th percentile of current density",
    "mA.cm-2",
    "What 99 % of the area of the electrode stay below.",
    "(55)",
)
OF_CONTACT = Column(
    "{electrode} current density of real contact",
    "mA.cm-2",
    "Current over the area that touches.",
    "(55)",
)
PLACE = Column("{electrode} hotspot {axis}", "um", "Where the current density is highest.")
CONSTRICTION = Column(
    "{electrode} constriction resistance",
    "ohm.cm2",
    "What uneven current costs beyond that of an equipotential, of the footprint.",
    "(56)",
    "largest",
)
THICKNESS = Column(
    "{electrode} lithium thickness",
    "um",
    "Mean thickness of the layer; what it has gained where no inventory is given.",
)
THINNEST = Column(
    "{electrode} minimum lithium thickness", "um", "Least thickness of the layer at any node."
)
THICKEST = Column(
    "{electrode} maximum lithium thickness", "um", "Largest thickness of the layer at any node."
)
DEVIATION = Column(
    "{electrode} deviation of lithium thickness",
    "um",
    "Standard deviation of the thickness, by area.",
)
COVERAGE = Column(
    "{electrode} lithium coverage", "", "Share of the collector that lithium covers.", "(67)"
)
CHARGE = Column(
    "{electrode} lithium", "mA.h.cm-2", "Charge that the lithium of the layer can give."
)
VOIDS = Column("{electrode} voids", "um", "Volume of voids an area, in the mean.", "(63)")
LARGEST_VOIDS = Column(
    "{electrode} maximum voids", "um", "Largest volume of voids an area at any node.", "(63)"
)
BESIDE_VOIDS = Column(
    "{electrode} contact beside voids", "", "Share of the contact that voids leave.", "(63)"
)
LAYER_ERROR = Column(
    "{electrode} lithium balance error",
    "",
    "Lithium missing in the layer, over the charge that has passed.",
)
FILAMENT_PRESSURE = Column(
    "{filament} pressure",
    "MPa",
    "Pressure of the lithium in a crack; nan where there is none.",
    "(46)",
)
FILAMENT_DEPTH = Column(
    "{filament} depth", "um", "How far lithium in a crack reaches from the anode."
)
FILAMENT_VOLUME = Column(
    "{filament} lithium", "{unit}", "Lithium in the crack: an area in a section.", "(46)"
)
FILAMENT_PLATING = Column(
    "{filament} plating", "mA.cm-2", "Current into the crack, of the footprint.", "(45)"
)
INTO_CRACKS = Column(
    "Current into cracks", "mA.cm-2", "Current into all cracks, of the footprint.", "(45)"
)
FILAMENT_ERROR = Column(
    "Filament volume error",
    "",
    "How far the opening of a full crack is from its lithium, over this; the largest.",
    "(46)",
)

UNEVEN = (TOUCHING, HOTSPOT, HIGHEST, PERCENTILE, OF_CONTACT, PLACE, CONSTRICTION)
LAYERS = (
    THICKNESS,
    THINNEST,
    THICKEST,
    DEVIATION,
    COVERAGE,
    CHARGE,
    VOIDS,
    LARGEST_VOIDS,
    BESIDE_VOIDS,
    LAYER_ERROR,
)
FILAMENTS = (
    FILAMENT_PRESSURE,
    FILAMENT_DEPTH,
    FILAMENT_VOLUME,
    FILAMENT_PLATING,
    INTO_CRACKS,
    FILAMENT_ERROR,
)
SERIES = (*UNEVEN, *LAYERS, *FILAMENTS)
