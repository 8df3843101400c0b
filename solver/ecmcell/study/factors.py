"""What a study varies, as columns of a table: numbers with a unit where they are such."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecmcell.case.faults import Fault
from ecmcell.case.units import number_and_unit, quantity, unit_of_column
from ecmcell.study.plan import Plan


@dataclass(frozen=True)
class Factor:
    """Something that a study varies.

    Attributes:
        key: What it is called in `study.toml`.
        column: Its column, with the unit.
        values: Of each variation, in order: numbers, or names of choices.
    """

    key: str
    column: str
    values: tuple[float, ...] | tuple[str, ...]

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return all(isinstance(value, float) for value in self.values)


def factors_of(plan: Plan) -> list[Factor]:
    """What a study varies, in the order of the file; seeds of replicas come last."""
    keys = dict.fromkeys(key for v in plan.variations for key in v.choices)
    return [_factor(key, [v.choices[key] for v in plan.variations]) for key in keys]


def axis_keys(plan: Plan) -> list[tuple[str, ...]]:
    """Keys that vary together, an entry for each axis of the study."""
    study = plan.study
    drawn, seeds = tuple(study.ranges), study.replicas.keys if study.replicas else ()
    group_of = {name: group for group in study.zip for name in group}
    listed = [group_of.get(key, (key,)) for key in study.vary if key not in drawn]
    return [*dict.fromkeys(listed), *filter(None, (drawn, seeds))]


def _factor(key: str, texts: Sequence[str]) -> Factor:
    try:
        unit = _common_unit(texts)
        numbers = tuple(quantity(text, unit or "1") for text in texts)
    except Fault:
        return Factor(key, key, tuple(texts))
    return Factor(key, f"{key} [{unit_of_column(unit)}]" if unit else key, numbers)


def _common_unit(texts: Iterable[str]) -> str:
    """The unit of the first text.

    Raises:
        Fault: If one is not a number with a unit.
    """
    units = [number_and_unit(text)[1] for text in texts]
    return units[0]
