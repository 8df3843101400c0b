"""What may stand in a `study.toml`."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from ecmcell.case.faults import Fault, suggest, toml
from ecmcell.case.files.provenance import Frozen, Text
from ecmcell.case.files.toml_reader import part
from ecmcell.study.ranges import Distribution, Normal, Range

SOBOL, SALTELLI = "sobol", "saltelli"
_NORMAL = ("mean", "standard_deviation")
_RANGE = ("from", "to", "scale", "count")
_EXAMPLE = '{ from = "1 MPa", to = "50 MPa" }'


def _choices(given: object) -> object:
    """The values of a key as they stand, a range of them, or named tables of values."""
    if not isinstance(given, list | dict) or not given:
        remedy = f'Give a list of values, e.g. ["2 MPa", "20 MPa"], a range, e.g. {_EXAMPLE}, '
        raise Fault(f"{toml(given)} is not valid", remedy + "or a table of named tables.")
    if not isinstance(given, dict):
        return given
    for kind, keys in ((Normal, _NORMAL), (Range, _RANGE)):
        if any(key in given and not isinstance(given[key], dict) for key in keys):
            return part(kind, given)
    for name, entry in given.items():
        if not isinstance(entry, dict):
            remedy = "Give the keys of the case that it changes, as in case.toml."
            raise Fault(f"{toml(entry)} is not valid", remedy, [name])
    return given


Choices = Annotated[
    list[Any] | Range | Normal | dict[str, dict[str, Any]], BeforeValidator(_choices)
]


class Sample(Frozen):
    """How values are drawn from all ranges of `vary` that have no count.

    Attributes:
        method: `latin hypercube`: each of `count` equal parts of every range once; `sobol`: a
            scrambled Sobol' sequence; `saltelli`: a Sobol' sequence and its recombinations, from
            which Sobol' indices follow, `count` × (number of ranges + 2) points.
        count: Number of points; a power of two but for a Latin hypercube.
        seed: Seed of the random numbers.
    """

    method: Literal["latin hypercube", "sobol", "saltelli"]
    count: Annotated[int, Field(strict=True, ge=2, examples=[64])]
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 1

    @model_validator(mode="after")
    def _balanced(self) -> Self:
        lower = 1 << (self.count.bit_length() - 1)
        if self.method in (SOBOL, SALTELLI) and lower != self.count:
            remedy = f"Give {lower} or {2 * lower}: Sobol' sequences are balanced there alone."
            raise Fault(f"{self.count} is not a power of two", remedy, ["count"])
        return self


class Replicas(Frozen):
    """Runs that are alike but for the seeds of their random numbers.

    Attributes:
        count: Number of runs of each.
        seed: Seed of the first; the others count on from it.
        keys: Keys of the case that hold a seed.
    """

    count: Annotated[int, Field(strict=True, ge=2, le=1000, examples=[5])]
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**31)] = 1
    keys: Annotated[tuple[Text, ...], Field(min_length=1)] = ("mesh.seed",)

    @property
    def seeds(self) -> range:
        """All seeds."""
        return range(self.seed, self.seed + self.count)


class Study(Frozen):
    """Variations of a case: every combination of what is varied.

    Attributes:
        always: Keys of the case that all runs of the study change, as in case.toml.
        vary: Keys of the case in quotes with a list of their values, `"cell.stack_pressure" = ["2
            MPa", "20 MPa"]`, or with a range; or any name with a table of named choices, each with
            the keys of the case that the choice changes, as in case.toml.
        zip: Lists of names in `vary` that go together: the first choice of one with the first of
            the others, and so on.
        sample: How values are drawn from the ranges in `vary`.
        replicas: How many runs, with other random numbers, each point has.
        responses: Columns of study.csv that the page of the study shows, and whose Sobol' indices
            are computed; a few that vary if not given.
    """

    always: dict[str, Any] = Field(default={})
    vary: Annotated[dict[str, Choices], Field(min_length=1)]
    zip: tuple[tuple[str, ...], ...] = ()
    sample: Sample | None = None
    replicas: Replicas | None = None
    responses: tuple[Text, ...] = ()

    @property
    def ranges(self) -> dict[str, Distribution]:
        """What values are drawn from, by key."""
        return {
            key: given
            for key, given in self.vary.items()
            if isinstance(given, Distribution) and not getattr(given, "count", None)
        }

    @model_validator(mode="after")
    def _sampled(self) -> Self:
        if self.ranges and self.sample is None:
            remedy = 'Add a table [sample] with method = "sobol" and count = 64, or give '
            raise Fault("missing", f"{remedy}{_first(self.ranges)} a count.", ["sample"])
        if self.sample is not None and not self.ranges:
            remedy = f"Give a key in [vary] a range, e.g. {_EXAMPLE}, or take [sample] out."
            raise Fault("there is no range to draw from", remedy, ["sample"])
        return self

    @model_validator(mode="after")
    def _zipped(self) -> Self:
        seen: set[str] = set()
        for number, group in enumerate(self.zip):
            for name in group:
                if name not in self.vary:
                    raise Fault(
                        f"{toml(name)} is not varied", suggest(name, self.vary, "names"), ["zip"]
                    )
                if name in self.ranges:
                    remedy = "Give it a count, or a list: what [sample] draws goes together."
                    raise Fault(f"{toml(name)} is drawn", remedy, ["zip", number])
                if name in seen:
                    raise Fault(f"{toml(name)} is named twice", "Name it once.", ["zip", number])
                seen.add(name)
            if len(group) < 2:
                raise Fault(f"{toml(group)} is one", "Name two or more.", ["zip", number])
        return self


def _first(names: dict[str, Any]) -> str:
    return toml(next(iter(names)))
