"""The fields that a report maps: where they come from and how they are coloured."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ecmcell.columns import fields
from ecmcell.microstructure.mesh.simplices import sizes
from ecmcell.output import OutputMesh, StoredFields

STOICHIOMETRY, STRESS = fields.STOICHIOMETRY.header, fields.HYDROSTATIC.header
CRACK, IN_CRACK = fields.DAMAGE.header, fields.IN_CRACK.header
_LEAST_DAMAGE = 0.005  # that is told
_SHOWN = 10.0  # mV below lithium that are always told apart
IONIC_CURRENT = fields.IONIC_CURRENT.header
ELECTROLYTE, ELECTRODE, ADDITIVE = (
    field.header for field in (fields.ELECTROLYTE, fields.ELECTRODE, fields.ADDITIVE)
)
SALT, LITHIUM, LEAKED = (field.header for field in (fields.SALT, fields.LITHIUM, fields.LEAKED))
Take = Callable[[OutputMesh, StoredFields], np.ndarray | None]
_EMPTY = "no value at this time"


def _missing(values: np.ndarray, fields: StoredFields) -> str:
    return "" if np.isfinite(values).any() else _EMPTY


@dataclass(frozen=True)
class Quantity:
    """A field to map.

    Attributes:
        name: File name of the plate.
        title: Title of the plate.
        label: Label of the colour bar.
        caption: What to know of it.
        take: Gives the values on points or cells, NaN where there are none, None if not stored.
        colours: Name of the colour map.
        is_centred: Whether zero always lies in the middle of the colours.
        signed_colours: Colour map with zero in the middle where both signs occur, if any.
        flow: Name of the cell vector whose lines are drawn above, if any.
        limits: Ends of the scale, where it is to show all of them.
        words: What a panel says, of the values and fields that it shows; may be nothing.
        is_stress: Whether it depends on what holds a section across its plane.
        blank: What is left blank in some fields, as a sentence; nothing if nothing is.
    """

    name: str
    title: str
    label: str
    caption: str
    take: Take
    colours: str = "viridis"
    is_centred: bool = False
    signed_colours: str = ""
    flow: str = ""
    limits: tuple[float, float] | None = None
    words: Callable[[np.ndarray, StoredFields], str] = _missing
    is_stress: bool = False
    blank: Callable[[StoredFields], str] = lambda fields: ""


def _stoichiometry(mesh: OutputMesh, fields: StoredFields) -> np.ndarray | None:
    return fields.point.get(STOICHIOMETRY)


def _unevenness(mesh: OutputMesh, fields: StoredFields) -> np.ndarray | None:
    values = fields.point.get(STOICHIOMETRY)
    if values is None:
        return None
    means = values[mesh.cells].mean(axis=1)
    filled = np.isfinite(means)
    if not filled.any():
        return None
    return values - np.average(means[filled], weights=sizes(mesh.points, mesh.cells)[filled])


def _stress(mesh: OutputMesh, fields: StoredFields) -> np.ndarray | None:
    stress = fields.point.get(STRESS)
    if stress is None or IN_CRACK not in fields.point:
        return stress
    return np.where(fields.point[IN_CRACK] == 1.0, np.nan, stress)


def _blank_cracks(fields: StoredFields) -> str:
    cracked = (fields.point.get(IN_CRACK, np.empty(0)) == 1.0).any()
    return "Cracks in the bulk are left blank." if cracked else ""


def _cracks(mesh: OutputMesh, fields: StoredFields) -> np.ndarray | None:
    return fields.point.get(CRACK)


def _no_cracks(values: np.ndarray, fields: StoredFields) -> str:
    """That there are none, and how much damage there is all the same."""
    if IN_CRACK not in fields.point or (fields.point[IN_CRACK] == 1.0).any():
        return _missing(values, fields)
    most = np.nanmax(values, initial=0.0)
    return f"no crack, damage up to {most:.2f}" if most >= _LEAST_DAMAGE else "no crack"


def _ionic_current(mesh: OutputMesh, fields: StoredFields) -> np.ndarray | None:
    vectors = fields.cell.get(IONIC_CURRENT)
    if vectors is None:
        return None
    length = np.linalg.norm(vectors, axis=1)
    return np.where(length > 0, length, np.nan)


def _electrolyte(mesh: OutputMesh, fields: StoredFields) -> np.ndarray | None:
    values = fields.point.get(ELECTROLYTE)
    return None if values is None else 1e3 * values


def _salt(mesh: OutputMesh, fields: StoredFields) -> np.ndarray | None:
    return fields.point.get(SALT)


def _leaked(mesh: OutputMesh, fields: StoredFields) -> np.ndarray | None:
    values = fields.point.get(LEAKED)
    return None if values is None else 1e3 * values


def _lithium(mesh: OutputMesh, fields: StoredFields) -> np.ndarray | None:
    """Chemical potential of lithium; no further below the metal than matters."""
    values = fields.point.get(LITHIUM)
    if values is None or not np.isfinite(values).any():
        return None
    return np.maximum(1e3 * values, -max(1e3 * np.nanmax(values), _SHOWN))


def _electronic(mesh: OutputMesh, fields: StoredFields) -> np.ndarray | None:
    """Electronic potential of whatever conducts, less its mean at the far end (the collector)."""
    parts = [fields.point[name] for name in (ELECTRODE, ADDITIVE) if name in fields.point]
    if not parts:
        return None
    values = np.where(np.isfinite(parts[0]), parts[0], parts[-1])
    x = mesh.points[:, 0]
    end = np.isfinite(values) & (x >= x.max() - 1e-6 * np.ptp(x))
    return 1e3 * (values - values[end].mean()) if end.any() else None


QUANTITIES = (
    Quantity(
        "map_stoichiometry",
        "Lithium in the particles",
        "Lithium stoichiometry",
        "Lithium stoichiometry, the filled fraction of the sites of the active material.",
        _stoichiometry,
    ),
    Quantity(
        "map_unevenness",
        "Unevenness of the lithium",
        "Stoichiometry − mean",
        "Lithium stoichiometry less its mean over all active material at that time.",
        _unevenness,
        colours="PuOr_r",
        is_centred=True,
    ),
    Quantity(
        "map_stress",
        "Hydrostatic stress",
        "Hydrostatic stress (MPa)",
        "Hydrostatic stress; tension is positive.",
        _stress,
        colours="RdBu_r",
        is_centred=True,
        is_stress=True,
        blank=_blank_cracks,
    ),
    Quantity(
        "map_cracks",
        "Damage in the bulk",
        "Damage of the phase field",
        "Damage: 0 where the solid is whole, 1 in a crack. What is damaged evenly, over more than "
        "the width of cracks, is none. Phases that may not crack are blank.",
        _cracks,
        colours="magma_r",
        limits=(0.0, 1.0),
        words=_no_cracks,
    ),
    Quantity(
        "map_ionic_current",
        "Ionic current",
        "Ionic current density (mA cm$^{-2}$)",
        "Magnitude of the ionic current density.",
        _ionic_current,
        flow=IONIC_CURRENT,
    ),
    Quantity(
        "map_salt",
        "Salt in the electrolyte",
        "Salt (mol m$^{-3}$)",
        "Concentration of the salt in polymer electrolytes; as much of it as at the start is left.",
        _salt,
        colours="viridis",
    ),
    Quantity(
        "map_electrolyte_potential",
        "Potential of the electrolyte",
        "Electrolyte potential (mV)",
        "Electrolyte potential against the lithium metal.",
        _electrolyte,
        colours="cividis",
        signed_colours="PuOr_r",
    ),
    Quantity(
        "map_electronic_potential",
        "Potential drop of the electrons",
        "Potential − collector (mV)",
        "Potential of the electrons in particles and conductive additive, less that at the "
        "collector.",
        _electronic,
        colours="cividis",
        signed_colours="PuOr_r",
    ),
    Quantity(
        "map_leaked_potential",
        "Potential of electrons that leak",
        "Potential (mV)",
        "Potential of the electrons in electrolytes that leak them, against the lithium metal.",
        _leaked,
        colours="cividis",
        signed_colours="PuOr_r",
    ),
    Quantity(
        "map_lithium_potential",
        "Chemical potential of lithium",
        "Potential over metal (mV)",
        "Chemical potential of lithium in electrolytes that leak, over that of the metal. Where it "
        "is above zero lithium may form in pores; 1 mV bears 7.4 MPa. Far below, where no lithium "
        "forms, it is cut off.",
        _lithium,
        colours="RdBu_r",
        is_centred=True,
    ),
)
