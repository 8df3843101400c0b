// Reading what report/interactive/packing.py has packed.

const find = (name) => document.getElementById(`view-${name}`);

async function inflate(name) {
  const bytes = Uint8Array.from(atob(find(name).textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Rows of integers, one row after the other.
function integers(bytes, { start, rows, columns }) {
  const count = rows * columns;
  const values = new Int32Array(count);
  const byte = (i, plane) => bytes[start + i + plane * count] << (8 * plane);
  for (let column = 0, i = 0; column < columns; column++) {
    for (let row = 0, value = 0; row < rows; row++, i++) {
      value += byte(i, 0) | byte(i, 1) | byte(i, 2) | byte(i, 3);
      values[row * columns + column] = value;
    }
  }
  return values;
}

// Numbers; NaN where there is none.
function numbers(bytes, { start, count, first, last, levels }) {
  const values = new Float32Array(count);
  for (let i = 0, code = 0; i < count; i++) {
    code = (code + bytes[start + i]) & 255;
    values[i] = code > levels ? NaN : first + (code * (last - first)) / levels;
  }
  return values;
}

// Coordinates in um, of one point after the other.
function coordinates(bytes, kept, { low, high, steps }) {
  const scale = low.map((x, axis) => (high[axis] - x) / steps);
  return Float32Array.from(integers(bytes, kept), (step, i) => low[i % 3] + step * scale[i % 3]);
}
