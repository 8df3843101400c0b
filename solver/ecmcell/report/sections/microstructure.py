"""What was meshed: a picture of phases and cells, and what they take."""

from collections.abc import Mapping

import numpy as np
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.patches import Patch

from ecmcell.microstructure.mesh.simplices import quality
from ecmcell.microstructure.picture import phase_colours
from ecmcell.output import OutputMesh, StoredRun
from ecmcell.output.provenance import MESH_STATISTICS
from ecmcell.report.drawing.labels import number, plain_label
from ecmcell.report.drawing.style import MM, PAGE, Plate, new_figure
from ecmcell.report.drawing.view import View
from ecmcell.report.sections.tables import Table

_LEGEND = 8 * MM  # height of the names below the picture
_ROOM = 5 * MM  # for the scale bar
_TALLEST = 90 * MM


def microstructure_plate(mesh: OutputMesh, view: View) -> Plate:
    """The phases in colours, the cells in lines."""
    colours = phase_colours(mesh.phase_names)
    width = min(PAGE, _TALLEST * view.aspect)
    figure = new_figure(max(width, PAGE / 2), width / view.aspect + _LEGEND + _ROOM)
    axes = figure.add_subplot()
    scale = Normalize(-0.5, len(colours) - 0.5)
    palette = ListedColormap([colours[name] for name in mesh.phase_names])
    view.field(axes, mesh.cell_phase.astype(float), scale, palette)
    view.cell_edges(axes)
    low, high = axes.get_ylim()
    axes.set_ylim(low - _ROOM / width * float(np.ptp(axes.get_xlim())), high)
    view.scale_bar(axes)
    patches = [Patch(color=colour, label=name) for name, colour in colours.items()]
    figure.legend(handles=patches, loc="outside lower center", ncols=len(patches))
    caption = f"Phases and cells of the mesh. {view.remark}".strip()
    return Plate("microstructure", "Microstructure", caption, figure, is_picture=True)


def microstructure_table(mesh: OutputMesh, view: View, run: StoredRun) -> Table:
    """How much of each phase and interface there is, and how much of it no current reaches."""
    total = float(view.measures.sum())
    unit, surface = ("µm²", "µm") if mesh.dim == 2 else ("µm³", "µm²")
    summary = run.summary
    inactive = summary.get("inactive volume fraction")
    fraction = inactive if isinstance(inactive, Mapping) else {}
    shape = quality(mesh.points[:, : mesh.dim], mesh.cells)
    rows = [
        ("Cells", str(len(mesh.cells)), "", ""),
        ("Minimum cell quality, 1 is regular", number(float(shape.min())), "", ""),
        ("Mean cell quality", number(float(shape.mean())), "", ""),
    ]
    grains = _statistics(run).get("Grains")
    if grains is not None:
        rows.insert(0, ("Grains", number(grains), "", ""))
    for index, name in enumerate(mesh.phase_names):
        own = mesh.cell_phase == index
        size = float(view.measures[own].sum())
        rows.append(
            (
                f"{name} ({unit})",
                number(size),
                f"{number(100 * size / total)} %",
                _cut_off(fraction.get(name)),
            )
        )
    for index, name in enumerate(mesh.pair_names):
        size = float(view.facet_measures[mesh.interface_pair == index].sum())
        rows.append((f"{name} ({surface})", number(size), f"{number(size / total)} µm⁻¹", ""))
    mass = summary.get("active material [mg.cm-2]")
    if isinstance(mass, Mapping):
        whole, lost = float(mass["all"]), float(mass["cut off"])
        rows.append(("Active material (mg/cm²)", number(whole), "", _cut_off(lost / whole)))
    heads = ("", "Amount", "Fraction, specific surface", "Cut off, takes no part")
    return Table("", heads, tuple(rows))


def statistics_table(run: StoredRun) -> Table:
    """All that is known of the mesh: what was asked and made, sizes, neighbours, percolation."""
    rows = ((plain_label(name), number(value)) for name, value in _statistics(run).items())
    return Table("All statistics of the mesh", (), tuple(rows))


def _statistics(run: StoredRun) -> Mapping[str, object]:
    """Statistics of the mesh by name with unit; empty where none were stored."""
    found = run.provenance.get(MESH_STATISTICS)
    return found if isinstance(found, Mapping) else {}


def _cut_off(fraction: float | None) -> str:
    return "" if fraction is None else f"{number(100 * fraction)} %"
