"""XDMF 3 text that tells ParaView where the arrays of `fields/*.h5` are.

Format: https://xdmf.org/index.php/XDMF_Model_and_Format
"""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_KINDS = {(): "Scalar", (3,): "Vector", (9,): "Tensor"}  # by the shape of a value
_TOPOLOGIES = {2: "Polyline", 3: "Triangle", 4: "Tetrahedron"}


@dataclass(frozen=True)
class Item:
    """One array in an HDF5 file."""

    place: str  # "mesh.h5:/points"
    shape: tuple[int, ...]
    number: str  # "Int" or "Float"
    precision: int  # bytes


@dataclass(frozen=True)
class Attribute:
    """One field on the mesh."""

    name: str
    centre: str  # "Node" or "Cell"
    item: Item


@dataclass(frozen=True)
class Grid:
    """A mesh with fields at one time."""

    points: Item
    simplices: Item
    attributes: tuple[Attribute, ...]


def mesh_text(grid: Grid) -> str:
    """The XDMF text of a mesh without time."""
    domain = ET.Element("Domain")
    _add_grid(domain, "mesh", grid)
    return _document(domain)


def series_text(steps: Iterable[tuple[float, Grid]]) -> str:
    """The XDMF text of a mesh with fields at several times."""
    domain = ET.Element("Domain")
    collection = ET.SubElement(
        domain, "Grid", Name="steps", GridType="Collection", CollectionType="Temporal"
    )
    for number, (time, grid) in enumerate(steps):
        element = _add_grid(collection, f"step {number}", grid)
        ET.SubElement(element, "Time", Value=repr(float(time)))
    return _document(domain)


def _add_grid(parent: ET.Element, name: str, grid: Grid) -> ET.Element:
    element = ET.SubElement(parent, "Grid", Name=name, GridType="Uniform")
    count, nodes = grid.simplices.shape
    topology = ET.SubElement(
        element,
        "Topology",
        TopologyType=_TOPOLOGIES[nodes],
        NumberOfElements=str(count),
        NodesPerElement=str(nodes),
    )
    _add_item(topology, grid.simplices)
    _add_item(ET.SubElement(element, "Geometry", GeometryType="XYZ"), grid.points)
    for attribute in grid.attributes:
        _add_item(
            ET.SubElement(
                element,
                "Attribute",
                Name=attribute.name,
                AttributeType=_KINDS[attribute.item.shape[1:]],
                Center=attribute.centre,
            ),
            attribute.item,
        )
    return element


def _add_item(parent: ET.Element, item: Item) -> None:
    ET.SubElement(
        parent,
        "DataItem",
        Dimensions=" ".join(map(str, item.shape)),
        NumberType=item.number,
        Precision=str(item.precision),
        Format="HDF",
    ).text = item.place


def _document(domain: ET.Element) -> str:
    root = ET.Element("Xdmf", Version="3.0")
    root.append(domain)
    ET.indent(root)
    return '<?xml version="1.0"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
