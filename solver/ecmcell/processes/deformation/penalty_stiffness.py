"""Penalty stiffness where a case does not say, and whether the mesh can follow debonding.

A contact without a stiffness of its own gives a tenth of what the cells at its sides give, so that
it adds less than these err; and it stores at most a tenth of the energy that debonds it.
"""

from collections.abc import Iterator
from math import floor, log10, sqrt

from mpi4py import MPI

from ecmcell.case.interfaces import CohesiveInterface, LithiumElectrode
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.plan import touching_phases
from ecmcell.microstructure.mesh.cell_sizes import Meeting, meetings
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.parallel import on_root

# Compliance of a contact over that of the cells at its sides.
_GIVES = 0.1
# Energy stored when it begins to break over the energy that debonds it.
_STORES = 0.1
# Cells along the zone in which an interface parts.
_CELLS = 3.0
_REASON = (
    "numerical: gives a tenth of what the cells at its sides give, stores at most a tenth of the "
    "energy that debonds it"
)
_DIGITS = 3


def with_stiffness(case: Case, mesh: MeshData | None, comm: MPI.Comm = MPI.COMM_SELF) -> Case:
    """The case with a stiffness for each contact that needs one and has none; collective.

    Args:
        case: The case.
        mesh: Its mesh on rank 0, None elsewhere.
        comm: All ranks.
    """
    lacking = [
        name for name, interface_law in _contacts(case) if interface_law.penalty_stiffness is None
    ]
    if not lacking:
        return case
    found = on_root(comm, lambda: _found(case, needed(mesh), lacking))
    return _replaced(case, found)


def unresolved(case: Case, mesh: MeshData) -> Iterator[tuple[str, str]]:
    """Interfaces whose zone of debonding is shorter than three cells, and what would do.

    The zone is E' G_c/sigma_c^2 long (Hillerborg, Modeer and Petersson 1976,
    doi:10.1016/0008-8846(76)90007-7), 1/E' the mean of both sides. A mesh that does not resolve it
    lets the interface part at loads and in steps of its own. To be called on one rank.
    """
    if not case.debonds:
        return
    met = _meetings(case, mesh)
    for name, interface_law in _contacts(case):
        if interface_law.cohesion is None or name not in met:
            continue
        meeting = met[name]
        compliance = sum(1.0 / _across(case, phase) for phase in meeting.heights) / 2.0
        for strength, energy in _modes(interface_law):
            zone = energy / (compliance * strength**2)
            if zone < _CELLS * meeting.edge:
                weak = sqrt(energy / (compliance * _CELLS * meeting.edge))
                yield (
                    name,
                    f"it debonds within {zone:.2g} um, cells along it are {meeting.edge:.2g} um, "
                    f"less than {_CELLS:g} a zone: give cells of {_below(zone / _CELLS):g} um, or "
                    f"a strength of {_below(weak):g} MPa, which keeps the energy",
                )
                break


def scattered(case: Case, mesh: MeshData) -> Iterator[tuple[str, str]]:
    """Interfaces in space that part and whose tractions scatter where they are curved.

    With linear displacements; a phase that has quadratic ones of itself evens out one side only.
    Electrodes that part are flat. To be called on one rank.
    """
    if not case.debonds or mesh.dim == 2:
        return
    linear = case.phases.keys() - set(case.quadratic_phases)
    met = touching_phases(mesh)
    for name, (pair, interface_law) in zip(case.interfaces, case.interface_laws(), strict=True):
        parts = isinstance(interface_law, CohesiveInterface) and interface_law.debonds
        if parts and tuple(sorted(pair)) in met and linear & {*pair}:
            yield (
                name,
                "where it is curved, tractions scatter with linear displacements: the first "
                "damage comes at 0.7 to 0.9 of the strength, though what is carried reaches it; "
                'solver.displacements = "quadratic" begins at 0.9, for more time and memory',
            )


def _contacts(case: Case) -> Iterator[tuple[str, CohesiveInterface]]:
    """What holds bodies together by springs, with its name in the case."""
    if not case.physics.mechanics:
        return
    for name, interface_law in case.interfaces.items():
        if isinstance(interface_law, CohesiveInterface):
            yield name, interface_law
    for tag, electrode in case.boundaries:
        if isinstance(electrode, LithiumElectrode) and electrode.cohesion is not None:
            yield tag, electrode


def _meetings(case: Case, mesh: MeshData) -> dict[str, Meeting]:
    """The cells along each contact of the case that the mesh has, by its name."""
    met = meetings(mesh)
    found = {
        name: met.phases[frozenset(pair)]
        for name, (pair, _) in zip(case.interfaces, case.interface_laws(), strict=True)
        if frozenset(pair) in met.phases
    }
    return met.tags | found


def _found(case: Case, mesh: MeshData, lacking: list[str]) -> dict[str, float]:
    met, laws = _meetings(case, mesh), dict(_contacts(case))
    return {
        name: float(f"{_stiffness(case, laws[name], met[name]):.{_DIGITS}g}")
        for name in lacking
        if name in met
    }


def _stiffness(case: Case, interface_law: CohesiveInterface, meeting: Meeting) -> float:
    gives = [height / _across(case, phase) for phase, height in meeting.heights.items()]
    # The phases at an electrode lie side by side: the stiffest decides.
    together = min(gives) if isinstance(interface_law, LithiumElectrode) else sum(gives)
    modes = _modes(interface_law) if interface_law.cohesion is not None else ()
    least = max((strength**2 / (2.0 * energy) for strength, energy in modes), default=0.0)
    return max(1.0 / (_GIVES * together), least / _STORES)


def _across(case: Case, phase: str) -> float:
    """Young's modulus of a phase that cannot strain sideways, MPa."""
    young, poisson = case.phases[phase].material.moduli
    return young / (1.0 - poisson**2)


def _modes(interface_law: CohesiveInterface) -> tuple[tuple[float, float], tuple[float, float]]:
    """Strength and energy of opening and of sliding."""
    law, strength = needed(interface_law.cohesion), needed(interface_law.strength)
    sliding = (
        law.shear_strength or strength,
        law.mode_ii_fracture_energy or law.mode_i_fracture_energy,
    )
    return (strength, law.mode_i_fracture_energy), sliding


def _below(value: float) -> float:
    """The largest number of two digits that is no larger."""
    unit = 10.0 ** (floor(log10(value)) - 1)
    return float(f"{floor(value / unit) * unit:.2g}")


def _replaced(case: Case, found: dict[str, float]) -> Case:
    interfaces = {
        name: interface_law.assuming("penalty_stiffness", found[name], _REASON)
        if name in found and isinstance(interface_law, CohesiveInterface)
        else interface_law
        for name, interface_law in case.interfaces.items()
    }
    electrodes = {
        tag: electrode.assuming("penalty_stiffness", found[tag], _REASON)
        for tag, electrode in case.boundaries
        if tag in found and isinstance(electrode, LithiumElectrode)
    }
    boundaries = case.boundaries.model_copy(update=electrodes)
    return case.model_copy(update={"interfaces": interfaces, "boundaries": boundaries})
