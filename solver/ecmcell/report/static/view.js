// The interactive view of a report: what was chosen, drawn by the scene and told beside it.

const rgb = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
const faded = (colour) => colour.map((part) => Math.round(255 - 0.4 * (255 - part)));

class View {
  constructor(packed, bytes) {
    this.packed = packed;
    this.bytes = bytes;
    this.scene = new Scene(find("canvas"), packed);
    this.points = coordinates(bytes, packed.points, packed);
    this.phase = integers(bytes, packed.phases);
    this.cells = integers(bytes, packed.cells);
    this.boundary = integers(bytes, packed.boundary);
    this.facetPoints = coordinates(bytes, packed.facet_points, packed);
    this.facets = integers(bytes, packed.facets);
    this.field = packed.fields[0];
    this.state = packed.states.length - 1;
    this.cut = { axis: this.scene.isSpace ? 1 : -1, place: packed.cut, side: 1 };
    this.hidden = new Set();
    this.hasOwnScale = false;
    this.scene.camera.onModified(() => this.tellScale());
    this.tellScale();
  }

  draw() {
    const { scene, field } = this;
    const known = field.values[this.state];
    const values = known && numbers(this.bytes, known);
    const table = colourTable(this.colours().map(rgb), ...this.limits(known));
    scene.clear();
    scene.clip(this.cut);
    if (!field.on_facets) this.drawBodies(values, table);
    else this.drawInterfaces(values, table);
    this.drawOutlines();
    this.tellColours(known);
    scene.render();
  }

  drawBodies(values, table) {
    const { scene, points, isShown } = this;
    const heights = this.heights(points);
    const faces = remaining(scene.isSpace ? this.boundary : this.cells, 3, heights, isShown);
    scene.faces.draw(points, faces, 3, values, table);
    if (!heights) return;
    const cap = section(this.cells, 4, heights, isShown);
    this.section = { points: between(cap, points, 3), values: values && between(cap, values, 1) };
    scene.cap.draw(this.section.points, cap.pieces, 3, this.section.values, table);
  }

  // Interfaces have a value each; in a plane they lie over the phases.
  drawInterfaces(values, table) {
    const { scene, phase } = this;
    if (values) {
      const size = this.packed.dimension;
      const points = new Float32Array(3 * this.facets.length);
      this.facets.forEach((point, i) => {
        points.set(this.facetPoints.subarray(3 * point, 3 * point + 3), 3 * i);
      });
      const spread = Float32Array.from(this.facets, (_, i) => values[Math.floor(i / size)]);
      const every = Int32Array.from(spread.keys());
      const corners = remaining(every, size, this.heights(points), () => true);
      scene.interfaces.draw(points, corners, size, spread, table);
    }
    if (!scene.isSpace) {
      const swatches = this.packed.swatches.map(rgb).map(faded);
      const behind = colourTable(swatches, -0.5, swatches.length - 0.5);
      this.drawBodies(Float32Array.from(phase), behind);
    }
  }

  // Edges of the phases, on the cut or in the plane.
  drawOutlines() {
    const { scene, points, isShown } = this;
    const heights = this.heights(points);
    if (!scene.isSpace) {
      if (this.field.on_facets) return; // these lie there
      scene.outlines.draw(points, remaining(this.boundary, 2, null, isShown), 2);
    } else if (heights) {
      const { axis, side } = this.cut;
      const edges = section(this.boundary, 3, heights, isShown);
      const lift = side * 1e-3 * (this.packed.high[axis] - this.packed.low[axis]); // before the cap
      const lifted = between(edges, points, 3).map((x, i) => (i % 3 === axis ? x + lift : x));
      scene.outlines.draw(lifted, edges.pieces, 2);
    }
  }

  isShown = (point) => !this.hidden.has(this.phase[point]);

  // How far each point lies behind the cut; null without one.
  heights(points) {
    const { axis, place, side } = this.cut;
    if (axis < 0) return null;
    return Float32Array.from({ length: points.length / 3 }, (_, i) => side * (place - points[3 * i + axis]));
  }

  colours() {
    return this.field.colours ? this.packed.colours[this.field.colours] : this.packed.swatches;
  }

  limits(known) {
    const { low, high, colours } = this.field;
    if (!this.hasOwnScale || !known || !colours || known.first === known.last) return [low, high];
    if (low !== -high) return [known.first, known.last];
    const most = Math.max(Math.abs(known.first), Math.abs(known.last)); // zero stays in the middle
    return [-most, most];
  }

