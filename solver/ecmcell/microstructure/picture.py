"""A picture of a mesh: phases in colours, scale bar, electrodes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ecmcell.microstructure.mesh.facets import facets_of
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import measures

PALETTE = {
    "active": "#3f6691",
    "catholyte": "#f3cf87",
    "separator": "#e9e3d3",
    "inclusion": "#3f6691",
    "matrix": "#f3cf87",
    "grain": "#8fb3a2",
}
"""Colours of the phases of the recipes; other phases take the next of `OTHERS`."""

OTHERS = ("#c7887a", "#8fb3a2", "#b7aed0", "#d8c7a0", "#7f8c8d", "#a3c1da")

LINE = "#2b2b2b"

NARROW = 4.0
"""Width of a figure in inches up to which the legend stands under the scale bar, not beside it."""

_TO_EYE = np.array([-0.45, -1.0, 0.6])


def picture(mesh: MeshData, target: Path | BinaryIO) -> None:
    """Draw a mesh to a PNG, PDF or SVG file, or as a PNG to a stream."""
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 8, "savefig.dpi": 300, "svg.hashsalt": "ecmcell"}):
        figure = _section(mesh) if mesh.dim == 2 else _solid(mesh)
        figure.savefig(target, bbox_inches="tight", pad_inches=0.05)


def phase_colours(phases: tuple[str, ...]) -> dict[str, str]:
    """Colour of each phase, in the order in which the phases occur."""
    others = iter(OTHERS * (len(phases) // len(OTHERS) + 1))
    return {p: PALETTE.get(p) or next(others) for p in dict.fromkeys(phases)}


def _grain_colours(mesh: MeshData, colours: dict[str, str]) -> list[tuple[float, ...]]:
    """Colour of each grain: that of its phase, in several shades if there is one phase only."""
    from matplotlib.colors import to_rgb

    plain = [np.array(to_rgb(colours[phase])) for phase in mesh.grain_phase]
    several = len(colours) == 1 and len(plain) > 1
    shades = 0.7 * (np.arange(len(plain)) * 0.618 % 1.0 - 0.2) * several  # towards white
    return [tuple(np.clip(c + s * (1 - c), 0, 1)) for c, s in zip(plain, shades, strict=True)]


def nice_length(extent: float) -> float:
    """The largest of 1, 2, 5 times a power of ten up to a quarter of the extent."""
    power = 10.0 ** np.floor(np.log10(extent / 4))
    return float(max(m * power for m in (1, 2, 5) if m * power <= extent / 4))


def _section(mesh: MeshData) -> Any:
    """A figure of a 2D mesh: cells filled by phase, edges faint, phase boundaries strong."""
    from matplotlib.collections import LineCollection, PolyCollection
    from matplotlib.figure import Figure

    colours = phase_colours(mesh.grain_phase)
    low, high = mesh.bounds
    width, height = high - low
    inches = min(7.0 / width, 4.5 / height)
    figure = Figure(figsize=(inches * width, inches * height))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    face = np.array(_grain_colours(mesh, colours))[mesh.cell_grain]
    cells = mesh.points[mesh.cells]
    axes.add_collection(PolyCollection(list(cells), facecolors=face, edgecolors="none", aa=False))
    facets = facets_of(mesh.cells)
    grain = mesh.cell_grain[facets.cells]
    strong = facets.boundary | (grain[:, 0] != grain[:, 1])
    lines = mesh.points[facets.vertices]
    axes.add_collection(LineCollection(lines[~strong], colors=LINE, lw=0.1, alpha=0.35))
    axes.add_collection(LineCollection(lines[strong], colors=LINE, lw=0.5))
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    axes.set_axis_off()
    middle = (low[1] + high[1]) / 2
    _electrode(axes, (low[0], middle), "anode")
    _electrode(axes, (high[0], middle), "collector")
    _scale_bar(axes, low[0], nice_length(width), 1.0)
    _legend(axes, colours)
    return figure


def _solid(mesh: MeshData) -> Any:
    """A figure of a 3D mesh in parallel projection, what encloses grains open to the front."""
    from matplotlib.figure import Figure

    colours = phase_colours(mesh.grain_phase)
    image, pixels_per_um, pixel_of = _render(mesh, colours)
    height, width = image.shape[:2]
    figure = Figure(figsize=(5.0, 5.0 * height / width))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.imshow(image)
    axes.autoscale(False)
    axes.set_axis_off()
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    middle = (low[2] + high[2]) / 2
    _electrode(axes, pixel_of(np.array([low[0], high[1], middle])), "anode")
    _electrode(axes, pixel_of(np.array([high[0], low[1], middle])), "collector")
    _scale_bar(axes, 0.0, nice_length(width / pixels_per_um), pixels_per_um)
    _legend(axes, colours)
    return figure


def _render(mesh: MeshData, colours: dict[str, str]) -> tuple[Any, float, Any]:
    """Image of a 3D mesh without margins, its scale, and where a point in um falls on it."""
    import pyvista

    kind = np.full((len(mesh.cells), 1), 4)
    types = np.full(len(mesh.cells), pyvista.CellType.TETRA)
    grid: Any = pyvista.UnstructuredGrid(np.hstack([kind, mesh.cells]).ravel(), types, mesh.points)
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    plotter: Any = pyvista.Plotter(off_screen=True, window_size=[2000, 1600])
    plotter.set_background("white")
    plotter.enable_anti_aliasing("ssaa")
    for grain, colour in enumerate(_grain_colours(mesh, colours)):
        if _encloses(mesh, grain):
            surface = pyvista.PolyData.from_regular_faces(mesh.points, _far_faces(mesh, grain))
        else:
            part = grid.extract_cells(np.flatnonzero(mesh.cell_grain == grain))
            surface = part.extract_surface(algorithm="dataset_surface")
        plotter.add_mesh(
            surface,
            color=colour,
            show_edges=True,
            edge_color=LINE,
            edge_opacity=0.25,
            ambient=0.45,
            diffuse=0.6,
        )
    contact = _contact(mesh)
    if len(contact):
        disc = pyvista.PolyData.from_regular_faces(mesh.points, contact)
        plotter.add_mesh(disc, color=LINE, lighting=False)
    box = pyvista.Box(bounds=np.stack([low, high], axis=1).ravel())
    plotter.add_mesh(box.extract_all_edges(), color=LINE, line_width=3)
    plotter.camera_position = [
        (low + high) / 2 + 10 * np.ptp(mesh.points) * _TO_EYE,
        (low + high) / 2,
        (0, 0, 1),
    ]
    plotter.enable_parallel_projection()
    plotter.reset_camera()
    plotter.show(auto_close=False)
    image = np.array(plotter.screenshot(return_img=True))
    scale = image.shape[0] / (2 * plotter.camera.parallel_scale)
    right, up = _screen_axes(_TO_EYE)
    centre = np.array(image.shape[1::-1]) / 2
    focus = np.array(plotter.camera.focal_point)
    plotter.close()
    rows, columns = (np.flatnonzero((image < 250).any(axis=(2, k))) for k in (1, 0))
    margin = np.array([columns[0], rows[0]])
    image = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]

    def pixel_of(point: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        offset = scale * np.array([(point - focus) @ right, -(point - focus) @ up])
        return centre + offset - margin

    return image, scale, pixel_of


def _far_faces(mesh: MeshData, grain: int) -> npt.NDArray[np.int64]:
    """Facets of a grain on the box that look away from the eye: what lies within is before them.

    The walls of voids within are left out: they would look like particles.
    """
    facets = facets_of(mesh.cells)
    own = facets.boundary & (mesh.cell_grain[facets.cells[:, 0]] == grain)
    near = 1e-9 * np.ptp(mesh.points)
    corners = mesh.points[facets.vertices]
    own &= np.any([(np.abs(corners - end) < near).all(axis=1) for end in _ends(mesh)], axis=(0, 2))
    corners = mesh.points[facets.vertices[own]]
    inside = mesh.points[mesh.cells[facets.cells[own, 0]]].mean(axis=1)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outwards = np.sign(np.einsum("ij,ij->i", corners.mean(axis=1) - inside, normal))
    return facets.vertices[own][outwards * (normal @ _TO_EYE) < 0.0]


def _ends(mesh: MeshData) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Lowest and highest coordinates of the points."""
    return mesh.points.min(axis=0), mesh.points.max(axis=0)


