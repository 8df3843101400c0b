"""How unevenly the current leaves a lithium electrode."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import ufl

from ecmcell.columns import lithium as columns
from ecmcell.columns.run import TIME
from ecmcell.columns.units import AREAL_RESISTANCE, CURRENT_DENSITY
from ecmcell.domain.average import Average
from ecmcell.evaluation.lithium.constriction import Constriction
from ecmcell.processes.closed_form import polarisation
from ecmcell.processes.reactions.lithium_layers import Layers
from ecmcell.processes.reactions.metals import LithiumFace
from ecmcell.processes.reactions.reactions import LithiumElectrodes
from ecmcell.simulation.cell import Cell

_HIGH = 0.99  # fraction of the face that carries less than the percentile told
_TOUCHES = 1e-9  # of the area around a node
_DECADES, _A_DECADE = 2, 20

Floats = npt.NDArray[np.float64]

EDGES: Floats = 10.0 ** (
    (np.arange(2 * _DECADES * _A_DECADE + 2) - 0.5) / _A_DECADE - float(_DECADES)
)
"""Of the bins of a histogram, over the mean of the footprint, which lies in the middle of one."""


class ElectrodeCurrent:
    """Evaluates the current through one lithium electrode, per footprint and per touching area.

    Args:
        cell: The cell.
        tag: The electrode, `anode` or `collector`.
        currents: Current density on its faces, averaged around nodes of the electrolyte.

    Attributes:
        tag: The electrode.
        wagner: Its Wagner number kappa R/L, in the mean over its faces: R is the areal resistance
            of charge transfer and films at small currents, L the thickness of the stack. Far above
            one, kinetics spread the current evenly over what touches; far below, the shape of the
            electrolyte decides on it.
    """

    def __init__(self, cell: Cell, tag: str, currents: Mapping[LithiumFace, Average]):
        self.tag = tag
        self._cell, self._name = cell, tag.capitalize()
        self._currents = {face: a for face, a in currents.items() if face.tag == tag}
        touching = cell.the(Layers).contact
        self._contact = [self._around(f, touching(f.face)) for f in self._currents]
        along_stack = [abs(f.face.here(cell.domain.normal)[0]) for f in self._currents]
        across = map(self._around, self._currents, along_stack)
        places = [
            cell.domain.bodies[f.electrolyte.body].scalars.tabulate_dof_coordinates()
            for f in self._currents
        ]
        self._points = self._everywhere([at[:, : cell.domain.dim] for at in places])
        self._weight = self._everywhere([a.owned_weight for a in self._currents.values()])
        self._footprint = self._weight * self._everywhere([a.owned() for a in across])
        self._bare = max(cell.area - float(self._footprint.sum()), 0.0)
        self._constriction = Constriction(cell, self._currents)
        self.wagner = self._wagner()

    def row(self) -> dict[str, float]:
        """The present state in numbers, by name with unit; nan without current."""
        current, touching = self._now()
        charge = float(current @ self._weight)
        highest = percentile = factor = np.nan
        where = np.full(self._points.shape[1], np.nan)
        if not self._cell.at_rest:
            at = int(current.argmax())
            highest, where = float(current[at]), self._points[at]
            factor = highest * self._cell.area / charge
            percentile = quantile(current, self._weight, self._bare, _HIGH)
        area = float(touching.sum())
        of_contact = charge / area if area > 0.0 else np.nan
        electrode = {"electrode": self._name}
        row = {
            columns.TOUCHING.of(**electrode): area / self._cell.area,
            columns.HOTSPOT.of(**electrode): factor,
            columns.MAXIMUM.of(**electrode): CURRENT_DENSITY * highest,
            columns.PERCENTILE.of(**electrode): CURRENT_DENSITY * percentile,
            columns.OF_CONTACT.of(**electrode): CURRENT_DENSITY * of_contact,
        }
        for axis, value in zip("xyz", where, strict=False):
            row[columns.PLACE.of(**electrode, axis=axis)] = float(value)
        resistance = AREAL_RESISTANCE * self._constriction.resistance()
        row[columns.CONSTRICTION.of(**electrode)] = resistance
        return row

    def histogram(self) -> list[dict[str, float | str]]:
        """The present current densities in bins, by name with unit; empty without current.

        Of real contact by its area, of the footprint by its own with what does not touch, and how
        much of the current goes there.
        """
        if self._cell.at_rest:
            return []
        current, touching = self._now()
        charge = current * self._weight
        mean = float(charge.sum()) / self._cell.area
        of_contact = np.divide(
            charge, touching, out=np.zeros_like(charge), where=touching > _TOUCHES * self._weight
        )
        of_footprint = np.divide(
            charge, self._footprint, out=np.zeros_like(charge), where=self._footprint > 0.0
        )
        edges = np.concatenate([[0.0], mean * EDGES, [np.inf]])
        fractions = {
            "Fraction of contact": binned(of_contact, touching, edges),
            "Fraction of footprint": binned(
                np.append(of_footprint, 0.0), np.append(self._footprint, self._bare), edges
            ),
            "Fraction of current": binned(of_contact, charge, edges),
        }
        rows: list[dict[str, float | str]] = []
        for k, (low, high) in enumerate(pairwise(CURRENT_DENSITY * edges)):
            row: dict[str, float | str] = {
                TIME.header: float(self._cell.state.accumulators["time"]),
                "Electrode": self._name.lower(),
                "From [mA.cm-2]": float(low),
                "To [mA.cm-2]": float(high),
            }
            rows.append(row | {name: float(fraction[k]) for name, fraction in fractions.items()})
        return rows

    def _wagner(self) -> float:
        domain, temperature = self._cell.domain, self._cell.state.temperature.kelvin
        length = float(np.ptp(domain.bounds[:, 0]))
        total = area = 0.0
        for lithium, average in self._currents.items():
            electrolyte = self._cell.properties.of(lithium.electrolyte)
            kappa = electrolyte.uncracked_ionic_conductivity
            here = float(average.owned_weight.sum())
            total += here * kappa * polarisation(lithium.law, temperature) / length
            area += here
        return domain.total(total) / domain.total(area)

    def _now(self) -> tuple[Floats, Floats]:
        """Size of the current density and area that touches around nodes, pA/um2 and um2."""
        current = self._everywhere([a.owned() for a in self._currents.values()])
        fraction = self._everywhere([a.owned() for a in self._contact])
        return np.abs(current), self._weight * fraction

    def _around(self, lithium: LithiumFace, value: ufl.core.expr.Expr) -> Average:
        """A function of the electrode averaged as the current is."""
        domain = self._cell.domain
        measure = self._cell.the(LithiumElectrodes).reactions[lithium].measure
        space = domain.bodies[lithium.electrolyte.body].scalars
        return Average(domain, space, [(value, measure, lithium.side)])

    def _everywhere(self, by_face: Sequence[Floats]) -> Floats:
        """What each face has at nodes of this rank, at the nodes of the electrode of all ranks."""
        found = []
        for values, average in zip(by_face, self._currents.values(), strict=True):
            weight = average.owned_weight
            found.append(values[: len(weight)][weight > 0.0])
        return np.concatenate(self._cell.domain.comm.allgather(np.concatenate(found)))


def quantile(values: Floats, weights: Floats, zeros: float, fraction: float) -> float:
    """What a fraction of all weight does not exceed, `zeros` being weight of the value 0."""
    order = np.argsort(values)
    below = (zeros + np.cumsum(weights[order])) / (zeros + weights.sum())
    return float(values[order][np.searchsorted(below, fraction)])


def binned(values: Floats, weights: Floats, edges: Floats) -> Floats:
    """Fraction of all weight whose values lie between each edge and the next."""
    total = weights.sum()
    counts, _ = np.histogram(values, edges, weights=weights)
    return np.asarray(counts / total if total > 0.0 else counts, dtype=np.float64)
