"""A resolved case as tables for people."""

from collections.abc import Iterable, Iterator
from math import inf

from rich.console import Group, RenderableType
from rich.table import Table

from ecmcell.api.flaw_table import flaw_rows
from ecmcell.case.files.provenance import CASE_FILE, Given
from ecmcell.case.interfaces import CohesiveInterface
from ecmcell.case.materials import Material, needed
from ecmcell.case.schema import Case
from ecmcell.case.state_of_charge import charge_ends
from ecmcell.case.tables import Cell, Phase
from ecmcell.case.validity import asked_beyond
from ecmcell.columns.units import TOUGHNESS
from ecmcell.physics.closed_form.fracture import bar_strength, flaw_length, toughness

_NO_ORIGIN = "no origin given"
_NM = 1e3  # in a um
_LONGEST = 50  # steps of a protocol that are shown


def overview(case: Case) -> RenderableType:
    """What a case asks: phases, assumed values, interfaces, boundaries, protocol."""
    protocol = [(str(k), step.text) for k, step in enumerate(case.protocol[:_LONGEST], 1)]
    if len(case.protocol) > _LONGEST:
        protocol.append(("...", f"{len(case.protocol)} steps in all"))
    return Group(
        case.title,
        _table(
            "Phases",
            ["phase", "material", "kind", "start", "0 and 100 % charged", "set by the case"],
            _phases(case),
        ),
        _table("Assumed values", ["where", "what", "why"], _assumed(case)),
        *(
            [_table("Cracks", ["phase", "what", "value"], _cracks(case))]
            if case.cracking_phases
            else []
        ),
        *_flaws(case),
        *_beyond(case),
        *_viscosities(case),
        _table("Interfaces and boundaries", ["where", "what"], _joined(case)),
        _table("Protocol", ["step", "what"], protocol),
        _table("Settings", ["what", "value"], _settings(case)),
    )


