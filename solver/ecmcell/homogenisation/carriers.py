"""Ions and electrons, and what conducts them in a case."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import inf

from ecmcell.case import arrhenius
from ecmcell.case.interfaces import GrainBoundary, PerfectBond, ReactingInterface
from ecmcell.case.materials import Electrolyte
from ecmcell.case.schema import Case
from ecmcell.domain.plan import Pair


@dataclass(frozen=True)
class Carrier:
    """What is conducted.

    Attributes:
        name: `ions` or `electrons`.
        conductivity: In pA/(V um) of each phase that conducts; infinite in a perfect conductor.
        resistance: Areal resistance in V um2/pA between phases whose potential may jump, or
            between the grains of one.
        bonded: Pairs of phases whose potential is continuous.
    """

    name: str
    conductivity: Mapping[str, float]
    resistance: Mapping[Pair, float]
    bonded: frozenset[Pair]

    @property
    def perfect(self) -> frozenset[str]:
        """Phases that are equipotentials."""
        return frozenset(phase for phase, value in self.conductivity.items() if value == inf)

    @property
    def debonding(self) -> frozenset[str]:
        """Phases whose grains are joined by a resistance."""
        within = {phase for pair in self.resistance if len(pair) == 1 for phase in pair}
        return frozenset(within & self.conductivity.keys()) - self.perfect


def composite_phases(case: Case) -> tuple[str, ...]:
    """The phases of the composite layer: active material and what it reacts with; else all."""
    reacting = set(case.active_phases)
    joined = {
        n
        for pair, law in case.interface_laws()
        if isinstance(law, ReactingInterface) and reacting & {*pair}
        for n in pair
    }
    return tuple(name for name in case.phases if name in joined or not joined)


def carriers(
    case: Case, phases: Collection[str], perfect: Collection[str] = ()
) -> tuple[Carrier, ...]:
    """Ions and electrons with what conducts them.

    Ions move in electrolytes, electrons in active material and in electrolytes with additive. A
    carrier that nothing conducts is left out.

    Args:
        case: The case.
        phases: Phases that are there.
        perfect: Those that conduct perfectly what they conduct.
    """
    temperature = case.cell.temperature
    bonded = frozenset(
        frozenset(p) for p, law in case.interface_laws() if isinstance(law, PerfectBond)
    )
    ions, electrons = {}, {}
    resistance: dict[str, dict[Pair, float]] = {"ions": {}, "electrons": {}}
    for name in phases:
        phase = case.phases[name]
        if phase.material.kind == "electrolyte":
            ions[name] = arrhenius.ionic_conductivity(phase.made_of(Electrolyte), temperature)
        if case.conducts_electrons(name):
            electrons[name] = arrhenius.electronic_conductivity(phase.material, temperature)
    for pair, law in case.interface_laws():
        if isinstance(law, PerfectBond):
            continue
        if law.electronic_resistance is not None:
            resistance["electrons"][frozenset(pair)] = law.electronic_resistance
        if isinstance(law, GrainBoundary) and law.ionic_resistance is not None:
            resistance["ions"][frozenset(pair)] = law.ionic_resistance

    def conducted(values: Mapping[str, float]) -> dict[str, float]:
        return {n: inf if n in perfect else value for n, value in values.items() if value > 0.0}

    both = (
        Carrier("ions", conducted(ions), resistance["ions"], bonded),
        Carrier("electrons", conducted(electrons), resistance["electrons"], bonded),
    )
    return tuple(carrier for carrier in both if carrier.conductivity)
