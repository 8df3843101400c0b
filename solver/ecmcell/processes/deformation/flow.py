"""Bodies that flow: plastic strains at the quadrature points, and the stress that is left."""

from collections.abc import Mapping, Sequence
from typing import Self

import basix
import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.schema import Case
from ecmcell.domain import compat
from ecmcell.domain.domain import QUADRATURE, Domain, Integral
from ecmcell.physics import fracture, mechanics, plasticity
from ecmcell.physics.plasticity import Creep, Law, Yielding
from ecmcell.processes.context import Context
from ecmcell.processes.process import Process
from ecmcell.processes.properties import SubdomainProperties
from ecmcell.processes.state import State

Array = npt.NDArray[np.float64]
# Components of a symmetric strain that a section, and space, leave different from zero.
_COMPONENTS = {
    2: ((0, 0), (1, 1), (2, 2), (0, 1)),
    3: ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)),
}


class Flow(Process):
    """What flows in one part: between the start of a time step and its end, theory.md (52).

    All that follows the displacements point by point is found in plain arrays, whenever these have
    changed; forms see functions that are linear in each cell, through the values at the quadrature
    points, and the derivative that the law gives there. Newton's method is then exact.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        subdomain_properties: What flows.

    Attributes:
        subdomain: The part.
    """

    accumulators = spends = ("plastic_energy",)

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        subdomain_properties: SubdomainProperties,
    ):
        subdomain = subdomain_properties.subdomain
        self._state, self.subdomain, self._elastic = state, subdomain, subdomain_properties.lame
        self._shear = float(self._elastic[1].value)
        self._subdomain_properties, self._yields = (
            subdomain_properties,
            case.phases[subdomain.phase].plasticity == "yield",
        )
        self._step, self._dim = 0.0, domain.dim
        region = domain.bodies[subdomain.body]
        self._plastic, self._hardening = (
            state.plastic_strain[subdomain.body],
            state.equivalent_plastic_strain[subdomain.body],
        )
        space = self._hardening.function_space
        # The part's own cells: a body may hold others, of which another law takes care.
        cells = np.flatnonzero(domain.cell_subdomain[region.parents] == subdomain.index).astype(
            np.int32
        )
        self._cells, self._dofs = cells, space.dofmap.list[cells]
        shape = basix.CellType.triangle if domain.dim == 2 else basix.CellType.tetrahedron
        points, _ = basix.make_quadrature(shape, QUADRATURE["quadrature_degree"])
        self._basis = space.element.basix_element.tabulate(0, points)[0, :, :, 0]
        self._inverse = np.linalg.inv(self._basis)
        displacement = state.displacement[subdomain.body]
        self._strain = compat.Pointwise(mechanics.strain(displacement), points, region.mesh)

        self._fraction, self._rate, self._trial = (fem.Function(space) for _ in range(3))
        self._fraction.x.array[:] = 1.0
        self._before = fem.Function(self._plastic.function_space)
        self._stress_before = fem.Function(self._plastic.function_space)
        self._hardening_before = np.zeros(self._dofs.shape)
        self._work = self._dissipation(domain)
        self.refresh()

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In each part that does so."""
        case, domain, properties = context.case, context.domain, context.properties
        return [
            cls(case, domain, context.state, properties.of(subdomain))
            for subdomain in domain.subdomains
            if case.physics.mechanics and subdomain.phase in case.flowing_phases
        ]

    def stress(self, strain: Expr) -> Expr:
        """The 3 x 3 stress at the end of the time step, MPa.

        Args:
            strain: Total strain, 3 x 3.
        """
        lam, mu = self._elastic
        held = fracture.elastic_strain(strain, self._tensor(self._before))
        deviatoric = 2.0 * mu * plasticity.deviator(held)
        trial = plasticity.equivalent(deviatoric)
        fraction = self._fraction + self._rate * (trial - self._trial)
        pressure = (lam + 2.0 * mu / 3.0) * ufl.tr(held)
        return fraction * deviatoric + pressure * ufl.Identity(3)

    def elastic_strain(self, strain: Expr) -> Expr:
        """The 3 x 3 strain that is left when the plastic one is taken off, as last updated."""
        return fracture.elastic_strain(strain, self._tensor(self._plastic))

    def begin_iterations(self, step: float) -> None:
        """Plastic strains grow at their rates for some s."""
        self._step = step

    def kept_fields(self) -> Mapping[str, fem.Function]:
        """How stress relaxes with the strain."""
        return {"fraction": self._fraction, "rate": self._rate, "trial": self._trial}

    def memory(self) -> dict[str, Array]:
        """The time that stress has to relax."""
        return {"step": np.array(self._step)}

    def recall(self, memory: Mapping[str, Array]) -> None:
        """Let it relax for that time."""
        self._step = float(memory["step"])

    def begin_step(self) -> None:
        """Make the present state the start of the next time step."""
        self._before.x.array[:] = self._plastic.x.array
        self._hardening_before = self._basis_values(self._hardening.x.array[self._dofs])
        deviatoric = self._deviatoric()
        self._write(self._stress_before, deviatoric)

    def refresh(self) -> None:
        """Let the stress relax at the present displacements."""
        _, trial, relaxed = self._relax()
        slope = self._law.slope(trial, relaxed, 3.0 * self._shear, self._step)
        fraction = relaxed / trial
        for function, values in (
            (self._fraction, fraction),
            (self._rate, (slope - fraction) / trial),
            (self._trial, trial),
        ):
            function.x.array[self._dofs] = values @ self._inverse.T

    def update(self) -> None:
        """Take over the plastic strain of the present displacements."""
        deviatoric, trial, relaxed = self._relax()
        grown = (trial - relaxed) / (3.0 * self._shear)
        direction = 1.5 * deviatoric / trial[..., None, None]
        self._write(self._plastic, grown[..., None, None] * direction, self._before)
        accumulated = self._hardening_before + grown
        self._hardening.x.array[self._dofs] = accumulated @ self._inverse.T

    @property
    def _law(self) -> Law:
        """How it flows at the present temperature."""
        material = self._subdomain_properties.material
        if self._yields:
            return Yielding(*material.yielding)
        return Creep(self._subdomain_properties.creep_rate, *material.creep)

    @property
    def max_stress(self) -> float:
        """Largest equivalent stress on this rank, MPa."""
        return float(self._relax()[2].max(initial=0.0))

    def end_step(self) -> None:
        """Count the work on plastic strains in the time step."""
        self._state.accumulators["plastic_energy"] += self.work

    @property
    def work(self) -> float:
        """Work on the plastic strain since the step began, pJ."""
        return self._work.value

    def _relax(self) -> tuple[Array, Array, Array]:
        """Trial stress without its mean, its equivalent, and what the latter relaxes to."""
        deviatoric = self._deviatoric()
        trial = np.sqrt(
            1.5 * np.einsum("cqij,cqij->cq", deviatoric, deviatoric) + plasticity.TINY**2
        )
        before = self._hardening_before
        return deviatoric, trial, self._law.relaxed(trial, 3.0 * self._shear, self._step, before)

    def _deviatoric(self) -> Array:
        """Stress without its mean if the plastic strain were that at the start of the step."""
        dim, shape = self._dim, self._dofs.shape
        strain = np.zeros((*shape, 3, 3))
        strain[..., :dim, :dim] = self._strain(self._cells).reshape(*shape, dim, dim)
        strain[..., 0, 0] += self._state.axial_strain.value
        strain[..., 2, 2] += self._state.thickness_strain.value
        components = _COMPONENTS[dim]
        nodal = self._before.x.array.reshape(-1, len(components))[self._dofs]
        held = np.einsum("qn,cnk->cqk", self._basis, nodal)
        for k, (i, j) in enumerate(components):
            strain[..., i, j] -= held[..., k]
            if i != j:
                strain[..., j, i] -= held[..., k]
        mean = np.trace(strain, axis1=-2, axis2=-1) / 3.0
        return 2.0 * self._shear * (strain - mean[..., None, None] * np.eye(3))

    def _write(self, out: fem.Function, values: Array, start: fem.Function | None = None) -> None:
        """Put a tensor at the quadrature points into a function, on top of another one."""
        components = _COMPONENTS[self._dim]
        picked = np.stack([values[..., i, j] for i, j in components], axis=-1)
        nodal = np.einsum("nq,cqk->cnk", self._inverse, picked)
        width = len(components)
        rows = out.x.array.reshape(-1, width)
        rows[self._dofs] = nodal
        if start is not None:
            rows[self._dofs] += start.x.array.reshape(-1, width)[self._dofs]

    def _basis_values(self, nodal: Array) -> Array:
        return nodal @ self._basis.T

    def _tensor(self, function: fem.Function) -> Expr:
        """The 3 x 3 tensor of its components."""
        rows = [[ufl.as_ufl(0.0)] * 3 for _ in range(3)]
        for k, (i, j) in enumerate(_COMPONENTS[self._dim]):
            rows[i][j] = rows[j][i] = function[k]
        return ufl.as_matrix(rows)

    def _dissipation(self, domain: Domain) -> Integral:
        """Work of the mean of the stresses at both ends of the step.

        With it the energy of an elastic body that flows balances the work of the mean forces.
        """
        mu = self._elastic[1]
        strain = self._state.strain(self.subdomain.body)
        now = 2.0 * mu * plasticity.deviator(self.elastic_strain(strain))
        mean = 0.5 * (self._tensor(self._stress_before) + now)
        flown = self._tensor(self._plastic) - self._tensor(self._before)
        return domain.integral(ufl.inner(mean, flown) * domain.dx(self.subdomain))
