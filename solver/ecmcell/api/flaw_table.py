"""What lithium can do to the flaws at the anode of a case, told before it is run."""

import math
from collections.abc import Iterator

from ecmcell.case.contact import coverage
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.columns.units import CURRENT_DENSITY, TOUGHNESS
from ecmcell.physics.closed_form.flaws import Electrolyte, FlawCriterion, harmless_depth
from ecmcell.physics.closed_form.fracture import failure_probability
from ecmcell.physics.closed_form.plating import Plating
from ecmcell.physics.closed_form.stability import MONROE_NEWMAN
from ecmcell.processes import closed_form

Row = tuple[str, str, str]


def flaw_rows(case: Case) -> Iterator[Row]:
    """Where, what and value of each criterion; none where no toughness is known."""
    how = closed_form.plating(case)
    if how is None:
        return
    anode = needed(case.lithium_anode)
    current, touching = case.max_current("charge"), coverage(anode.contact)
    # Only meshes of recipes are known to begin at zero.
    flaws = closed_form.flaw_criteria(case) if case.mesh.recipe is not None else []
    for flaw in flaws:
        yield from _flaw(flaw, touching, current)
    for electrolyte in closed_form.electrolytes(case):
        where = electrolyte.phase
        if current is not None:
            yield (
                where,
                "flaw at the anode that grows",
                _harmful(electrolyte, how, current / touching),
            )
        material = case.phases[electrolyte.phase].material
        ratio = closed_form.shear_ratio(material, anode.metal)
        if ratio is not None:
            side = "above" if ratio > MONROE_NEWMAN else "below"
            told = f"{ratio:.2g}, {side} {MONROE_NEWMAN:g} (decides nothing)"
            yield where, "shear modulus over that of lithium", told


def _flaw(flaw: FlawCriterion, touching: float, current: float | None) -> Iterator[Row]:
    where = f"{flaw.electrolyte.phase}, flaw of {flaw.depth:g} um"
    yield where, "fracture toughness", f"{TOUGHNESS * flaw.electrolyte.toughness:.3g} MPa m^0.5"
    yield where, "grows at a lithium pressure of", f"{flaw.pressure:.3g} MPa"
    yield where, "reached at an overpotential of", f"{1e3 * flaw.overpotential:.3g} mV"
    critical = CURRENT_DENSITY * flaw.current
    yield where, "reached at a current density of", _densities(critical, touching)
    yield where, "plating over ohmic resistance", f"{flaw.wagner:.3g} (Wagner number)"
    if current is None:
        return
    ratio = flaw.ratio_at(current / touching)
    yield where, "K_I/K_Ic at the maximum current density", f"{ratio:.3g}"
    modulus = flaw.electrolyte.weibull_modulus
    if modulus is not None:
        chance = failure_probability(ratio, modulus)
        yield where, "chance that it grows then", f"{chance:.3g} (Weibull)"


def _densities(real: float, touching: float) -> str:
    if math.isclose(touching, 1.0):
        return f"{real:.3g} mA/cm2"
    return f"{real:.3g} mA/cm2 of real contact, {real * touching:.3g} per unit of footprint area"


def _harmful(electrolyte: Electrolyte, how: Plating, current: float) -> str:
    depth = harmless_depth(electrolyte, how, current)
    return f"deeper than {depth:.3g} um at {CURRENT_DENSITY * current:.3g} mA/cm2 of real contact"