  tellColours(known) {
    const { label, caption, colours } = this.field;
    const [low, high] = this.limits(known);
    find("bar").hidden = find("own").parentElement.hidden = !colours;
    find("caption").textContent = caption;
    find("label").textContent = label;
    find("gradient").style.background = `linear-gradient(90deg, ${this.colours()})`;
    const tick = (x) => `<span style="left:${(100 * (x - low)) / (high - low)}%">${format(x)}</span>`;
    find("ticks").innerHTML = ticks(low, high).map(tick).join("");
    find("range").textContent = known
      ? `In this state from ${format(known.least)} to ${format(known.most)}`
      : "Without a value in this state";
  }

  tellScale() {
    const scale = this.scene.scale();
    const length = roundLength(this.scene.element.clientWidth / 4 / scale);
    find("length").style.width = `${length * scale}px`;
    find("length").textContent = `${format(length)} µm`;
    if (!this.scene.isSpace) return;
    const { right, up } = this.scene.screen();
    const arm = (name, i) => {
      const [x, y] = [32 * right[i], -32 * up[i]];
      return `<line x2="${x}" y2="${y}"/><text x="${1.3 * x}" y="${1.3 * y}">${name}</text>`;
    };
    find("axes").innerHTML = AXES.map(arm).join("");
  }
}

// The largest of 1, 2 and 5 times a power of ten that is not above.
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
  const isPlain = size === 0 || (size >= 1e-3 && size < 1e5);
  const text = isPlain ? String(Number(value.toPrecision(4))) : value.toExponential(2);
  return text.replace(/e\+?/, " × 10^").replaceAll("-", "−");
}

function connect(view) {
  const { packed } = view;
  const change = (name, event, act) => {
    find(name).addEventListener(event, ({ target }) => {
      act(target);
      tell();
      view.draw();
    });
  };
  const tell = () => {
    find("state-name").textContent = packed.states[view.state];
    const { axis, place } = view.cut;
    find("place").disabled = axis < 0;
    find("place-name").textContent = axis < 0 ? "" : `${AXES[axis]} = ${format(Number(place.toPrecision(3)))} µm`;
  };
  find("field").append(...packed.fields.map(({ title }, i) => new Option(title, i)));
  change("field", "change", ({ value }) => (view.field = packed.fields[value]));
  find("state").max = find("state").value = view.state;
  find("state").parentElement.hidden = packed.states.length < 2;
  change("state", "input", ({ value }) => (view.state = Number(value)));
  change("own", "change", ({ checked }) => (view.hasOwnScale = checked));
  find("cut").parentElement.hidden = !view.scene.isSpace;
  find("cut").value = view.cut.axis;
  if (view.scene.isSpace) cutAcross(view, view.cut.axis, packed.cut);
  change("cut", "change", ({ value }) => cutAcross(view, Number(value)));
  change("place", "input", ({ value }) => (view.cut.place = Number(value)));
  find("phases").append(...packed.names.map((name, phase) => phaseBox(view, name, phase)));
  find("reset").addEventListener("click", () => view.scene.aim());
  holdWheel(find("canvas"));
  tell();
  view.draw();
}

// Cut across an axis, in the middle if no place is given; what is nearer to the eye goes.
function cutAcross(view, axis, place) {
  const { low, high } = view.packed;
  view.cut.axis = axis;
  if (axis < 0) return;
  view.cut.side = view.scene.screen().into[axis] > 0 ? -1 : 1;
  view.cut.place = place ?? (low[axis] + high[axis]) / 2;
  const range = { min: low[axis], max: high[axis], step: (high[axis] - low[axis]) / 500 };
  Object.assign(find("place"), range, { value: view.cut.place });
}

function phaseBox(view, name, phase) {
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
  const swatch = document.createElement("i");
  swatch.style.background = view.packed.swatches[phase];
  label.append(box, swatch, name);
  box.addEventListener("change", () => {
    view.hidden[box.checked ? "delete" : "add"](phase);
    view.draw();
  });
  return label;
}

// The wheel scrolls the page until the view was clicked.
function holdWheel(canvas) {
  const hold = (event) => document.activeElement === canvas || event.stopImmediatePropagation();
  canvas.addEventListener("wheel", hold, { capture: true });
  const focus = () => canvas.focus({ preventScroll: true });
  canvas.addEventListener("pointerdown", focus, { capture: true });
}

try {
  if (!document.createElement("canvas").getContext("webgl2")) throw new Error("it has no WebGL 2.");
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