def _screen_axes(eye: npt.NDArray[np.float64]) -> tuple[Any, Any]:
    """Unit vectors to the right and up on the screen, seen from `eye` with z up."""
    right = np.cross([0.0, 0.0, 1.0], eye)
    up = np.cross(eye, right)
    return right / np.linalg.norm(right), up / np.linalg.norm(up)


def _encloses(mesh: MeshData, grain: int) -> bool:
    """Whether a grain goes from side to side around others, up to the corner before them."""
    if len(mesh.grain_phase) == 1:
        return False
    own = mesh.cells[mesh.cell_grain == grain]
    size = np.ptp(mesh.points[own].reshape(-1, 3), axis=0)
    spans = np.allclose(size[1:], np.ptp(mesh.points, axis=0)[1:])
    place = mesh.points[own].reshape(-1, 3)
    corner = np.array([place[:, 0].max(), place[:, 1].min(), place[:, 2].max()])
    holds = (np.abs(place - corner) < 1e-9 * np.ptp(mesh.points)).all(axis=1).any()
    return bool(spans and holds and measures(mesh.points, own).sum() < 0.999 * size.prod())


def _contact(mesh: MeshData) -> npt.NDArray[np.int64]:
    """Facets of an anode that takes only a part of the face at the smallest x, else none."""
    low = mesh.points[:, 0].min()
    on_face = (np.abs(mesh.points[mesh.facets][..., 0] - low) < 1e-9 * np.ptp(mesh.points)).all(1)
    anode = mesh.facet_tag == mesh.tags.index("anode")
    return mesh.facets[:0] if anode[on_face].all() else mesh.facets[anode]


