"""A disc of lithium on a wide electrolyte: where its current goes, with slow and fast kinetics."""

from math import factorial

import numpy as np
import numpy.typing as npt
import pytest
from mpi4py import MPI
from numpy.polynomial import Legendre

from cells import LITHIUM, THERMAL_VOLTAGE, drive, electrolyte, make_case, make_cell
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure.recipes import RECIPES
from record import Verify

pytestmark = pytest.mark.mpi
RADIUS, CONDUCTIVITY = 2.0, 0.1  # um, S/m
RINGS = np.array([0.0, 0.3, 0.5, 0.65, 0.8, 0.9, 0.95])  # ends over the radius
Array = npt.NDArray[np.float64]


def newman(wagner: float, radii: Array) -> Array:
    """Current density over its mean on a disc in an insulating plane, with linear kinetics.

    Newman 1966, doi:10.1149/1.2423795: the potential is sum B_n P_2n(eta) M_2n(xi), with the slope
    of M_2n at the disc known; here the kinetics are tested by the Legendre polynomials.

    Args:
        wagner: Resistance of the kinetics times conductivity over radius.
        radii: Distances from the centre over the radius.
    """
    if wagner < 1e-3:  # the primary distribution, eq. 1 there, which the series converges to slowly
        return np.asarray(0.5 / np.sqrt(1.0 - radii**2))
    count = 12
    basis = [Legendre.basis(2 * n) for n in range(count)]
    slope = [
        -2.0 / np.pi * (2.0 ** (2 * n) * factorial(n) ** 2) ** 2 / factorial(2 * n) ** 2
        for n in range(count)
    ]
    eta, weight = np.polynomial.legendre.leggauss(80)
    eta, weight = 0.5 * (eta + 1.0), 0.5 * weight
    values = np.array([p(eta) for p in basis])
    # (V - phi)/R = -kappa/(a eta) sum B_n M_n' P_2n, tested by eta P_2m
    matrix = (values * eta * weight) @ values.T
    matrix += np.diag([-wagner * s / (4 * n + 1) for n, s in enumerate(slope)])
    weights = np.linalg.solve(matrix, values @ (eta * weight))
    at = np.sqrt(1.0 - radii**2)
    found = sum(-w * s * p(at) for w, s, p in zip(weights, slope, basis, strict=True)) / at
    mean = 2.0 * sum(
        -w * s * float((weight * p(eta)).sum())
        for w, s, p in zip(weights, slope, basis, strict=True)
    )
    return np.asarray(found / mean)


@pytest.mark.reference("Constriction", "Newman 1966, doi:10.1149/1.2423795")
@pytest.mark.parametrize("wagner", [pytest.param(1e-4, marks=pytest.mark.long), 0.3, 3.0])
def test_current_on_a_disc(comm: MPI.Comm, verify: Verify, wagner: float) -> None:
    """The disc is a tenth as wide as the cylinder; its last twentieth is not looked at."""
    rim = 0.006 if wagner < 1e-3 else 0.03  # the faster the kinetics, the steeper
    recipe = {
        "recipe": "disc_contact",
        "phase": "electrolyte",
        "thickness": "20 um",
        "radius": "20 um",
        "contact_radius": f"{RADIUS} um",
        "rim_size": f"{rim} um",
        "max_size": "6 um",
        "growth": 0.2,
    }
    mesh = RECIPES["disc_contact"].model_validate(recipe).build(seed=1)
    resistance = wagner * RADIUS * 1e-6 / CONDUCTIVITY  # ohm m2
    exchange = {"exchange_current_density": f"{THERMAL_VOLTAGE / resistance} A/m^2"}
    case = make_case(
        {"electrolyte": electrolyte(f"{CONDUCTIVITY} S/m")},
        boundaries={
            "anode": LITHIUM | exchange,
            "collector": LITHIUM | {"exchange_current_density": "1e4 A/m^2"},
        },
        protocol=["Charge at 1 mA/cm2 for 1 hour"],
    )
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    drive(cell, 0.01 * cell.area, 1.0)
    observables = Observables(cell)
    assert observables.row()["Charge balance error"] <= 1e-8
    (average,) = (
        average
        for outer, average in observables.probes.electrode_currents.items()
        if outer.tag == "anode"
    )
    (region,) = cell.domain.bodies.values()
    points = region.scalars.tabulate_dof_coordinates()[: len(average.owned_weight)]
    current, weight = average.owned(), average.owned_weight
    away = np.hypot(points[:, 1], points[:, 2]) / RADIUS
    rows = np.column_stack((away, current, weight))[weight > 0.0]
    away, current, weight = np.concatenate(comm.allgather(rows)).T
    mean = float(current @ weight) / weight.sum()
    ring = np.digitize(away, RINGS)
    exact = newman(wagner, np.minimum(away, RINGS[-1]))
    found, sought = (
        np.array([values[ring == k] @ weight[ring == k] for k in range(1, len(RINGS))])
        for values in (current / mean, exact)
    )
    title = f"Wagner number {wagner:g}: current through rings of a disc over Newman's"
    verify(title, found / sought, 1.0, 0.02, f"rim r/{RADIUS / rim:.0f}")
