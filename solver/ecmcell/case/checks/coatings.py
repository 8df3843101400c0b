"""Coatings of interfaces and electrodes."""

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault
from ecmcell.case.interfaces import FilmCovered
from ecmcell.case.materials import needs_a, with_article
from ecmcell.case.schema import Case


@of_case
def coatings(case: Case) -> None:
    """Whether the coatings of interfaces and electrodes are coatings and conduct ions."""
    named = [(["interfaces", pair], law) for pair, law in case.interfaces.items()]
    for at, law in [*named, *((["boundaries", tag], it) for tag, it in case.boundaries)]:
        if isinstance(law, FilmCovered):
            _coating(law, at)


def _coating(films: FilmCovered, at: list[str]) -> None:
    """Whether a coating is one and conducts ions."""
    if films.coating is None:
        return
    material, conductivity = films.coating.material, films.coating.ionic_conductivity
    if material.kind != "coating":
        given = f"{material.name} is {with_article(material.kind)}"
        raise Fault(given, needs_a("coating"), [*at, "coating", "material"])
    if conductivity is None:
        conductivity = material.ionic_conductivity
    if not conductivity:
        given = (
            f"{material.name} has no ionic_conductivity" if conductivity is None else "no ions pass"
        )
        remedy = 'Give one, e.g. ionic_conductivity = "1e-6 S/cm".'
        raise Fault(given, remedy, [*at, "coating", "ionic_conductivity"])
