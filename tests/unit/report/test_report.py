"""The report holds what it must, whatever the run holds."""

import base64
import io
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from ecmcell.errors import InputError
from ecmcell.microstructure.mesh.simplices import sizes
from ecmcell.output import OutputMesh, RunDirectory, StoredRun
from ecmcell.report import write_report
from ecmcell.report.drawing.plane import PlaneView
from ecmcell.report.drawing.style import MM, PAGE, Plate, new_figure, styled
from ecmcell.report.inputs import section_of, strengths
from ecmcell.report.page import Section, page_text
from ecmcell.report.sections.curves import (
    balance_plate,
    effort_plate,
    stress_plate,
    voltage_plate,
)
from ecmcell.report.sections.half_cycles import branches, some_branches
from ecmcell.report.sections.microstructure import microstructure_plate
from ecmcell.report.sections.stress_percentiles import percentile_table, spreads
from ecmcell.report.sections.tables import protocol_table
from ecmcell.report.states import chosen_states
from synthetic_run import (
    CASE,
    disc_mesh,
    step_row,
    write_cube_run,
    write_synthetic_run,
)

SECTIONS = {
    "summary",
    "microstructure",
    "voltage",
    "losses",
    "contact",
    "maps",
    "interfaces",
    "stack",
    "effort",
    "balances",
    "inputs",
    "provenance",
}


