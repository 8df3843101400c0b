"""Cohesion: interfaces that may debond."""

from collections.abc import Iterator

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault
from ecmcell.case.interfaces import Cohesion, CohesiveInterface, LithiumElectrode
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case


@of_case
def strengths(case: Case) -> None:
    """Whether electrodes have stiffness and strength only where they may debond."""
    for tag, electrode in case.boundaries:
        if not isinstance(electrode, LithiumElectrode) or electrode.cohesion is not None:
            continue
        for given in ("penalty_stiffness", "strength"):
            if getattr(electrode, given) is not None:
                remedy = "Leave it out, or add a table cohesion."
                raise Fault("given without cohesion", remedy, ["boundaries", tag, given])


@of_case
def cohesion(case: Case) -> None:
    """Whether debonding takes more energy than an interface stores; nothing is `lacking`."""
    if not case.physics.mechanics:
        return
    named = [
        (["interfaces", pair], interface_law) for pair, interface_law in case.interfaces.items()
    ]
    for at, interface_law in [*named, *((["boundaries", tag], it) for tag, it in case.boundaries)]:
        if isinstance(interface_law, CohesiveInterface) and interface_law.cohesion is not None:
            _cohesion(interface_law, interface_law.cohesion, [*at, "cohesion"])


def lacking(case: Case) -> Iterator[Fault]:
    """Strengths of cohesive interfaces that are missing."""
    for pair, interface_law in case.interfaces.items():
        if isinstance(interface_law, CohesiveInterface):
            yield from _lacking(interface_law, "Mechanics", ["interfaces", pair])
    for tag, electrode in case.boundaries:
        if isinstance(electrode, LithiumElectrode) and electrode.cohesion is not None:
            yield from _lacking(electrode, "An electrode that debonds", ["boundaries", tag])


def _lacking(interface_law: CohesiveInterface, who: str, at: list[str]) -> Iterator[Fault]:
    if interface_law.debonds and interface_law.strength is None:
        remedy = f'{who} needs it, e.g. strength = "5 MPa".'
        yield Fault("missing", remedy, [*at, "strength"])


def _cohesion(interface_law: CohesiveInterface, law: Cohesion, at: list[str]) -> None:
    """An interface must take more energy to part than it stores when it begins to break."""
    stiffness = interface_law.penalty_stiffness
    if stiffness is None:
        return
    shear = law.shear_strength or needed(interface_law.strength)
    for strength, energy, name in (
        (needed(interface_law.strength), law.mode_i_fracture_energy, "mode_i_fracture_energy"),
        (
            shear,
            law.mode_ii_fracture_energy or law.mode_i_fracture_energy,
            "mode_ii_fracture_energy",
        ),
    ):
        stored = strength**2 / (2.0 * stiffness)
        if energy <= stored:
            given = f"{energy:g} J/m^2, but {stored:g} J/m^2 are stored when it begins to break"
            raise Fault(given, "Raise it, or the stiffness, or lower the strength.", [*at, name])
