"""What no current reaches: how much of each phase, and of the active material by mass.

Active material takes part where electrons from the collector reach it, an electrolyte where ions
from the anode do.
"""

from collections.abc import Mapping

import numpy as np

from ecmcell.case.materials import ActiveMaterial
from ecmcell.case.schema import Case
from ecmcell.columns.units import AREAL_CHARGE, AREAL_MASS
from ecmcell.domain.plan import grain_volumes, reached_grains
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.processes.build_domain import networks_of
from ecmcell.simulation.cell import Cell

ALL, CUT_OFF = "all", "cut off"
"""Names of the masses."""


def inactive_fractions(cell: Cell) -> dict[str, float]:
    """Fraction of each phase's volume that is cut off."""
    cut_off = dict.fromkeys(cell.volumes, 0.0)
    for subdomain in cell.domain.subdomains:
        if _carrier(cell.case, subdomain.phase) not in subdomain.reach:
            cut_off[subdomain.phase] += cell.domain.subdomain_volume(subdomain)
    return {phase: cut_off[phase] / volume for phase, volume in cell.volumes.items()}


def active_mass(cell: Cell) -> dict[str, float]:
    """Active material in mg/cm2 of footprint: all of it, and what is cut off."""
    return _mass(cell.case, cell.volumes, inactive_fractions(cell), cell.area)


def stock(case: Case, mesh: MeshData) -> dict[str, str]:
    """What a mesh holds of active material, in words: mass and capacity, and what is cut off.

    To be called on one rank; empty without active material.
    """
    if not case.active_phases:
        return {}
    phase, size = np.array(mesh.grain_phase), grain_volumes(mesh)
    reached = reached_grains(mesh, networks_of(case)[1])
    volumes = {n: float(size[phase == n].sum()) for n in case.active_phases}
    fractions = {
        n: float(size[(phase == n) & ~reached[_carrier(case, n)]].sum()) / volume
        for n, volume in volumes.items()
    }
    mass = _mass(case, volumes, fractions, mesh.footprint)
    capacity = AREAL_CHARGE * case.capacity(volumes) / mesh.footprint
    told = {
        "Active material": f"{mass[ALL]:.4g} mg/cm2",
        "Nominal capacity, of all of it": f"{capacity:.4g} mA h/cm2",
    }
    for name, fraction in fractions.items():
        told[f"{name} that no electrons reach"] = f"{100 * fraction:.3g} %"
    told["Cut off, takes no part"] = f"{mass[CUT_OFF]:.4g} mg/cm2"
    return told


def _mass(
    case: Case, volumes: Mapping[str, float], fractions: Mapping[str, float], footprint: float
) -> dict[str, float]:
    masses = {
        n: AREAL_MASS * case.phases[n].made_of(ActiveMaterial).density * volumes[n] / footprint
        for n in case.active_phases
    }
    cut_off = sum(mass * fractions[name] for name, mass in masses.items())
    return {ALL: sum(masses.values()), CUT_OFF: cut_off}


def _carrier(case: Case, phase: str) -> str:
    """What has to reach a phase."""
    return "electrons" if phase in case.active_phases else "ions"
