"""Bodies that yield or creep."""

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault
from ecmcell.case.materials import Material, check_known
from ecmcell.case.schema import Case
from ecmcell.case.tables import Phase

CREEP = ("creep_rate", "creep_stress", "creep_exponent")
"""What has to be known of a metal that creeps."""

_NEEDED = {"creep": CREEP, "yield": ("yield_strength",)}


@of_case
def flow(case: Case) -> None:
    """Whether the plastic flow of every phase has its data."""
    for name, phase in case.phases.items():
        _flow(case, phase, ["phases", name])


def check_exponent(material: Material, at: list[str | int]) -> None:
    """Whether the exponent of the creep law of a material is at least 1.

    Raises:
        Fault: If not.
    """
    if float(material.creep_exponent or 1.0) < 1.0:
        given = f"{material.creep_exponent:g} is not valid"
        raise Fault(given, "An exponent of creep is at least 1.", [*at, "creep_exponent"])


def _flow(case: Case, phase: Phase, key: list[str | int]) -> None:
    """Whether the plastic flow of a phase has its data."""
    material, how = phase.material, phase.plasticity
    at = [*key, "plasticity"]
    if material.kind == "metal" and (case.physics.stress_in_kinetics or case.plates):
        check_known(material, ("molar_volume",), key)
    if how is None:
        if material.kind == "metal" and case.physics.mechanics and case.physics.plasticity:
            raise Fault("missing", 'Give plasticity = "creep", "yield" or "none".', at)
        return
    if material.kind not in ("metal", "electrolyte"):
        raise Fault(f"not for an {material.kind}", "Leave it out.", at)
    if how != "none" and phase.cracking is not None:
        raise Fault("given beside cracking", "Give one of the two.", at)
    check_known(material, _NEEDED.get(how, ()), key)
    if how == "creep":
        check_exponent(material, key)
