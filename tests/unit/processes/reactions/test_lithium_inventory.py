"""The lithium on a boundary in numbers."""

import pytest
from mpi4py import MPI

from cells import LITHIUM, electrolyte, make_case, make_cell
from ecmcell.case.units import FARADAY
from ecmcell.columns import lithium as columns
from ecmcell.processes.reactions.lithium_inventory import USED_UP, LithiumInventory
from ecmcell.processes.reactions.lithium_layers import Layers
from ecmcell.processes.state import THICKNESS
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.events import Events
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]

AMOUNT, MOLAR = 5.0, 13.0e-6 / FARADAY  # um, um3/pC
ANODE = {"electrode": "Anode"}


def stocked(comm: MPI.Comm) -> Cell:
    """5 um of lithium on the anode, any amount on the collector."""
    inventory = {"thickness": f"{AMOUNT} um", "island_height": "0.01 um"}
    case = make_case(
        {"separator": electrolyte()},
        boundaries={"anode": LITHIUM | {"inventory": inventory}, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    return make_cell(case, layers(2, {"separator": 4.0}, [4]), comm)


def inventory_of(cell: Cell) -> LithiumInventory:
    """Of the anode: lithium on the collector is no layer."""
    (inventory,) = cell.the(Layers).lithium_inventories()
    return inventory


def test_the_stock_of_the_start(comm: MPI.Comm) -> None:
    """An even layer that covers all; 1 pC/um2 is 1/36 mA h/cm2."""
    row = inventory_of(stocked(comm)).row()
    for column in (columns.THICKNESS, columns.MIN_THICKNESS, columns.MAX_THICKNESS):
        assert row[column.of(**ANODE)] == pytest.approx(AMOUNT, rel=1e-12)
    assert row[columns.DEVIATION.of(**ANODE)] == pytest.approx(0.0, abs=1e-12)
    assert row[columns.COVERAGE.of(**ANODE)] == pytest.approx(1.0, rel=1e-9)
    assert row[columns.CHARGE.of(**ANODE)] == pytest.approx(AMOUNT / MOLAR / 36e3, rel=1e-9)
    assert row[columns.LAYER_ERROR.of(**ANODE)] == pytest.approx(0.0, abs=1e-9)


def test_what_is_stripped_balances_the_charge(comm: MPI.Comm) -> None:
    """A discharge of 2 um less leaves 3 um; 2 um that no charge accounts for are an error."""
    cell = stocked(comm)
    stock = inventory_of(cell)
    cell.state.layer[THICKNESS].x.array[:] -= 2.0
    position = cell.state.accumulators
    position["throughput"] = 2.0 / MOLAR * cell.area
    for passed, error in ((2.0 / MOLAR * cell.area, 0.0), (0.0, 1.0)):
        position["charge"] = passed
        found = stock.row()[columns.LAYER_ERROR.of(**ANODE)]
        assert found == pytest.approx(error, abs=1e-9)


def test_only_a_discharge_strips_the_anode_and_until_it_is_used_up(comm: MPI.Comm) -> None:
    cell = stocked(comm)
    (limit,) = inventory_of(cell).limits()
    assert limit.name == f"{USED_UP} at the anode"
    assert limit.value() == pytest.approx(-1.0, abs=1e-3)
    cell.state.layer[THICKNESS].x.array[:] = 0.0
    assert limit.value() > 0.0
    (end,) = Events(cell).ends(cell.case.protocol[0], 1.0)
    for current, is_used_up in ((1.0, True), (-1.0, False), (0.0, False)):
        cell.state.current.value = current
        assert (end.value(1.0) > 0.0) is is_used_up
