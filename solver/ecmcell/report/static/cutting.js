// Cutting simplices along a plane. Corners are numbers of points, `size` of them a simplex, one
// after the other; heights say how far each point lies behind the plane.

// What a plane cuts out of simplices, as simplices of one corner less: each of their points lies
// between two ends, at a fraction of the way from the first to the second.
function section(corners, size, heights, isShown) {
  const ends = [];
  const fractions = [];
  const pieces = [];
  const crossing = (a, b) => {
    ends.push(a, b);
    return fractions.push(heights[a] / (heights[a] - heights[b])) - 1;
  };
  for (let i = 0; i < corners.length; i += size) {
    let count = 0;
    for (let k = i; k < i + size; k++) count += heights[corners[k]] >= 0;
    if (count === 0 || count === size || !isShown(corners[i])) continue;
    const all = Array.from(corners.subarray(i, i + size));
    const behind = all.filter((corner) => heights[corner] >= 0);
    const before = all.filter((corner) => heights[corner] < 0);
    if (size === 4 && count === 2) {
      const around = [[0, 0], [0, 1], [1, 1], [1, 0]];
      const [p, q, r, s] = around.map(([a, b]) => crossing(behind[a], before[b]));
      pieces.push(p, q, r, p, r, s);
    } else {
      for (const a of behind) for (const b of before) pieces.push(crossing(a, b));
    }
  }
  return { ends, fractions, pieces };
}

// Values on the points of a section, of so many components each.
function between({ ends, fractions }, values, components) {
  const result = new Float32Array(fractions.length * components);
  for (let i = 0; i < result.length; i++) {
    const [point, component] = [Math.floor(i / components), i % components];
    const first = values[ends[2 * point] * components + component];
    const second = values[ends[2 * point + 1] * components + component];
    result[i] = first + fractions[point] * (second - first);
  }
  return result;
}

// The simplices that are shown and not wholly before the plane; heights are null without a plane.
function remaining(corners, size, heights, isShown) {
  const result = [];
  for (let i = 0; i < corners.length; i += size) {
    const simplex = corners.subarray(i, i + size);
    if (isShown(simplex[0]) && (!heights || simplex.some((corner) => heights[corner] >= 0))) {
      result.push(...simplex);
    }
  }
  return result;
}
