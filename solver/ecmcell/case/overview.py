"""A resolved case as tables for people."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table

from ecmcell.case.materials import CASE_FILE
from ecmcell.case.schema import Case


def overview(case: Case) -> RenderableType:
    """What a case asks: phases, assumed values, interfaces, boundaries, protocol."""
    protocol = [(str(k), step.text) for k, step in enumerate(case.protocol, 1)]
    return Group(
        case.title,
        _table(
            "Phases",
            ["phase", "material", "kind", "start", "set by the case"],
            _phases(case),
        ),
        _table("Assumed values", ["phase", "property", "why"], _assumed(case)),
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
        x = phase.initial_stoichiometry
        changed = [p for p, o in phase.material.origins() if o.source == CASE_FILE]
        start = "" if x is None else f"x = {x:g}"
        yield [
            name,
            phase.material.name,
            phase.material.kind,
            start,
            ", ".join(changed),
        ]


def _assumed(case: Case) -> Iterable[list[str]]:
    for name, phase in case.phases.items():
        for key, reason in phase.material.assumptions().items():
            yield [name, key, " ".join(reason.split())]


def _joined(case: Case) -> Iterable[list[str]]:
    for name, joint in case.interfaces.items():
        yield [name, _values(joint.model_dump(mode="json", exclude_none=True))]
    for name, boundary in case.boundaries:
        content = boundary.model_dump(mode="json", exclude_none=True)
        if "metal" in content:
            content["metal"] = content["metal"]["name"]
        yield [name, _values(content)]


def _settings(case: Case) -> Iterable[list[str]]:
    for part in ("mesh", "cell", "physics", "time", "solver", "output"):
        content = getattr(case, part).model_dump(mode="json", exclude_none=True)
        yield [part, _values({k: v for k, v in content.items() if v not in ([], {})})]


def _values(content: dict[str, object]) -> str:
    return "\n".join(f"{key} = {value}" for key, value in content.items())