def _table(title: str, columns: list[str], rows: Iterable[Iterable[str]]) -> Table:
    table = Table(title=title, title_justify="left", expand=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _phases(case: Case) -> Iterable[list[str]]:
    for name, phase in case.phases.items():
        x, curve = phase.initial_stoichiometry, phase.material.open_circuit_voltage
        changed = [p for p, o in phase.material.origins() if o.set_by]
        start, ends = "", ""
        if x is not None and curve is not None:
            full, empty = charge_ends(case, name)
            start = f"x = {x:g}, {curve.at(x):.4g} V"
            ends = f"x = {empty:.4g} and {full:.4g}"
        material = phase.material
        yield [name, material.name, material.kind, start, ends, ", ".join(changed)]


def _assumed(case: Case) -> Iterable[list[str]]:
    for name, phase in case.phases.items():
        for key, reason in phase.material.assumptions().items():
            yield [name, key, _line(reason)]
    for where, table in _tables(case):
        for key, origin in table.origins():
            if origin.assumed:
                yield [where, key, _line(origin.assumed)]
        if isinstance(table, Phase):
            continue
        for material in (value for _, value in table if isinstance(value, Material)):
            for key, reason in material.assumptions().items():
                yield [where, f"{key} of {material.name}", _line(reason)]
    yield from _bare(case)


def _bare(case: Case) -> Iterable[list[str]]:
    """What the case gives and says nothing of; state and surroundings have no origin."""
    for name, phase in case.phases.items():
        bare = [key for key, origin in phase.material.origins() if origin.source == CASE_FILE]
        if bare:
            yield [name, ", ".join(bare), _NO_ORIGIN]
    for where, table in _tables(case):
        if isinstance(table, Phase | Cell):
            continue
        told = dict(table.origins())
        numbers = [k for k, value in table if k not in told and isinstance(value, float)]
        bare = [key for key in numbers if key in table.model_fields_set]
        if bare:
            yield [where, ", ".join(bare), _NO_ORIGIN]


def _tables(case: Case) -> Iterator[tuple[str, Given]]:
    """The tables whose values may say where they come from, with their names."""
    named = [*case.phases.items(), *case.interfaces.items(), *case.boundaries, ("cell", case.cell)]
    for name, table in named:
        yield from _nested(name, table)


def _nested(name: str, table: object) -> Iterator[tuple[str, Given]]:
    """A table and those in it."""
    if isinstance(table, Given):
        yield name, table
        for key, value in table:
            yield from _nested(f"{name}, {key}", value)


def _line(text: str) -> str:
    return " ".join(text.split())


def _cracks(case: Case) -> Iterable[list[str]]:
    """What it takes to crack each phase, and the stress at which it does, beside others of it."""
    for name in case.cracking_phases:
        for number, (what, value) in enumerate(_cracking(case, name)):
            yield ["" if number else name, what, value]


def _cracking(case: Case, name: str) -> Iterator[tuple[str, str]]:
    how, material = needed(case.phases[name].cracking), case.phases[name].material
    young, poisson = material.moduli
    energy = how.energy_release(young, poisson)
    begins = bar_strength(how.model, energy, young, how.regularisation_length)
    yield "fracture energy", f"{energy:.3g} J/m^2"
    own = material.fracture_toughness
    beside = "" if own is None else f"; {material.name} has {TOUGHNESS * own:.3g}"
    known = TOUGHNESS * toughness(energy, young, poisson)
    yield "fracture toughness", f"{known:.3g} MPa m^0.5{beside}"
    length = f"{how.regularisation_length:g} um"
    yield (
        "regularisation length",
        f"{length}; grains narrower than {how.width:.3g} um are damaged evenly",
    )
    yield "begins to crack at", f"{begins:.3g} MPa ({how.model})"
    ratio = how.compression_ratio(poisson)
    pressed = "never" if ratio == inf else f"{ratio * begins:.3g} MPa"
    weak = (case.cell.stack_pressure or 0.0) > ratio * begins
    remedy = '; the stack pressure is more: split = "star-convex" does not soften' if weak else ""
    yield "under compression along one axis", f"{pressed} ({how.split}){remedy}"
    longest = flaw_length(begins, energy, young, poisson)
    yield "or less, at flaws longer than", f"{longest:.2g} um"
    for pair, law in case.interface_laws():
        if name in pair and isinstance(law, CohesiveInterface) and law.strength is not None:
            yield "its interface debonds at", f"{law.strength:g} MPa ({'|'.join(pair)})"
    made = "the file must have them" if case.mesh.recipe is None else "coarser ones are refined"
    yield "cells", f"up to {case.max_cells[name]:g} um; {made}"


def _flaws(case: Case) -> Iterator[Table]:
    """What lithium could do to flaws at the anode, by the closed form."""
    rows, last = [], ""
    for where, what, value in flaw_rows(case):
        rows.append(["" if where == last else where, what, value])
        last = where
    if rows:
        yield _table("Lithium in flaws, closed form", ["where", "what", "value"], rows)


def _beyond(case: Case) -> Iterator[Table]:
    """A warning of what leads beyond the data of active materials, if anything does."""
    rows = list(asked_beyond(case))
    if rows:
        yield _table("Warning: beyond what is known or asked", ["phase", "what", "how far"], rows)


def _viscosities(case: Case) -> Iterator[Table]:
    """What viscosity costs where interfaces debond by a cohesive law."""
    joined: list[tuple[str, object]] = [*case.interfaces.items(), *case.boundaries]
    rows = [
        [name, f"{how.viscosity:g} s", f"{_NM * law.steady_rate(0.1):.3g} nm/s"]
        for name, law in joined
        if isinstance(law, CohesiveInterface)
        and (how := law.cohesion)
        and how.viscosity
        and law.penalty_stiffness
    ]
    if rows:
        head = ["interface", "viscosity", "debonding costs 10 % more energy if it opens at"]
        yield _table("Viscosity of interfaces", head, rows)


def _joined(case: Case) -> Iterable[list[str]]:
    for name, law in case.interfaces.items():
        yield [name, _values(law.model_dump(mode="json", exclude_none=True))]
    for name, boundary in case.boundaries:
        yield [name, _values(boundary.model_dump(mode="json", exclude_none=True))]


def _settings(case: Case) -> Iterable[list[str]]:
    for part in ("mesh", "cell", "physics", "time", "solver", "output"):
        content = getattr(case, part).model_dump(mode="json", exclude_none=True)
        yield [part, _values({k: v for k, v in content.items() if v not in ([], {})})]


def _values(content: dict[str, object]) -> str:
    return "\n".join(f"{key} = {_plain(value)}" for key, value in content.items())


def _plain(value: object) -> object:
    if not isinstance(value, dict):
        return value
    if "formula" in value:  # a material
        return value["name"]
    if "value" in value:
        return value["value"]
    return "{ " + _values(value).replace("\n", ", ") + " }"
