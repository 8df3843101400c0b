"""The numbers of a run: one row of the series for each accepted step."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ecmcell.case.joints import Held
from ecmcell.case.materials import ActiveMaterial
from ecmcell.case.state_of_charge import charge_ends
from ecmcell.columns import interfaces as columns
from ecmcell.columns import losses, mechanics, run, salt
from ecmcell.columns.units import AREAL_RESISTANCE, CURRENT_DENSITY, SPECIFIC_CHARGE
from ecmcell.domain.average import Average
from ecmcell.domain.domain import Integral
from ecmcell.domain.faces import Contact
from ecmcell.domain.smoothing import SmoothAverage
from ecmcell.evaluation.debonding import Debonding
from ecmcell.evaluation.fissures import Fissures
from ecmcell.evaluation.flaw_criteria import FlawCriteria
from ecmcell.evaluation.hotspots import Hotspots
from ecmcell.evaluation.losses import Losses
from ecmcell.evaluation.nucleation import Nucleation
from ecmcell.evaluation.penetration import Penetration
from ecmcell.evaluation.salt_balance import SaltBalance
from ecmcell.physics import interfaces
from ecmcell.processes.deformation.energies import Energies
from ecmcell.processes.process import IONS
from ecmcell.processes.reactions.metals import LithiumFace
from ecmcell.processes.reactions.reactions import sides
from ecmcell.processes.state import parts_from_electrode
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.stocks import stocks

# By which the area of a flat electrode may differ from its footprint, relative to this.
_FLAT = 1e-6


class Observables:
    """Evaluates what `series.csv` holds; every number is that of the whole cell.

    Args:
        cell: The cell, before its first step.

    Attributes:
        currents: Current density on each contact that reacts, averaged around nodes of the host.
        electrode_currents: The same on lithium electrodes, around nodes of the electrolyte.
        crossing_currents: Current density of ions from the plus to the minus side of contacts
            between electrolytes or their grains, around nodes of the plus side.
        normal_tractions: Normal traction on contacts, around nodes of the plus side; smoothed along
            those that hold.
        shear_tractions: Size of the traction along them.
        debonding: The interfaces that may part, if any.
        fissures: The cracks in the bulk, if there may be any.
        hotspots: Lithium electrodes whose current may be uneven: for want of contact, or not flat.
        nucleation: Where electrons that leak would make lithium, if any do.
        flaws: What the closed form says of the flaws at the anode, if there are any.
        stocks: The lithium on each boundary where it is a layer.
    """

    def __init__(self, cell: Cell):
        self.cell = cell
        domain, chemistry = cell.domain, cell.electrochemistry
        self._inventory = [
            domain.integral(b.sites * b.x * domain.dx(b.part)) for b in cell.active.values()
        ]
        sites = [b.material.site_charge * domain.part_volume(b.part) for b in cell.active.values()]
        self._sites = float(sum(sites))
        # An experiment weighs what is cut off, too.
        self._mass = sum(
            cell.case.phases[name].made_of(ActiveMaterial).density * cell.volumes[name]
            for name in cell.case.active_phases
        )
        ends = [charge_ends(cell.case, b.part.phase) for b in cell.active.values()]
        self._full, self._empty = (
            sum(s * x[end] for s, x in zip(sites, ends, strict=True)) for end in (0, 1)
        )
        self.currents: dict[Contact, Average] = {}
        for contact, reaction in chemistry.insertions.reactions.items():
            host = sides(contact, cell.active)[0]
            space, side = domain.bodies[host.body].scalars, contact.side(host)
            self.currents[contact] = Average(
                domain, space, [(reaction.current, reaction.measure, side)]
            )
        self.electrode_currents: dict[LithiumFace, Average] = {
            lithium: Average(
                domain,
                domain.bodies[lithium.electrolyte.body].scalars,
                [(reaction.current, reaction.measure, lithium.side)],
            )
            for lithium, reaction in chemistry.electrodes.reactions.items()
        }
        self.crossing_currents: dict[Contact, Average] = {
            crossing.contact: Average(
                domain,
                domain.bodies[crossing.contact.plus.body].scalars,
                [(crossing.current, crossing.measure, "+")],
            )
            for crossing in chemistry.crossings.members
            if crossing.carrier == IONS
        }
        self._anode_current: list[Integral] = [
            domain.integral(reaction.current * reaction.measure)
            for lithium, reaction in chemistry.electrodes.reactions.items()
            if lithium.role == "anode"
        ]
        self._anode_current += [
            domain.integral(deposit.reaction.current * deposit.reaction.measure)
            for deposit in chemistry.deposits
        ]
        self.normal_tractions: dict[Contact, Average] = {}
        self.shear_tractions: dict[Contact, Average] = {}
        if cell.mechanics is not None:
            normal = domain.normal("+")
            for contact in domain.contacts:
                traction = cell.mechanics.traction(contact)
                region, measure = domain.bodies[contact.plus.body], domain.nodal(contact)
                pull = interfaces.normal_part(traction, normal)
                along = interfaces.shear_part(traction, normal)
                # Where a contact parts its traction is as uneven as its damage.
                self.normal_tractions[contact] = (
                    Average(domain, region.scalars, [(pull, measure, "+")])
                    if contact in cell.mechanics.joints.cohesive
                    else SmoothAverage(domain, region, contact, pull, "+")
                )
                self.shear_tractions[contact] = Average(
                    domain, region.scalars, [(along, measure, "+")]
                )
        self._losses = Losses(cell)
        self.fissures = Fissures(cell) if cell.state.crack else None
        self._penetration = Penetration(cell) if cell.filaments is not None else None
        leaks = cell.case.physics.leakage and cell.state.additive
        self.nucleation = Nucleation(cell) if leaks else None
        flaws = FlawCriteria(cell)
        self.flaws = flaws if flaws.flaws else None
        self._salt = SaltBalance(cell) if cell.state.salt else None
        self.debonding = Debonding(cell) if cell.state.interface else None
        self.hotspots = self._uneven_electrodes()
        self.stocks = stocks(cell)
        self._initial_inventory = self.inventory()

    def histograms(self) -> list[dict[str, float | str]]:
        """How the current is spread over the electrodes, bin by bin."""
        return [row for hotspots in self.hotspots for row in hotspots.histogram()]

    def _uneven_electrodes(self) -> list[Hotspots]:
        """Those that are parted from, have a map of contact or are not flat."""
        cell, found = self.cell, []
        varies = cell.state.contact_map is not None or bool(cell.state.layer)
        for role in ("anode", "collector"):
            faces = [one for one in self.electrode_currents if one.role == role]
            area = cell.domain.total(
                sum(float(self.electrode_currents[one].owned_weight.sum()) for one in faces)
            )
            parts = parts_from_electrode(cell.case, role) or any(f.law.parts for f in faces)
            is_flat = abs(area / cell.area - 1.0) < _FLAT
            if faces and (varies or parts or not is_flat):
                found.append(Hotspots(cell, role, self.electrode_currents))
        return found

    def inventory(self) -> float:
        """Charge of all lithium in active material in pC."""
        return sum(integral.value for integral in self._inventory)

    def row(self) -> dict[str, float | int]:
        """The present state in numbers, by name with unit."""
        cell, state = self.cell, self.cell.state
        position = state.position
        row: dict[str, float | int] = {
            run.TIME.header: position["time"],
            run.STEP.header: int(position["protocol_step"]) + 1,
            run.VOLTAGE.header: np.nan if cell.is_disconnected else state.voltage.value,
            run.CURRENT_DENSITY.header: CURRENT_DENSITY * state.current.value / cell.area,
        }
        if cell.active:
            inventory = self.inventory()
            passed = SPECIFIC_CHARGE * position["charge"]
            row[run.CAPACITY.header] = passed / self._mass
            row[run.STOICHIOMETRY.header] = inventory / self._sites
            row[run.STATE_OF_CHARGE.header] = (self._empty - inventory) / (self._empty - self._full)
        if self.debonding is not None:
            row |= self.debonding.row()
        elif cell.mechanics is not None and self.normal_tractions:
            row[columns.BELOW_STRENGTH.header] = self._fraction_below_strength()
        if self.fissures is not None:
            row |= self.fissures.row()
        if self._penetration is not None:
            row |= self._penetration.row()
        if self.flaws is not None:
            row |= self.flaws.row()
        if self.nucleation is not None:
            row |= self.nucleation.row()
        if self._salt is not None:
            row |= self._salt.row()
        row |= self._losses.parts()
        films = cell.electrochemistry.films
        for name in films.growing:
            resistance = AREAL_RESISTANCE * films.resistance(name, position["time"])
            row[losses.FILM_RESISTANCE.of(interface=name)] = resistance
        for hotspots in self.hotspots:
            row |= hotspots.row()
        for stock in self.stocks:
            row |= stock.row()
        found = self.currents or self.electrode_currents
        row[columns.HOTSPOT.header] = self._hotspot_factor(found)
        if self.crossing_currents:
            factor = self._hotspot_factor(self.crossing_currents)
            row[columns.BOUNDARY_HOTSPOT.header] = factor
        if cell.mechanics is not None:
            row[mechanics.HYDROSTATIC.header] = cell.domain.largest(
                max(a.owned().max(initial=-np.inf) for a in cell.mechanics.hydrostatic.values())
            )
            row[mechanics.PRESSURE.header] = state.pressure.value
            row[mechanics.STRAIN.header] = state.stretch.value
            if cell.mechanics.platens.is_loose:
                row[mechanics.THICKNESS_STRAIN.header] = state.thickness_strain.value
            if state.layer:
                thicker = state.stretch.value * float(np.ptp(cell.domain.bounds[:, 0]))
                row[mechanics.THICKER.header] = thicker + position["layer_growth"]
        if cell.case.flowing_phases:
            row |= self._flow()
        if cell.mechanics is not None and cell.mechanics.energies is not None:
            row |= self._energies(cell.mechanics.energies)
        row[run.CHARGE_ERROR.header] = self._charge_error()
        if cell.active:
            row[run.LITHIUM_ERROR.header] = self._lithium_error(inventory)
        if self._salt is not None:
            row[salt.ERROR.header] = self._salt.error()
        return row

    def _flow(self) -> dict[str, float]:
        """How much has flowed, and what it has cost."""
        cell, position = self.cell, self.cell.state.position
        flown = [f.x.array.max(initial=0.0) for f in cell.state.hardening.values()]
        row = {
            mechanics.PLASTIC_STRAIN.header: cell.domain.largest(max(flown)),
            mechanics.PLASTIC_ENERGY.header: position["plastic_energy"] / cell.area,
        }
        if cell.mechanics is not None:
            row[mechanics.FLOW_STRESS.header] = cell.mechanics.flow_stress()
        return row

    def _energies(self, energies: Energies) -> dict[str, float]:
        """What is stored, the work done, and what of it was set free by what ran by itself."""
        cell, work = self.cell, self.cell.state.position["work"]
        return {
            mechanics.ELASTIC_ENERGY.header: energies.elastic / cell.area,
            mechanics.INTERFACE_ENERGY.header: energies.interfaces / cell.area,
            mechanics.WORK.header: work / cell.area,
            mechanics.RELEASED.header: (work - cell.energy()) / cell.area,
        }

    def _fraction_below_strength(self) -> float:
        """Share of the interface area where the normal traction stays below the strength."""
        held, total = 0.0, 0.0
        for contact, traction in self.normal_tractions.items():
            law = self.cell.case.interface_between(contact.plus.phase, contact.minus.phase)
            assert isinstance(law, Held)
            if law.strength is None:
                continue
            area = traction.owned_weight
            held += area[traction.owned() < law.strength].sum()
            total += area.sum()
        total = self.cell.domain.total(total)
        return self.cell.domain.total(held) / total if total > 0.0 else 1.0

    def _hotspot_factor(self, currents: Mapping[Any, Average]) -> float:
        """Largest over mean size of a current density on some facets; nan without current."""
        if self.cell.at_rest:
            return float("nan")
        largest, charge, area = 0.0, 0.0, 0.0
        for average in currents.values():
            size, weight = np.abs(average.owned()), average.owned_weight
            largest = max(largest, size.max(initial=0.0))
            charge, area = charge + float(size @ weight), area + float(weight.sum())
        charge, area = self.cell.domain.total(charge), self.cell.domain.total(area)
        return self.cell.domain.largest(largest) * area / charge if charge > 0.0 else np.nan

    def _charge_error(self) -> float:
        """Difference of the currents through anode and collector, relative to the prescribed.

        The collector's current is what crosses the interfaces of the cathode.
        """
        anode = sum(integral.value for integral in self._anode_current)
        current = self.cell.state.current.value + self.cell.leaking
        return abs(anode - current) / self.cell.current_scale

    def _lithium_error(self, inventory: float) -> float:
        """Change of the inventory against the charge that passed, relative to all charge passed."""
        position = self.cell.state.position
        passed = position["charge"] + position["leaked"]
        error = abs(inventory - self._initial_inventory - passed)
        return error / max(position["throughput"], 1e-3 * self._sites)
