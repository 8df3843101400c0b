"""A ball of radius 1 um that swells in an electrolyte too soft to hold it."""

from cells import active, electrolyte, kinetics, make_case
from ecmcell.case.schema import Case
from ecmcell.microstructure.mesh.meshdata import MeshData
from meshes import concentric

YOUNG, POISSON = 100e3, 0.25  # MPa
SLOPE = 0.05  # linear chemical strain from empty to full, Omega c_max/3
CONCENTRATION, DIFFUSIVITY = 50e3, 0.01  # amol/um3, um2/s
EDGE = 1.2  # um; where the electrolyte ends, and on the axis x the centre


def ball_case(section: str | None = None, **couplings: bool) -> Case:
    """The ball with mechanics and the given switches of `physics`."""
    given = {"section": section} if section else {}
    host = active(
        0.5,
        youngs_modulus="100 GPa",
        poisson_ratio=POISSON,
        partial_molar_volume=f"{3 * SLOPE / CONCENTRATION} m^3/mol",
        diffusivity=f"{DIFFUSIVITY} um^2/s",
    )
    soft = electrolyte("0.1 S/m", youngs_modulus="1 MPa", poisson_ratio=0.0)
    return make_case(
        {"active": host, "electrolyte": soft},
        interfaces={"active|electrolyte": kinetics()},
        cell={"temperature": "25 degC", "stack_pressure": "0 MPa", "sides": "free"} | given,
        physics={"mechanics": True} | couplings,
        protocol=["Discharge at 1C until 3.6 V"],
    )


def ball_mesh(dim: int, count: int) -> MeshData:
    """A quarter disc or an octant with so many cells along its radius."""
    return concentric(dim, [1.0, EDGE], [count, 2], ["active", "electrolyte"])
