"""Active material in forms: its constants, and its tables of the stoichiometry."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.materials import ActiveMaterial, needed
from ecmcell.case.materials.properties import Curve
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.plan import Subdomain
from ecmcell.numerics.system.curves import NodalCurves, Table
from ecmcell.physics import mechanics
from ecmcell.processes.carriers.orientation import crystal_axes
from ecmcell.processes.properties import Properties, SubdomainProperties
from ecmcell.processes.state import State


@dataclass
class Swelling:
    """Chemical strain along some directions, the same along each of them.

    Attributes:
        directions: Projector on them, 3 x 3.
        count: How many they are.
        table: Linear strain of free swelling since the start, as a function of x.
        strain: The same in forms.
        slope: Its derivative by x.
        nodes: The same strain node by node, for the mechanics.
        stress_offset: Mean stress along the directions, plus what it falls with the strains of all
            swellings of the body, at the last solution of the mechanics, MPa.
        response: Fall of that stress with the strain of each swelling, MPa.
    """

    directions: Expr
    count: int
    table: Table
    strain: Expr
    slope: Expr
    nodes: fem.Function
    stress_offset: fem.Function
    response: list[fem.Constant]

    def fall(self, swellings: "tuple[Swelling, ...]") -> npt.NDArray[np.float64]:
        """What the stress falls with the strains of all swellings of the body, at nodes, MPa."""
        pairs = zip(self.response, swellings, strict=True)
        return sum(response.value * other.nodes.x.array for response, other in pairs)


@dataclass
class ActiveBody:
    """One body of active material.

    Attributes:
        subdomain: Its only part.
        material: Its material.
        sites: Charge of lithium that fills all sites, pC/um3.
        x: Stoichiometry.
        voltage_table: Open-circuit voltage as a function of x at the first temperature, V.
        entropic_table: Its change with the temperature, V/K; zero where no heat is balanced.
        warming: Rise of the temperature since the start, K.
        open_circuit: Open-circuit voltage in forms, V.
        swellings: Its chemical strain: one the same in all directions, or one across the crystal
            axis and one along it.
        axis: Crystal axis of each cell, a unit vector of three components; None if isotropic.
    """

    subdomain: Subdomain
    material: ActiveMaterial
    sites: fem.Constant
    x: fem.Function
    curves: NodalCurves
    voltage_table: Table
    entropic_table: Table
    warming: fem.Constant
    open_circuit: Expr
    swellings: tuple[Swelling, ...]
    axis: fem.Function | None

    def rest_voltage(self, x: float) -> float:
        """Open-circuit voltage at a stoichiometry and the present temperature, V."""
        return float(self.voltage_table(x) + self.warming.value * self.entropic_table(x))

    def chemical_strain(self) -> Expr:
        """Strain of free swelling for the mechanics, 3 x 3."""
        return sum(s.nodes * s.directions for s in self.swellings)

    def expected_fall(self, swelling: Swelling) -> Expr:
        """What the stress of a swelling falls with the strains for the mechanics, MPa."""
        pairs = zip(swelling.response, self.swellings, strict=True)
        return sum(response * other.nodes for response, other in pairs)

    def stress(self, swelling: Swelling) -> Expr:
        """Mean stress along the directions of a swelling that follows x at once, MPa.

        The mechanics is solved after the electrochemistry and both in turn until nothing changes;
        with the local answer of the stress to the strain taken along, the iterations converge also
        where stress drives most of the flux.

        It is an average around nodes: between grains whose axes differ, x is continuous, and what
        jumps in the chemical potential is spread over the cells at the boundary.
        """
        pairs = zip(swelling.response, self.swellings, strict=True)
        return swelling.stress_offset - sum(r * other.strain for r, other in pairs)

    def stress_potential(self) -> Expr:
        """What stress takes from the energy of all sites by x: (d eps_ch/dx) : sigma, MPa.

        Larche and Cahn 1973, doi:10.1016/0001-6160(73)90021-7: mu = mu0 - (d eps_ch/dc) : sigma,
        which is -Omega s_h where the strain is the same in all directions.
        """
        return sum(float(s.count) * s.slope * self.stress(s) for s in self.swellings)

    def stress_shift(self) -> Expr:
        """What stress adds to the equilibrium potential, V: Omega s_h/F, or (d eps/dc) : sigma/F.

        Lithium under tension is lower in energy.
        """
        return self.stress_potential() / self.sites

    def stress_potential_gradient(self) -> Expr:
        """Its gradient at constant x, MPa/um: what the curve of the tables adds is left to D."""
        return sum(float(s.count) * s.slope * ufl.grad(self.stress(s)) for s in self.swellings)

    def refresh(self) -> None:
        """Evaluate the tables at the present stoichiometry."""
        self.curves.refresh()


def active_bodies(
    case: Case, domain: Domain, state: State, properties: Properties
) -> dict[str, ActiveBody]:
    """The bodies of active material that take part, by name."""
    made, warming = {}, _warming(case, domain, state)
    for body, x in state.stoichiometry.items():
        (subdomain,) = domain.bodies[body].subdomains
        material = case.phases[subdomain.phase].made_of(ActiveMaterial)
        curves = NodalCurves(x)
        ocv = material.open_circuit_voltage
        voltage_table = Table(ocv.stoichiometry, ocv.value)
        open_circuit, _ = curves.add(voltage_table)
        entropic = entropic_table(case, material)
        if case.cell.heat is not None:
            slope, _ = curves.add(entropic)
            open_circuit += warming * slope
        axis = None
        if case.phases[subdomain.phase].is_anisotropic:
            axis = crystal_axes(case, domain, domain.bodies[body])
        made[body] = ActiveBody(
            subdomain=subdomain,
            material=material,
            sites=properties.of(subdomain).site_charge,
            x=x,
            curves=curves,
            voltage_table=voltage_table,
            entropic_table=entropic,
            warming=warming,
            open_circuit=open_circuit,
            swellings=_swellings(case, domain, state, properties.of(subdomain), curves, axis),
            axis=axis,
        )
    return made


def _warming(case: Case, domain: Domain, state: State) -> fem.Constant:
    """Rise of the temperature since the start, K; none where no heat is balanced."""
    if case.cell.heat is None:
        return domain.constant(0.0)
    return state.temperature.constant("warming", lambda at: at - case.cell.temperature)


def _swellings(
    case: Case,
    domain: Domain,
    state: State,
    subdomain_properties: SubdomainProperties,
    curves: NodalCurves,
    axis: fem.Function | None,
) -> tuple[Swelling, ...]:
    subdomain, material = (
        subdomain_properties.subdomain,
        subdomain_properties.made_of(ActiveMaterial),
    )
    phase = case.phases[subdomain.phase]
    start = needed(phase.initial_stoichiometry)
    ways: list[tuple[Expr, int, Table]]
    if axis is None:
        ways = [(mechanics.isotropic_strain(ufl.as_ufl(1.0)), 3, strain_table(material, start))]
    else:
        a, c = material.lattice_strains
        ways = [
            (mechanics.across(axis), 2, axial_table(a, start)),
            (mechanics.along(axis), 1, axial_table(c, start)),
        ]
    response = np.zeros((len(ways), len(ways)))
    if case.physics.mechanics:
        elastic = subdomain_properties.moduli
        if axis is not None:
            response[:] = mechanics.axial_response(*elastic)
        elif case.cell.section == "plane stress":
            response[:] = mechanics.sheet_response(elastic[0])
        else:
            response[:] = mechanics.stress_response(*elastic)
    made = []
    offsets = state.stress_offsets(subdomain.body)
    for (directions, count, table), offset, row in zip(ways, offsets, response, strict=True):
        strain, slope = curves.add(table)
        space = offset.function_space
        constants = [domain.constant(value) for value in row]
        made.append(
            Swelling(
                directions, count, table, strain, slope, fem.Function(space), offset, constants
            )
        )
    return tuple(made)


def entropic_table(case: Case, material: ActiveMaterial) -> Table:
    """Change of the open-circuit voltage with the temperature over the stoichiometry, V/K."""
    known = material.entropic_coefficient
    if known is None or case.cell.heat is None:
        return Table([0.0, 1.0], [0.0, 0.0])
    return Table(known.stoichiometry, known.value)


def strain_table(material: ActiveMaterial, reference: float) -> Table:
    """Linear chemical strain against the reference stoichiometry, from the change of volume.

    eps = [(1 + dV/V(x)) / (1 + dV/V(x_ref))]^(1/3) - 1, or Omega c_max (x - x_ref)/3 from a
    partial molar volume; zero if the material has neither.
    """
    change = material.volume_change
    if change is not None:
        volume = Table(change.stoichiometry, change.value)
        x = np.array(change.stoichiometry)
        strain = np.cbrt((1.0 + volume(x)) / (1.0 + volume(reference))) - 1.0
        return Table(x, strain)
    omega = material.partial_molar_volume or 0.0
    slope = omega * material.maximum_concentration / 3.0
    return Table([0.0, 1.0], [-slope * reference, slope * (1.0 - reference)])


def axial_table(lattice: Curve, reference: float) -> Table:
    """Linear chemical strain along a crystal axis against the reference stoichiometry.

    eps = (1 + e(x)) / (1 + e(x_ref)) - 1 from the change e of a lattice parameter.
    """
    change = Table(lattice.stoichiometry, lattice.value)
    x = np.array(lattice.stoichiometry)
    return Table(x, (1.0 + change(x)) / (1.0 + change(reference)) - 1.0)
