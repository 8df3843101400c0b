"""Materials: as files give them, by kind, and the library of them."""

from ecmcell.case.materials.kinds import (
    ActiveMaterial,
    CoatingMaterial,
    Electrolyte,
    InorganicElectrolyte,
    IonConductor,
    M,
    Metal,
    PolymerElectrolyte,
    known_as,
)
from ecmcell.case.materials.library import (
    LIBRARY,
    ByName,
    check_known,
    material,
    material_table,
    names,
    needs_a,
    overridden,
    with_article,
)
from ecmcell.case.materials.material import PROPERTIES, Material, needed, quantity_of

__all__ = [
    "LIBRARY",
    "PROPERTIES",
    "ActiveMaterial",
    "ByName",
    "CoatingMaterial",
    "Electrolyte",
    "InorganicElectrolyte",
    "IonConductor",
    "M",
    "Material",
    "Metal",
    "PolymerElectrolyte",
    "check_known",
    "known_as",
    "material",
    "material_table",
    "names",
    "needed",
    "needs_a",
    "overridden",
    "quantity_of",
    "with_article",
]
