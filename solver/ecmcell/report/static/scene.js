// What vtk.js draws: shapes in colours, seen in parallel projection.

const AXES = ["x", "y", "z"];
const EYE = [-0.35, -1, 0.45]; // from where a block is seen at first, as in the figures
const INK = [0.13, 0.13, 0.13];
const GREY = [0.6, 0.6, 0.6];
const PALE = [0.925, 0.925, 0.925]; // without a value
const LIT = { lighting: true, ambient: 0.65, diffuse: 0.35 };
const MARGIN = 1.08;

const cross = (a, b) => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const unit = (a) => a.map((x) => x / Math.hypot(...a));

// Triangles or lines in colours by values on their points, or in one colour.
class Shape {
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
    const counted = new Uint32Array((corners.length / size) * (size + 1)).fill(size);
    for (let i = 0; i < corners.length; i++) counted[i + Math.floor(i / size) + 1] = corners[i];
    (size === 3 ? data.getPolys() : data.getLines()).setData(counted);
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

// Colours, each [red, green, blue] up to 255, for values from low to high.
function colourTable(colours, low, high) {
  const table = vtk.Common.Core.vtkLookupTable.newInstance({ numberOfColors: colours.length });
  table.setNanColor([...PALE, 1]);
  table.setMappingRange(low, high);
  table.setTable(colours.map((colour) => [...colour, 255]));
  return table;
}

class Scene {
  constructor(element, { dimension, low, high }) {
    Object.assign(this, { element, low, high, isSpace: dimension === 3 });
    this.window = vtk.Rendering.Misc.vtkGenericRenderWindow.newInstance({ background: [1, 1, 1] });
    this.window.setContainer(element);
    this.renderer = this.window.getRenderer();
    this.camera = this.renderer.getActiveCamera();
    this.camera.setParallelProjection(true);
    const shape = (properties) => new Shape(this.renderer, properties);
    this.faces = shape(this.isSpace ? LIT : {});
    this.interfaces = shape(this.isSpace ? LIT : { lineWidth: 3 });
    this.cap = shape({});
    this.outlines = shape({ color: INK });
    this.plane = vtk.Common.DataModel.vtkPlane.newInstance();
    if (this.isSpace) this.drawBox(shape({ color: GREY }));
    else this.moveOnly();
    this.window.resize();
    this.aim();
  }

  // Cut off what is before a plane across an axis; everything is whole again without one.
  clip({ axis, place, side }) {
    this.plane.setOrigin(...AXES.map((_, i) => (i === axis ? place : 0)));
    this.plane.setNormal(...AXES.map((_, i) => (i === axis ? -side : 0)));
    for (const shape of [this.faces, this.interfaces]) {
      shape.mapper.setClippingPlanes(axis < 0 ? [] : [this.plane]);
    }
  }

  clear() {
    for (const shape of [this.faces, this.interfaces, this.cap, this.outlines]) shape.hide();
  }

  render() {
    this.window.getRenderWindow().render();
  }

  // Look at everything from where it is seen at first.
  aim() {
    const size = this.high.map((x, i) => x - this.low[i]);
    const middle = this.low.map((x, i) => x + size[i] / 2);
    const eye = unit(this.isSpace ? EYE : [0, 0, 1]);
    this.camera.setFocalPoint(...middle);
    this.camera.setPosition(...middle.map((x, i) => x + 4 * Math.hypot(...size) * eye[i]));
    this.camera.setViewUp(...(this.isSpace ? [0, 0, 1] : [0, 1, 0]));
    const { right, up } = this.screen();
    const half = (way) => size.reduce((sum, x, i) => sum + (Math.abs(way[i]) * x) / 2, 0);
    const { clientWidth, clientHeight } = this.element;
    const fitting = Math.max(half(up), (half(right) * clientHeight) / clientWidth);
    this.camera.setParallelScale(MARGIN * fitting);
    this.renderer.resetCameraClippingRange();
    this.render();
  }

  // Directions to the right of the screen, up and into it.
  screen() {
    const into = this.camera.getDirectionOfProjection();
    const right = unit(cross(into, this.camera.getViewUp()));
    return { into, right, up: cross(right, into) };
  }

  // Pixels to the um.
  scale() {
    return this.element.clientHeight / (2 * this.camera.getParallelScale());
  }

  drawBox(box) {
    const corners = [0, 1, 2, 3, 4, 5, 6, 7];
    const at = (corner) => AXES.map((_, axis) => ((corner >> axis) & 1 ? this.high : this.low)[axis]);
    const from = (corner) => [1, 2, 4].filter((bit) => !(corner & bit)).flatMap((bit) => [corner, corner | bit]);
    box.draw(Float32Array.from(corners.flatMap(at)), corners.flatMap(from), 2);
  }

  // A plane is moved by dragging, not turned.
  moveOnly() {
    const { Manipulators, Style } = vtk.Interaction;
    const style = Style.vtkInteractorStyleManipulator.newInstance();
    const { vtkMouseCameraTrackballPanManipulator: Pan } = Manipulators;
    const { vtkMouseCameraTrackballZoomToMouseManipulator: Zoom } = Manipulators;
    style.addMouseManipulator(Pan.newInstance({ button: 1 }));
    style.addMouseManipulator(Zoom.newInstance({ scrollEnabled: true }));
    style.addGestureManipulator(Manipulators.vtkGestureCameraManipulator.newInstance());
    this.window.getInteractor().setInteractorStyle(style);
  }
}
