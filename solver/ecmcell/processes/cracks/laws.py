"""How parts crack, in forms: what their damage takes, and how much surface it stands for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import gamma

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.cracking import Cracking
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain import intersections
from ecmcell.domain.domain import Domain
from ecmcell.domain.plan import Subdomain
from ecmcell.domain.region import Region
from ecmcell.microstructure.geometry.diameters import ball_volume
from ecmcell.physics import fracture
from ecmcell.processes.state import State

# Fraction of its stiffness that a crack keeps, so that no piece of a cell ever floats.
_RESIDUAL = 1e-5


@dataclass(frozen=True)
class Law:
    """How a part cracks, in forms.

    Attributes:
        damage: Damage, a function of the cracking parts of a body.
        before: Damage before it is found anew, likewise.
        energy: Energy of a crack per unit area of the mesh, cell by cell, pJ/um2.
        widening: What a crack of the mesh is over its true area, cell by cell.
        length: Over which cracks are smeared, um.
        dissipation: How much of a crack a damage is.
        split: What drives cracks.
        residual: Fraction of its stiffness that a crack keeps.
    """

    damage: fem.Function
    before: fem.Function
    energy: fem.Function
    widening: fem.Function
    length: fem.Constant
    dissipation: fracture.Dissipation
    split: fracture.Split
    residual: fem.Constant

    def stress(self, elastic: tuple[Expr, Expr], strain: Expr) -> Expr:
        """The 3 x 3 stress of an elastic strain, MPa."""
        plus, minus = self.split.stresses(elastic, strain)
        return fracture.degradation(self.damage, self.residual) * plus + minus

    def stored(self, elastic: tuple[Expr, Expr], strain: Expr) -> Expr:
        """Elastic energy per unit volume, MPa."""
        plus, minus = self.split.energies(elastic, strain)
        return fracture.degradation(self.damage, self.residual) * plus + minus

    def driving(self, elastic: tuple[Expr, Expr], strain: Expr) -> Expr:
        """What of the elastic energy per unit volume depends on damage, MPa: convex in it.

        Where pressure holds a crack back it is concave. There it is taken along its tangent, which
        is above it: what is least by that is lower by the energy, too.
        """
        plus, _ = self.split.energies(elastic, strain)
        before, kept = ufl.variable(self.before), fracture.degradation
        slope = ufl.diff(kept(before, self.residual), before)
        pulling = kept(self.damage, self.residual) * ufl.max_value(plus, 0.0)
        return pulling + slope * self.damage * ufl.min_value(plus, 0.0)

    def surface(self) -> Expr:
        """True crack surface per unit volume, 1/um."""
        return self.dissipation.density(self.damage, self.length) / self.widening

    def spent(self) -> Expr:
        """Energy of cracks per unit volume, MPa."""
        return self.energy * self.dissipation.density(self.damage, self.length)

    def surface_beyond(self, side: str) -> Expr:
        """True crack surface per unit area of an edge, of what of their profiles lies beyond it."""
        return self.dissipation.beyond(self.damage(side)) / self.widening(side)

    def spent_beyond(self, side: str) -> Expr:
        """Energy of cracks beyond an edge, by what of their profiles lies there, MPa um."""
        return self.energy(side) * self.dissipation.beyond(self.damage(side))


def laws(case: Case, domain: Domain, state: State, rounding: fem.Constant) -> dict[Subdomain, Law]:
    """How each part that may crack does so.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        rounding: Strain over which kinks between tension and compression are rounded.
    """
    made = {}
    for body, region in state.crack_regions.items():
        before = fem.Function(state.crack[body].function_space)
        for subdomain in region.subdomains:
            how = needed(case.phases[subdomain.phase].cracking)
            dissipation = fracture.DISSIPATIONS[how.model]
            energy, widening = (fem.Function(region.cell_constants) for _ in range(2))
            widening.x.array[:] = dissipation.widening(
                intersections.cell_sizes(region), how.regularisation_length
            )
            young, poisson = case.phases[subdomain.phase].material.moduli
            release = how.energy_release(young, poisson)
            restraint = domain.constant(how.restraint(poisson))
            energy.x.array[:] = release * _scatter(domain, region, how) / widening.x.array
            made[subdomain] = Law(
                damage=state.crack[body],
                before=before,
                energy=energy,
                widening=widening,
                length=domain.constant(how.regularisation_length),
                dissipation=dissipation,
                split=fracture.split_of(how.split, domain.dim, restraint, rounding),
                residual=domain.constant(_RESIDUAL),
            )
    return made


def too_small(case: Case, domain: Domain) -> list[str]:
    """Warnings of phases whose grains are narrower than a crack: they are damaged evenly.

    A size is that of a disc or ball as large as the grain, the median over grains.
    """
    told = []
    for name in case.cracking_phases:
        grains = [
            domain.grains_of(subdomain)
            for subdomain in domain.subdomains
            if subdomain.phase == name
        ]
        volume = domain.plan.grain_volume[np.concatenate(grains)]
        unit = ball_volume(np.ones(1), domain.dim)
        size = float(np.median(2.0 * (volume / unit) ** (1.0 / domain.dim)))
        how = needed(case.phases[name].cracking)
        if size < how.width:
            told.append(
                f"grains of {name} of {size:.3g} um are smaller than the {how.width:.3g} um that a "
                f"crack is wide: damage spreads over them and may break none; a smaller "
                f"phases.{name}.cracking.regularisation_length lets it localise"
            )
    return told


def spent(domain: Domain, made: Mapping[Subdomain, Law]) -> ufl.Form:
    """Energy of all cracks, pJ."""
    inside = sum(law.spent() * domain.dx(subdomain) for subdomain, law in made.items())
    inside += sum(
        made[subdomain].spent_beyond(side) * measure
        for subdomain, side, measure in _interfaces(domain, made)
    )
    # The same along platens, but with a square: cracks mostly meet these head-on, as a mirror, and
    # their mouths pay less for it.
    return inside + sum(
        0.5
        * made[boundary.subdomain].energy
        * made[boundary.subdomain].damage ** 2
        * domain.ds(boundary)
        for boundary in domain.boundaries
        if boundary.tag in ("anode", "collector") and boundary.subdomain in made
    )


def surface(domain: Domain, made: Mapping[Subdomain, Law], phase: str | None = None) -> ufl.Form:
    """Surface of all cracks, or of those in a phase, um2 (um in 2D).

    Cracks mostly meet a platen head-on, and what their mouths cost there is no length of theirs.
    """
    inside = sum(m.surface() * domain.dx(p) for p, m in made.items() if phase in (None, p.phase))
    return inside + sum(
        made[subdomain].surface_beyond(side) * measure
        for subdomain, side, measure in _interfaces(domain, made)
        if phase in (None, subdomain.phase)
    )


def _interfaces(
    domain: Domain, made: Mapping[Subdomain, Law]
) -> Iterator[tuple[Subdomain, str, ufl.Measure]]:
    """Where parts that may crack meet another body, or a part of their own that does not crack."""
    for face in (*domain.interfaces, *domain.borders):
        ends = [subdomain for subdomain in (face.plus, face.minus) if subdomain in made]
        if face in domain.interfaces or len(ends) == 1:
            for subdomain in ends:
                yield subdomain, face.side(subdomain), domain.dS(face)


def _scatter(domain: Domain, region: Region, how: Cracking) -> npt.NDArray[np.float64]:
    """Random factor of the energy of each local cell, one on average; the same on any ranks."""
    if how.weibull_modulus is None:
        return np.ones(len(region.parents))
    if how.scatter == "grain":
        number = domain.cell_grain
        count = len(domain.plan.grain_volume)
    else:
        number = domain.mesh.topology.original_cell_index
        count = domain.mesh.topology.index_map(domain.dim).size_global
    factors = weibull_energies(how.weibull_modulus, count, how.seed)
    return np.asarray(factors[number[region.parents]], dtype=np.float64)


def weibull_energies(modulus: float, count: int, seed: int) -> npt.NDArray[np.float64]:
    """Random energies, one on average; strength, as their root, has the Weibull modulus."""
    strength = np.random.default_rng(seed).weibull(modulus, count)
    return np.asarray(strength**2 / gamma(1.0 + 2.0 / modulus), dtype=np.float64)
