"""Lithium on the faces of a part that lie on one boundary, as a layer: what of it touches."""

from collections.abc import Mapping
from functools import partial

import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case import arrhenius
from ecmcell.case.interfaces import LithiumElectrode
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import ExteriorBoundary
from ecmcell.physics import lithium_layers
from ecmcell.physics.closed_form.stripping import closure_rate
from ecmcell.physics.lithium_layers import Fraction
from ecmcell.processes import initial_contact
from ecmcell.processes.reactions.interface_properties import Interfaces
from ecmcell.processes.state import GAP, THICKNESS, State

# Of the exchange current density: what bare collector gives back at most.
_EDGE = 1e-8
# pA/um2, far above any current density.
_HUGE = 1e30
TINY = 1e-6
"""Contact that counts as none."""
_ONE, _NONE = ufl.as_ufl(1.0), ufl.as_ufl(0.0)


class Layer:
    """Lithium on the faces of a part that lie on one boundary, during a time step.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        boundary: The faces.
        earlier: Thickness and gap at the start of the time step, functions of the skeleton.
        step: Length of the time step.
        interfaces: Kinetics of the electrode.

    Attributes:
        law: What the case says of the electrode.
        stress: Normal stress on it, MPa, a variable.
        barrier: What plating on bare collector takes beyond that on lithium, V.
        touching: Fraction that voids leave, at the present state.
        covered: Fraction of the collector that lithium covers, at the present state.
    """

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        boundary: ExteriorBoundary,
        earlier: Mapping[str, fem.Function],
        step: fem.Constant,
        interfaces: Interfaces,
    ):
        law, thickness = getattr(case.boundaries, boundary.tag), state.layer[THICKNESS]
        assert isinstance(law, LithiumElectrode)
        self.law, self._gap = law, earlier[GAP]
        self.stress = ufl.variable(state.stress_on(boundary, boundary.subdomain.body))
        molar = domain.constant(law.metal.charge_volume)
        self._swept = step * molar
        self.barrier, self._leak, self._edge = _NONE, _NONE, _NONE
        self.touching, self.covered = _ONE, _ONE
        self._closed, self._fraction = _NONE, _ONE
        self._touching, self._covered = Fraction(_ONE, _NONE), Fraction(_ONE, _NONE)
        if law.void_growth is not None:
            self._closed = step * self._closure_rate(case, domain, state)
            self._fraction = domain.constant(law.void_growth.fraction)
            reach = domain.constant(law.void_growth.contact_gap)
            if state.contact_map is not None:  # voids are where there is contact
                reach *= ufl.max_value(state.contact_map, TINY)
            self._touching = self._left(reach * (1.0 + self._closed))
            self.touching = ufl.max_value(1.0 - state.layer[GAP] / reach, 0.0)
        if law.inventory is not None:
            height = domain.constant(law.inventory.island_height)
            then, now = (ufl.max_value(h / height, 0.0) for h in (earlier[THICKNESS], thickness))
            self._covered = Fraction(then, self._swept / height)
            self.covered = ufl.min_value(now, 1.0)
            self.barrier = initial_contact.nucleation_barrier(case, domain, boundary)
            self._leak = domain.constant(lithium_layers.LEAST)
            edge = f"edge of nucleation at {boundary.tag}", _EDGE * law.exchange_current_density
            self._edge = interfaces.on(law).exchange_from(*edge)

    def current(self, kinetic: Expr, nucleating: Expr, leaking: Expr) -> Expr:
        """Current density of stripping and plating at the end of the time step, pA/um2.

        Args:
            kinetic: Current density on whole lithium that touches all over.
            nucleating: The same on bare collector.
            leaking: What an exchange that goes with the overpotential would pass there.
        """
        # Guesses far off must not overflow.
        kinetic = ufl.max_value(ufl.min_value(kinetic, _HUGE), -_HUGE)
        stripped = lithium_layers.stripping(
            ufl.max_value(kinetic, 0.0), self._touching, self._covered
        )
        covered = ufl.min_value(self._covered.start, 1.0)
        # What plates adds to contact and coverage, and these to the current: taken at the end of
        # the step there might be several solutions.
        plated = self._touching.start * covered * kinetic
        on_lithium = ufl.conditional(ufl.gt(kinetic, 0.0), stripped, plated)
        # What is next to nucleation answers as if it had begun: Newton's method has to see it.
        bare = ufl.max_value(ufl.min_value(nucleating, self._edge), -_HUGE)
        on_bare = self._touching.start * (1.0 - covered) * bare
        return on_lithium + on_bare + self._leak * leaking

    def swept(self, current: Expr) -> Expr:
        """Thickness in um that a current density strips in the time step."""
        return self._swept * current

    def gap(self, current: Expr) -> Expr:
        """Volume of voids per unit area that is there after it, um."""
        return lithium_layers.gap(self._gap, self.swept(current), self._fraction, self._closed)

    def _left(self, reach: Expr) -> Fraction:
        """What touches at the end of the time step, when creep has closed a part of the gap."""
        start = ufl.max_value(1.0 - self._gap / reach, 0.0)
        return Fraction(start, self._fraction * self._swept / reach)

    def _closure_rate(self, case: Case, domain: Domain, state: State) -> Expr:
        """Fraction of its volume by which a void shrinks in a s, under the pressure on its face."""
        metal, constant = self.law.metal, domain.constant
        at = partial(arrhenius.creep_rate, metal)
        pressure = constant(needed(case.cell.stack_pressure))
        if case.physics.mechanics:
            pressure = -self.stress
        return closure_rate(
            ufl.max_value(pressure, 0.0),
            state.temperature.constant(f"creep rate of {metal.name}", at),
            *map(constant, metal.creep),
        )
