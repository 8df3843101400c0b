"""Active material in forms: its constants, and its tables of the stoichiometry."""

from dataclasses import dataclass

import numpy as np
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.materials import Material, needed
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain, Part
from ecmcell.numerics.curves import NodalCurves, Table
from ecmcell.physics.mechanics import stress_response
from ecmcell.simulation.state import State


@dataclass
class ActiveBody:
    """One body of active material.

    Attributes:
        part: Its only part.
        material: Its material.
        x: Stoichiometry.
        voltage_table: Open-circuit voltage as a function of x, V.
        open_circuit: The same in forms.
        chemical_strain: Linear strain of free swelling since the start, as a function of x.
        strain_slope: Its derivative by x.
        strain_nodes: The same strain node by node, for the mechanics.
        stress_offset: Hydrostatic stress plus `response` times the chemical strain at the last
            solution of the mechanics, MPa.
        response: Fall of the hydrostatic stress with the chemical strain, MPa.
    """

    part: Part
    material: Material
    x: fem.Function
    curves: NodalCurves
    voltage_table: Table
    open_circuit: Expr
    chemical_strain: Expr
    strain_slope: fem.Function
    strain_table: Table
    strain_nodes: fem.Function
    stress_offset: fem.Function
    response: fem.Constant

    def hydrostatic_stress(self) -> Expr:
        """Hydrostatic stress that follows x at once, MPa.

        The mechanics is solved after the electrochemistry and both in turn until nothing changes;
        with the local answer of the stress to the strain taken along, the turns converge also
        where stress drives most of the flux.
        """
        return self.stress_offset - self.response * self.chemical_strain

    def refresh(self) -> None:
        """Evaluate the tables at the present stoichiometry."""
        self.curves.refresh()


def active_bodies(case: Case, domain: Domain, state: State) -> dict[str, ActiveBody]:
    """The bodies of active material that take part, by name."""
    made = {}
    for body, x in state.stoichiometry.items():
        (part,) = domain.bodies[body].parts
        phase = case.phases[part.phase]
        material = phase.material
        curves = NodalCurves(x)
        ocv = needed(material.open_circuit_voltage)
        voltage_table = Table(ocv.stoichiometry, ocv.value)
        open_circuit, _ = curves.add(voltage_table)
        table = strain_table(material, needed(phase.initial_stoichiometry))
        strain, slope = curves.add(table)
        response = 0.0
        if case.physics.mechanics:
            response = stress_response(
                needed(material.youngs_modulus), needed(material.poisson_ratio)
            )
        made[body] = ActiveBody(
            part=part,
            material=material,
            x=x,
            curves=curves,
            voltage_table=voltage_table,
            open_circuit=open_circuit,
            chemical_strain=strain,
            strain_slope=slope,
            strain_table=table,
            strain_nodes=fem.Function(x.function_space),
            stress_offset=state.stress_offset[body],
            response=domain.constant(response),
        )
    return made


def strain_table(material: Material, reference: float) -> Table:
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
    slope = omega * (material.maximum_concentration or 0.0) / 3.0
    return Table([0.0, 1.0], [-slope * reference, slope * (1.0 - reference)])
