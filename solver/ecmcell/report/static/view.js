// The interactive view of a report. vtk.js draws; report/interactive has packed what it draws.
"use strict";

(async () => {
  const AXES = ["x", "y", "z"];
  const EYE = [-0.35, -1, 0.45]; // from where a block is seen at first, as in the figures
  const INK = [0.13, 0.13, 0.13];
  const PALE = [0.925, 0.925, 0.925];
  const LEVELS = 254; // codes of numbers; the next one stands for none

  const find = (name) => document.getElementById(`view-${name}`);
  const cross = (a, b) => [0, 1, 2].map((i) => a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3]);
  const unit = (a) => a.map((x) => x / Math.hypot(...a));

  // Reading what was packed

  async function inflate(name) {
    const bytes = Uint8Array.from(atob(find(name).textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  function integers(bytes, { start, rows, columns }) {
    const count = rows * columns;
    const values = new Int32Array(count);
    for (let column = 0, i = start; column < columns; column++) {
      for (let row = 0, value = 0; row < rows; row++, i++) {
        value += bytes[i] | (bytes[i + count] << 8) | (bytes[i + 2 * count] << 16) | (bytes[i + 3 * count] << 24);
        values[row * columns + column] = value;
      }
    }
    return values;
  }

  function numbers(bytes, { start, count, first, last }) {
    const values = new Float32Array(count);
    for (let i = 0, code = 0; i < count; i++) {
      code = (code + bytes[start + i]) & 255;
      values[i] = code > LEVELS ? NaN : first + (code * (last - first)) / LEVELS;
    }
    return values;
  }

  function coordinates(bytes, kept, { low, high, steps }) {
    return Float32Array.from(integers(bytes, kept), (value, i) => low[i % 3] + (value * (high[i % 3] - low[i % 3])) / steps);
  }

  // Cutting: where simplices of `size` corners cross a plane, as simplices of one corner less

  function section(corners, size, heights, isShown) {
    const ends = [], fractions = [], pieces = [];
    const crossing = (a, b) => {
      ends.push(a, b);
      return fractions.push(heights[a] / (heights[a] - heights[b])) - 1;
    };
    for (let i = 0; i < corners.length; i += size) {
      let count = 0;
      for (let k = i; k < i + size; k++) count += heights[corners[k]] >= 0;
      if (count === 0 || count === size || !isShown(corners[i])) continue;
      const all = Array.from(corners.subarray(i, i + size));
      const above = all.filter((corner) => heights[corner] >= 0);
      const below = all.filter((corner) => heights[corner] < 0);
      if (size === 4 && count === 2) {
        const [p, q, r, s] = [[0, 0], [0, 1], [1, 1], [1, 0]].map(([a, b]) => crossing(above[a], below[b]));
        pieces.push(p, q, r, p, r, s);
      } else {
        for (const a of above) for (const b of below) pieces.push(crossing(a, b));
      }
    }
    return { ends, fractions, pieces };
  }

  function mixed({ ends, fractions }, values, components) {
    const result = new Float32Array(fractions.length * components);
    fractions.forEach((fraction, i) => {
      for (let k = 0; k < components; k++) {
        const a = values[ends[2 * i] * components + k];
        result[i * components + k] = a + fraction * (values[ends[2 * i + 1] * components + k] - a);
      }
    });
    return result;
  }

  // Drawing

  class Shape {
    // Triangles or lines of one property that show numbers in colours, or one colour without any.
    constructor(renderer, properties) {
      this.mapper = vtk.Rendering.Core.vtkMapper.newInstance({
        interpolateScalarsBeforeMapping: true,
        useLookupTableScalarRange: true,
      });
      this.actor = vtk.Rendering.Core.vtkActor.newInstance();
      this.actor.setMapper(this.mapper);
      this.actor.getProperty().set({ lighting: false, ...properties });
      renderer.addActor(this.actor);
      this.hide();
    }

    hide() {
      this.actor.setVisibility(false);
    }

    draw(points, corners, size, values, table) {
      const data = vtk.Common.DataModel.vtkPolyData.newInstance();
      data.getPoints().setData(points, 3);
      const cells = new Uint32Array((corners.length / size) * (size + 1));
      for (let i = 0, k = 0; i < corners.length; i++) {
        if (i % size === 0) cells[k++] = size;
        cells[k++] = corners[i];
      }
      (size === 3 ? data.getPolys() : data.getLines()).setData(cells);
      if (values) {
        const scalars = vtk.Common.Core.vtkDataArray.newInstance({ name: "values", values });
        data.getPointData().setScalars(scalars);
        this.mapper.setLookupTable(table);
      }
      this.mapper.setScalarVisibility(Boolean(values));
      this.mapper.setInputData(data);
      this.actor.setVisibility(corners.length > 0);
    }
  }

  function colourTable(colours, low, high) {
    const table = vtk.Common.Core.vtkLookupTable.newInstance({ numberOfColors: colours.length });
    table.setNanColor([...PALE, 1]);
    table.setMappingRange(low, high);
    table.setTable(colours.map(([r, g, b]) => [r, g, b, 255]));
    return table;
  }

  const hex = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  const faded = (colour) => colour.map((part) => Math.round(255 - 0.4 * (255 - part)));

  class View {
    constructor(packed, bytes) {
      this.packed = packed;
      this.bytes = bytes;
      this.isSpace = packed.dimension === 3;
      this.points = coordinates(bytes, packed.points, packed);
      this.phase = integers(bytes, packed.phases);
      this.cells = integers(bytes, packed.cells);
      this.boundary = integers(bytes, packed.boundary);
      this.facetPoints = coordinates(bytes, packed.facet_points, packed);
      this.facets = integers(bytes, packed.facets);
      this.swatches = packed.swatches.map(hex);
      this.hidden = new Set();
      this.field = packed.fields[0];
      this.state = packed.states.length - 1;
      this.cut = this.isSpace ? { axis: 1, place: packed.cut } : { axis: -1 };
      this.hasOwnScale = false;
      this.open();
    }

    open() {
      this.window = vtk.Rendering.Misc.vtkGenericRenderWindow.newInstance({ background: [1, 1, 1] });
      this.window.setContainer(find("canvas"));
      this.renderer = this.window.getRenderer();
      this.camera = this.renderer.getActiveCamera();
      this.camera.setParallelProjection(true);
      const lit = { lighting: true, ambient: 0.65, diffuse: 0.35 };
      const rear = (properties) => new Shape(this.renderer, properties);
      this.faces = rear(this.isSpace ? lit : {});
      this.cap = rear({});
      this.outlines = rear({ color: INK, lineWidth: 1 });
      this.interfaces = rear(this.isSpace ? lit : { lineWidth: 3 });
      this.box = rear({ color: [0.6, 0.6, 0.6], lineWidth: 1 });
      if (this.isSpace) this.drawBox();
      else this.moveOnly();
      this.plane = vtk.Common.DataModel.vtkPlane.newInstance();
      this.camera.onModified(() => this.drawOverlay());
      this.window.resize();
      this.aim();
    }

    // What is seen

    isShown = (point) => !this.hidden.has(this.phase[point]);

    draw() {
      const known = this.field.values[this.state];
      const numbersOf = known && numbers(this.bytes, known);
      const table = this.table(known);
      const isCut = this.cut.axis >= 0;
      for (const shape of [this.faces, this.cap, this.outlines, this.interfaces]) shape.hide();
      for (const { mapper } of [this.faces, this.interfaces]) {
        mapper.setClippingPlanes(isCut ? [this.plane] : []);
      }
      if (isCut) this.drawCut(this.field.on_facets ? null : numbersOf, table);
      if (!this.isSpace) this.outlines.draw(this.points, this.left(this.boundary, 2, null, this.isShown), 2);
      if (!this.field.on_facets) {
        this.drawFaces(numbersOf, table);
      } else {
        if (known) this.drawInterfaces(numbersOf, table);
        if (this.isSpace) this.cap.hide();
        else this.drawFaces(Float32Array.from(this.phase), this.fadedTable());
      }
      this.drawBar(known);
      this.window.getRenderWindow().render();
    }

    table(known) {
      const [low, high] = this.limits(known);
      return colourTable(this.colours(), low, high);
    }

    fadedTable() {
      return colourTable(this.swatches.map(faded), -0.5, this.swatches.length - 0.5);
    }

    colours() {
      return this.field.colours ? this.packed.colours[this.field.colours].map(hex) : this.swatches;
    }

    limits(known) {
      const { low, high } = this.field;
      if (!this.hasOwnScale || !known || !this.field.colours) return [low, high];
      if (low < 0 && low === -high) { // zero stays in the middle
        const most = Math.max(-known.first, known.last) || high;
        return [-most, most];
      }
      return known.first < known.last ? [known.first, known.last] : [low, high];
    }

    // How far each point lies behind the cut, if there is one
    heights(points) {
      const { axis, place, side } = this.cut;
      return axis < 0 ? null : points.filter((_, i) => i % 3 === axis).map((x) => side * (place - x));
    }

    // Simplices of shown phases that the cut leaves, in part or whole
    left(corners, size, heights, isShown) {
      if (!heights && !this.hidden.size) return corners;
      const stays = (i) => {
        if (!isShown(corners[i])) return false;
        for (let k = i; heights && k < i + size; k++) if (heights[corners[k]] >= 0) return true;
        return !heights;
      };
      const result = [];
      for (let i = 0; i < corners.length; i += size) {
        if (stays(i)) for (let k = i; k < i + size; k++) result.push(corners[k]);
      }
      return result;
    }

    drawFaces(values, table) {
      const corners = this.isSpace ? this.boundary : this.cells;
      const heights = this.heights(this.points);
      this.faces.draw(this.points, this.left(corners, 3, heights, this.isShown), 3, values, table);
    }

    drawInterfaces(values, table) {
      const size = this.packed.dimension;
      const points = new Float32Array(3 * this.facets.length);
      const spread = new Float32Array(this.facets.length);
      this.facets.forEach((point, i) => {
        points.set(this.facetPoints.subarray(3 * point, 3 * point + 3), 3 * i);
        spread[i] = values[Math.floor(i / size)];
      });
      const corners = this.left(Uint32Array.from(spread.keys()), size, this.heights(points), () => true);
      this.interfaces.draw(points, corners, size, spread, table);
    }

    drawCut(values, table) {
      const { axis, place, side } = this.cut;
      this.plane.setOrigin(...AXES.map((_, i) => (i === axis ? place : 0)));
      this.plane.setNormal(...AXES.map((_, i) => (i === axis ? -side : 0)));
      const heights = this.heights(this.points);
      const cap = section(this.cells, 4, heights, this.isShown);
      this.section = { points: mixed(cap, this.points, 3), values: values && mixed(cap, values, 1) };
      this.cap.draw(this.section.points, cap.pieces, 3, this.section.values, table);
      const edges = section(this.boundary, 3, heights, this.isShown);
      const lift = side * 1e-3 * (this.packed.high[axis] - this.packed.low[axis]); // before the cap
      const lines = mixed(edges, this.points, 3).map((x, i) => (i % 3 === axis ? x + lift : x));
      this.outlines.draw(lines, edges.pieces, 2);
    }

    drawBox() {
      const { low, high } = this.packed;
      const points = Float32Array.from({ length: 24 }, (_, i) => ((i / 3) >> i % 3 & 1 ? high : low)[i % 3]);
      const edges = [];
      for (let a = 0; a < 8; a++) for (const bit of [1, 2, 4]) if (!(a & bit)) edges.push(a, a | bit);
      this.box.draw(points, edges, 2);
    }

    // From where it is seen

    aim() {
      const { low, high } = this.packed;
      const middle = low.map((x, i) => (x + high[i]) / 2);
      const eye = unit(this.isSpace ? EYE : [0, 0, 1]);
      const far = 4 * Math.hypot(...high.map((x, i) => x - low[i]));
      this.camera.setFocalPoint(...middle);
      this.camera.setPosition(...middle.map((x, i) => x + far * eye[i]));
      this.camera.setViewUp(...(this.isSpace ? [0, 0, 1] : [0, 1, 0]));
      const { right, up } = this.screen();
      const half = (along) => high.reduce((sum, x, i) => sum + (Math.abs(along[i]) * (x - low[i])) / 2, 0);
      const { clientWidth, clientHeight } = find("canvas");
      this.camera.setParallelScale(1.08 * Math.max(half(up), (half(right) * clientHeight) / clientWidth));
      this.renderer.resetCameraClippingRange();
      this.window.getRenderWindow().render();
    }

    screen() {
      const forwards = this.camera.getDirectionOfProjection();
      const right = unit(cross(forwards, this.camera.getViewUp()));
      return { forwards, right, up: cross(right, forwards) };
    }

    moveOnly() {
      const { Manipulators, Style } = vtk.Interaction;
      const style = Style.vtkInteractorStyleManipulator.newInstance();
      const pan = Manipulators.vtkMouseCameraTrackballPanManipulator.newInstance({ button: 1 });
      const zoom = Manipulators.vtkMouseCameraTrackballZoomToMouseManipulator.newInstance({ scrollEnabled: true });
      style.addMouseManipulator(pan);
      style.addMouseManipulator(zoom);
      style.addGestureManipulator(Manipulators.vtkGestureCameraManipulator.newInstance());
      this.window.getInteractor().setInteractorStyle(style);
    }

    drawOverlay() {
      const height = find("canvas").clientHeight;
      const pixels = height / (2 * this.camera.getParallelScale()); // to the um
      const length = roundLength(find("canvas").clientWidth / 4 / pixels);
      find("length").style.width = `${length * pixels}px`;
      find("length").textContent = `${format(length)} µm`;
      if (!this.isSpace) return;
      const { right, up } = this.screen();
      const parts = AXES.map((name, i) => {
        const [x, y] = [32 * right[i], -32 * up[i]];
        return `<line x2="${x}" y2="${y}"/><text x="${1.3 * x}" y="${1.3 * y}">${name}</text>`;
      });
      find("axes").innerHTML = parts.join("");
    }

    // What is told

    drawBar(known) {
      const { label, caption, colours } = this.field;
      const [low, high] = this.limits(known);
      find("bar").hidden = find("own").parentElement.hidden = !colours;
      find("caption").textContent = caption;
      if (!colours) return;
      find("label").textContent = label;
      find("gradient").style.background = `linear-gradient(90deg, ${this.packed.colours[colours].join(",")})`;
      find("ticks").innerHTML = ticks(low, high)
        .map((x) => `<span style="left:${(100 * (x - low)) / (high - low)}%">${format(x)}</span>`)
        .join("");
      find("range").textContent = known
        ? `In this state from ${format(known.least)} to ${format(known.most)}`
        : "Without a value in this state";
    }
  }

  function roundLength(most) {
    const power = 10 ** Math.floor(Math.log10(most));
    return power * [5, 2, 1].find((factor) => factor * power <= most);
  }

  function ticks(low, high) {
    const step = roundLength((high - low) / 3);
    const first = Math.ceil(low / step - 1e-6);
    const count = Math.floor(high / step + 1e-6) - first + 1;
    return Array.from({ length: count }, (_, i) => (first + i) * step);
  }

  function format(value) {
    const size = Math.abs(value);
    const text = size && (size >= 1e5 || size < 1e-3) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
    return text.replace(/e\+?(-?)(\d+)/, " × 10$1$2").replaceAll("-", "−");
  }

  // What a person can do

  function connect(view) {
    const { packed } = view;
    const option = ({ title }, i) => new Option(title, i);
    find("field").append(...packed.fields.map(option));
    find("field").onchange = ({ target }) => {
      view.field = packed.fields[target.value];
      view.draw();
    };
    const tellState = () => (find("state-name").textContent = packed.states[view.state]);
    Object.assign(find("state"), { max: packed.states.length - 1, value: view.state });
    find("state").parentElement.hidden = packed.states.length < 2;
    find("state").oninput = ({ target }) => {
      view.state = Number(target.value);
      tellState();
      view.draw();
    };
    find("own").onchange = ({ target }) => {
      view.hasOwnScale = target.checked;
      view.draw();
    };
    find("reset").onclick = () => view.aim();
    connectCut(view);
    find("phases").append(...packed.names.map((name, phase) => phaseBox(view, name, phase)));
    holdWheel(find("canvas"));
    tellState();
    view.draw();
  }

  function connectCut(view) {
    const { low, high } = view.packed;
    const choose = (axis) => {
      view.cut.axis = axis;
      find("place").disabled = axis < 0;
      if (axis < 0) return;
      view.cut.side = -Math.sign(view.screen().forwards[axis]) || 1; // what is nearer to the eye goes
      Object.assign(find("place"), { min: low[axis], max: high[axis], step: (high[axis] - low[axis]) / 500 });
    };
    const tell = () => {
      const { axis, place } = view.cut;
      find("place-name").textContent = axis < 0 ? "" : `${AXES[axis]} = ${format(Number(place.toPrecision(3)))} µm`;
    };
    find("cut").parentElement.hidden = !view.isSpace;
    choose(view.cut.axis);
    find("cut").value = view.cut.axis;
    find("place").value = view.cut.place;
    find("cut").onchange = ({ target }) => {
      const axis = Number(target.value);
      choose(axis);
      if (axis >= 0) find("place").value = view.cut.place = (low[axis] + high[axis]) / 2;
      tell();
      view.draw();
    };
    find("place").oninput = ({ target }) => {
      view.cut.place = Number(target.value);
      tell();
      view.draw();
    };
    tell();
  }

  function phaseBox(view, name, phase) {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
    const swatch = document.createElement("i");
    swatch.style.background = view.packed.swatches[phase];
    label.append(box, swatch, name);
    box.onchange = () => {
      if (box.checked) view.hidden.delete(phase);
      else view.hidden.add(phase);
      view.draw();
    };
    return label;
  }

  // The wheel scrolls the page until the view was clicked.
  function holdWheel(canvas) {
    const hold = (event) => document.activeElement === canvas || event.stopImmediatePropagation();
    canvas.addEventListener("wheel", hold, { capture: true });
    canvas.addEventListener("pointerdown", () => canvas.focus({ preventScroll: true }), { capture: true });
  }

  try {
    const script = document.createElement("script");
    script.textContent = new TextDecoder().decode(await inflate("vtk"));
    document.head.append(script);
    const view = new View(JSON.parse(find("header").textContent), await inflate("data"));
    connect(view);
    document.getElementById("view").view = view;
    find("wait").hidden = true;
  } catch (error) {
    find("wait").textContent = `The view cannot be shown in this browser: ${error.message}`;
    throw error;
  }
})();