def _electrode(axes: Any, at: Sequence[float], name: str) -> None:
    """The name of an electrode beside a point of its face."""
    left = name == "anode"
    axes.annotate(
        name,
        at,
        xytext=(-4 if left else 4, 0),
        textcoords="offset points",
        rotation=90 if left else -90,
        ha="right" if left else "left",
        va="center",
        color=LINE,
    )


def _scale_bar(axes: Any, x: float, length: float, scale: float) -> None:
    """A bar of `length` um below the axes, starting at x, `scale` units of the axes to the um."""
    from matplotlib.transforms import offset_copy

    ends = [x, x + length * scale]
    below = axes.get_xaxis_transform()
    down = offset_copy(below, axes.figure, y=-10, units="points")
    axes.plot(ends, [0, 0], color="k", lw=2, transform=down, solid_capstyle="butt", clip_on=False)
    axes.text(ends[1], 0, f"  {length:g} µm", va="center", ha="left", color=LINE, transform=down)


def _legend(axes: Any, colours: dict[str, str]) -> None:
    from matplotlib.patches import Patch
    from matplotlib.transforms import offset_copy

    figure = axes.figure
    down = 0 if figure.get_figwidth() > NARROW else -14
    handles = [Patch(fc=c, ec=LINE, lw=0.5, label=p.replace("_", " ")) for p, c in colours.items()]
    axes.legend(
        handles=handles,
        loc="upper right",
        bbox_to_anchor=(1.0, 0.0),
        bbox_transform=offset_copy(axes.transAxes, figure, y=down, units="points"),
        borderpad=0.4,
        ncols=len(handles),
        frameon=False,
        borderaxespad=0.0,
        handlelength=1.2,
    )
