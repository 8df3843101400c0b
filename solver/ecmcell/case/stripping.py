"""When stripping loses contact with lithium that creeps, in closed form: theory.md (66)."""

import math

from ecmcell.case.arrhenius import creep_rate
from ecmcell.case.criteria import coverage
from ecmcell.case.joints import LithiumElectrode
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY


def closure_rate(anode: LithiumElectrode, temperature: float, pressure: float) -> float:
    """Share of its volume by which a void shrinks in a s under a pressure in MPa, 1/s.

    A ball in endless metal that creeps (Wilkinson and Ashby 1975,
    doi:10.1016/0001-6160(75)90136-4).
    """
    metal = anode.metal
    exponent, stress = float(needed(metal.creep_exponent)), float(needed(metal.creep_stress))
    rate = creep_rate(metal, temperature)
    return float(1.5 * rate * (1.5 * pressure / (exponent * stress)) ** exponent)


def critical_stripping(case: Case) -> float | None:
    """Current density of the footprint above which contact is lost, pA/um2.

    The stack pressure is taken for that on the lithium, and the current for the same all over what
    touches. Where all stripping is for given times, contact has to be lost in the longest of them.
    None where voids do not grow.
    """
    anode = case.lithium_anode
    if anode is None or anode.void_growth is None:
        return None
    voids = anode.void_growth
    lost = (1.0 - voids.least_contact) * voids.contact_gap
    rate = closure_rate(anode, case.cell.temperature, needed(case.cell.stack_pressure))
    times = [s.duration for s in case.protocol if s.kind == "discharge"]
    known = [time for time in times if time is not None]
    grown = max(known) if known and len(known) == len(times) else math.inf
    # The gap that a current of one leaves: (1 - exp(-r t))/r, which is t without closure.
    held = -math.expm1(-rate * grown) / rate if rate * grown > 0.0 else grown
    molar = needed(anode.metal.molar_volume) / FARADAY
    return coverage(anode) * lost / (held * voids.share * molar)