class Page(HTMLParser):
    """Sections, figures and everything that is loaded from somewhere."""

    def __init__(self, text: str):
        super().__init__()
        self.sections: set[str] = set()
        self.figures: list[str] = []
        self.loads: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.add(tag)
        if tag == "section":
            self.sections.add(given["id"])
        if tag == "figure":
            self.figures.append(given["id"])
        if tag in ("img", "link", "script", "iframe"):
            self.loads.append(given.get("src") or given.get("href") or "")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished run in a plane, with its report."""
    path = tmp_path_factory.mktemp("runs") / "discs"
    write_synthetic_run(path, size=2.0)
    write_report(path)
    return path


def test_page_has_every_section_and_stands_alone(finished):
    page = finished / "report.html"
    assert page.stat().st_size < 5_000_000
    text = page.read_text(encoding="utf-8")
    parsed = Page(text)
    assert parsed.sections == SECTIONS
    assert len(parsed.figures) == len(set(parsed.figures)) == 17
    assert parsed.loads and all(place.startswith("data:image/") for place in parsed.loads)
    assert "script" not in parsed.tags
    assert not re.search(r"url\(|@import", text)


def test_page_shows_title_summary_and_inputs_as_text(finished):
    text = (finished / "report.html").read_text(encoding="utf-8")
    assert "<h1>Discs &amp; springs &lt;made by hand&gt;</h1>" in text
    for part in ("Minimum contact fraction", "0.71", "Charge at C/5 until 4.2 V", "numpy"):
        assert part in text


def test_pictures_in_the_page_are_pictures(finished):
    text = (finished / "report.html").read_text(encoding="utf-8")
    pictures = re.findall(r"data:image/png;base64,([^\"]+)", text)
    assert len(pictures) == 9
    for picture in pictures:
        assert base64.b64decode(picture).startswith(b"\x89PNG")
    drawings = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", text)
    assert len(drawings) == 8
    assert all(b"<svg" in base64.b64decode(drawing) for drawing in drawings)


def test_figures_are_saved_for_papers(finished):
    figures = finished / "figures"
    assert {path.suffix for path in figures.iterdir()} == {".png", ".pdf", ".svg"}
    for path in figures.glob("*.png"):
        with Image.open(path) as image:
            assert image.width / image.info["dpi"][0] * 25.4 <= 181, path.name


@pytest.mark.usefixtures("fine_figures")
def test_figures_have_the_dots_of_papers(finished, tmp_path):
    """Maps and lines; those of the page are fewer."""
    run = StoredRun(finished)
    states = chosen_states(run)
    with styled():
        lines = voltage_plate(run.series, states)
        structure = microstructure_plate(run.mesh, PlaneView(run.mesh))
    for plate in (lines, structure):
        plate.save(tmp_path)
        with Image.open(tmp_path / f"{plate.name}.png") as image:
            assert image.info["dpi"][0] == pytest.approx(300, abs=1)
            assert image.width / 300 * 25.4 <= 181
            shown = Image.open(io.BytesIO(plate.png(200)))
            assert shown.width == pytest.approx(image.width * 2 / 3, abs=1)


def test_map_is_coloured_by_its_field(finished):
    """The particles are full in the first state (top left) and empty in the third (below)."""
    with Image.open(finished / "figures" / "map_stoichiometry.png") as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    height, width = pixels.shape[0] // 2, int(pixels.shape[1] * 0.43)
    yellow = (pixels[..., 0] > 150) & (pixels[..., 1] > 190) & (pixels[..., 2] < 110)
    violet = (pixels[..., 0] < 75) & (pixels[..., 1] < 45) & (pixels[..., 2] > 60)
    assert yellow[:height, :width].mean() > 0.1 > 0.01 > yellow[height:, :width].mean()
    assert violet[height:, :width].mean() > 0.1 > 0.01 > violet[:height, :width].mean()


def test_one_time_step_is_a_dot(tmp_path):
    """No panel of a run of one step is empty."""
    write_cube_run(tmp_path / "cube")
    run = StoredRun(tmp_path / "cube")
    plates = [balance_plate(run.series), effort_plate(run.series), stress_plate(run.series, "")]
    for plate in plates:
        assert plate is not None
        for axes in plate.figure.axes:
            curves = [line for line in axes.lines if len(line.get_xdata()) == 1]
            assert curves and all(line.get_marker() == "o" for line in curves), plate.name


def test_what_stays_grey_is_told(finished):
    """Electrolyte has no stoichiometry; stress is everywhere."""
    text = (finished / "report.html").read_text(encoding="utf-8")
    captions = dict(re.findall(r'<figure id="(\w+)".*?<figcaption>(.*?)</figcaption>', text, re.S))
    assert "Grey: no value there." in captions["map_stoichiometry"]
    assert "Grey" not in captions["map_stress"]


def test_run_in_space_is_drawn(tmp_path):
    write_cube_run(tmp_path / "cube")
    page = Page(write_report(tmp_path / "cube").read_text(encoding="utf-8"))
    assert {"map_stress", "map_ionic_current", "interface_traction"} <= set(page.figures)
    with Image.open(tmp_path / "cube" / "figures" / "map_stress.png") as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)[:, : int(image.width * 0.85)]
    assert (pixels[..., 2] - pixels[..., 0] > 40).mean() > 0.005  # blue: compression


def test_stresses_say_what_they_are_of(finished, tmp_path):
    """Once under each of their figures; in space there is nothing to say."""
    held, loose = "Plane strain: the thickness", "Generalised plane strain: no mean force"
    page = (finished / "report.html").read_text(encoding="utf-8")
    stresses = {"map_stress", "stack", "stress_percentiles"} & set(Page(page).figures)
    assert len(stresses) >= 2
    assert (page.count(held), page.count(loose)) == (len(stresses), 0)
    free = shutil.copytree(finished, tmp_path / "free")
    head, *rows = (free / "series.csv").read_text().splitlines()
    text = [f"{head},Out-of-plane strain", *(f"{row},0.01" for row in rows)]
    (free / "series.csv").write_text("\n".join(text) + "\n")
    assert section_of(StoredRun(free)).startswith(loose)
    told = (free / "case.toml").read_text() + "\n[cell]\n"
    for key, words in (
        (
            'lateral_pressure = {value = "5 MPa", assumed = "so"}',
            "Generalised plane strain: a mean pressure of 5 MPa acts",
        ),
        ('section = "plane stress"', "Plane stress: nothing acts across the section"),
    ):
        (free / "case.toml").write_text(told + key)
        assert section_of(StoredRun(free)).startswith(words)
    write_cube_run(tmp_path / "cube")
    assert section_of(StoredRun(tmp_path / "cube")) == ""


def test_report_survives_a_run_with_little_in_it(tmp_path):
    """No active material and no mechanics: no capacity, no contact, no interfaces."""
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    for time in (0.0, 1.0, 2.0):
        run.write_step({"Time [s]": time, "Voltage [V]": 0.1, "Current density [mA.cm-2]": 8.4})
    page = Page(write_report(tmp_path).read_text(encoding="utf-8"))
    assert page.sections == SECTIONS
    assert page.figures == ["voltage"]


def test_report_survives_a_run_that_wrote_nothing_yet(tmp_path):
    RunDirectory(tmp_path).write_provenance({})
    text = write_report(tmp_path).read_text(encoding="utf-8")
    assert Page(text).figures == []
    assert "no summary yet" in text


def test_report_survives_constant_and_missing_fields(tmp_path):
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    mesh, _ = disc_mesh(size=2.0)
    run.write_mesh(mesh)
    nothing = np.full(len(mesh.points), np.nan)
    run.write_fields(
        0.0,
        "start",
        {"Electrolyte potential [V]": np.zeros(len(mesh.points)), "Lithium stoichiometry": nothing},
        {"Ionic current density [mA.cm-2]": np.zeros((len(mesh.cells), 2))},
        {},
    )
    page = Page(write_report(tmp_path).read_text(encoding="utf-8"))
    assert page.figures == ["microstructure", "map_electrolyte_potential"]


def test_reason_of_a_failure_stands_in_the_page(tmp_path):
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    run.write_step(step_row(10.0, np.random.default_rng(0)))
    run.write_summary({"status": "failed", "reason": "Newton did not converge at <1 ms>"})
    text = write_report(tmp_path).read_text(encoding="utf-8")
    assert "The run did not finish." in text
    assert "Newton did not converge at &lt;1 ms&gt;" in text


def test_directory_that_is_no_run_is_an_input_error(tmp_path):
    (tmp_path / "case.toml").write_text(CASE)
    with pytest.raises(InputError, match="not a run"):
        write_report(tmp_path)
    with pytest.raises(InputError, match="no such directory"):
        write_report(tmp_path / "nowhere")
    assert not (tmp_path / "report.html").exists()


def test_figures_are_the_same_each_time(finished):
    run = StoredRun(finished)
    with styled():
        plates = [voltage_plate(run.series, chosen_states(run)) for _ in range(2)]
    assert plates[0].svg == plates[1].svg
    assert plates[0].svg == (finished / "figures" / "voltage.svg").read_bytes()


def test_capacity_is_told_per_gram_and_per_area(finished):
    run = StoredRun(finished)
    with styled():
        over_capacity = voltage_plate(run.series, []).figure.axes[-1]
        (above,) = over_capacity.child_axes
    steps = np.diff(run.series["Time [s]"], prepend=0.0)
    areal = np.abs(np.cumsum(run.series["Current density [mA.cm-2]"] * steps)).max() / 3600.0
    per_gram = np.abs(run.series["Discharge capacity [mA.h.g-1]"]).max()
    over_capacity.figure.draw_without_rendering()
    ratio = above.get_xlim()[1] / over_capacity.get_xlim()[1]
    assert ratio == pytest.approx(areal / per_gram)


def test_each_step_tells_its_areal_capacity(finished):
    """The current of 0.25 mA/cm2 for five hours, charge and discharge alike."""
    table = protocol_table(StoredRun(finished))
    column = table.heads.index("Areal capacity (mA h cm⁻²)")
    assert [float(row[column]) for row in table.rows] == pytest.approx([1.25, 1.25], rel=1e-3)


def test_open_circuit_voltage_stands_beside_the_voltage(finished):
    """Dashed against capacity and time where the series has it, and said in the caption."""
    series = dict(StoredRun(finished).series)
    name = "Mean open-circuit voltage [V]"
    for is_there in (False, True):
        if is_there:
            series[name] = series["Voltage [V]"] - 0.02
        with styled():
            plate = voltage_plate(series, [])
        dashed = [
            line.get_ydata()
            for axes in plate.figure.axes
            for line in axes.lines
            if line.get_linestyle() == "--"
        ]
        assert len(dashed) == (len(branches(series)) + 1 if is_there else 0)
        assert sum(map(len, dashed)) == (2 * len(series[name]) if is_there else 0)
        assert ("Dashed: mean open-circuit" in plate.caption) == is_there


def test_stress_percentiles_weigh_by_volume_and_keep_phases_apart(tmp_path):
    """Two squares of one phase of 98 and 2 um2, and one of another between them."""
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    corners = [(x, y, 0.0) for x in (0.0, 98.0, 99.0, 101.0) for y in (0.0, 1.0)]
    cells = np.array([[0, 2, 1], [2, 3, 1], [2, 4, 3], [4, 5, 3], [4, 6, 5], [6, 7, 5]])
    phase = np.array([0, 0, 1, 1, 0, 0])
    mesh = OutputMesh(
        points=np.array(corners),
        cells=cells,
        cell_phase=phase,
        phase_names=("soft", "hard"),
        cell_body=np.zeros(6, dtype=int),
        body_names=("all",),
        interface_points=np.zeros((0, 3)),
        interface_facets=np.zeros((0, 2), dtype=int),
        interface_pair=np.zeros(0, dtype=int),
        pair_names=(),
    )
    run.write_mesh(mesh)
    for time, size in ((0.0, 0.0), (60.0, 1.0)):
        stress = size * np.array([1.0, 1.0, 5.0, 5.0, -7.0, -7.0])
        run.write_fields(time, "state", {}, {"Von Mises stress [MPa]": stress}, {})
    stored = StoredRun(tmp_path)
    soft, hard = spreads(stored, stored.mesh, sizes(mesh.points, mesh.cells))
    assert (soft.phase, hard.phase) == ("soft", "hard")
    assert soft.times.tolist() == [0.0, 60.0]
    assert soft.values[0].tolist() == [0.0] * 5
    assert soft.values[1].tolist() == [-7.0, 1.0, 1.0, 1.0, 1.0]
    assert hard.values[1].tolist() == [5.0] * 5
    with styled():
        table = percentile_table([soft, hard], chosen_states(stored))
    assert ("Soft, B", "1 (−7 to 1)") in table.rows


@pytest.mark.usefixtures("fine_figures")
def test_page_stays_light_however_much_there_is_to_draw(tmp_path):
    """Noise, which no format can pack: six plates of lines, three of pixels, a megabyte of case."""
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    run.write_case('title = "Long"\n# ' + "long " * 200_000)
    rng = np.random.default_rng(5)
    plates = []
    with styled():
        for k in range(9):
            figure = new_figure(PAGE, 70 * MM)
            axis = figure.add_subplot()
            if k < 6:
                axis.plot(rng.normal(size=20_000))
            else:
                axis.imshow(rng.random((700, 1800, 3)), interpolation="nearest", aspect="auto")
            plates.append(Plate(f"plate_{k}", "Noise", "None.", figure, is_picture=k >= 6))
        text = page_text(StoredRun(tmp_path), [Section("noise", "Noise", plates, "")])
    assert sum(len(plate.png(200) if plate.is_picture else plate.svg) for plate in plates) > 6e6
    assert 1_000_000 < len(text.encode()) < 5_000_000


def test_long_protocols_are_shown_by_their_ends(tmp_path):
    run = RunDirectory(tmp_path)
    run.write_provenance({})
    run.write_case('protocol = [{ repeat = 50, steps = ["Charge at 1C", "Discharge at 1C"] }]')
    for step in range(1, 101):
        row = step_row(100.0 * step, np.random.default_rng(0))
        run.write_step(row | {"Step": step, "Current density [mA.cm-2]": (-1.0) ** step})
    stored = StoredRun(tmp_path)
    rows = protocol_table(stored).rows
    assert len(rows) == 41
    assert [rows[k][0] for k in (0, 1, 20, 40)] == [
        "Charge at 1C",
        "Discharge at 1C",
        "… 60 more …",
        "Discharge at 1C",
    ]
    halves = branches(stored.series)
    assert len(halves) == 100
    shown = some_branches(halves)
    assert len(shown) == 40
    assert (shown[0], shown[-1]) == (halves[0], halves[-1])
    assert some_branches(halves[:3]) == halves[:3]


def test_strengths_come_from_the_case(finished):
    assert strengths(StoredRun(finished)) == [5.0]
