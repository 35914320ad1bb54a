// The layers of a network, each a plain function from numbers to numbers.
//
// A value is { data: Float32Array, shape: [height, width, channels], [rows, width] or [length] }.
// Sums are kept in 64 bits and stored in 32, so that they agree with Keras within 0.0001.

export function value(shape, data) {
  return { shape, data: data ?? new Float32Array(shape.reduce((product, size) => product * size, 1)) };
}

// ---- activations ----------------------------------------------------------------------------

const activations = {
  linear: (x) => x,
  relu: (x) => (x > 0 ? x : 0),
  gelu: (x) => 0.5 * x * (1 + errorFunction(x / Math.SQRT2)),
};

export function activate({ shape, data }, name) {
  const f = activations[name];
  return value(shape, name === "linear" ? data : data.map(f));
}

export function sigmoid(x) {
  return 1 / (1 + Math.exp(-x));
}

// Abramowitz and Stegun 7.1.26; it is off by at most 0.00000015.
function errorFunction(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}

export function softmax(scores) {
  let top = -Infinity;
  for (const score of scores) top = Math.max(top, score);
  const powers = new Float64Array(scores); // a copy
  let sum = 0;
  for (let i = 0; i < powers.length; i++) sum += powers[i] = Math.exp(powers[i] - top);
  for (let i = 0; i < powers.length; i++) powers[i] /= sum;
  return powers;
}

// ---- dense ----------------------------------------------------------------------------------

// Each row of the input, times the kernel, plus the bias. kernel: [inputs, units].
export function dense(input, { kernel, bias, activation = "linear" }) {
  const units = bias.data.length;
  const width = kernel.data.length / units;
  const rows = input.data.length / width;
  const output = value([...input.shape.slice(0, -1), units]);
  const sums = new Float64Array(units);
  for (let row = 0; row < rows; row++) {
    sums.set(bias.data);
    addProducts(sums, input.data, row * width, width, kernel.data, 0);
    output.data.set(sums, row * units);
  }
  return activate(output, activation);
}

// To each sum, one per unit: `count` inputs from `first` on, times the unit's weights from `start` on.
// Four inputs at a time, which takes less than half as long as one at a time.
function addProducts(sums, inputs, first, count, weights, start) {
  const units = sums.length;
  let at = start;
  let i = first;
  for (const end = first + count - 3; i < end; i += 4, at += 4 * units) {
    const a = inputs[i];
    const b = inputs[i + 1];
    const c = inputs[i + 2];
    const d = inputs[i + 3];
    if (a === 0 && b === 0 && c === 0 && d === 0) continue; // black paper adds nothing
    const second = at + units;
    const third = second + units;
    const fourth = third + units;
    for (let unit = 0; unit < units; unit++) {
      sums[unit] +=
        a * weights[at + unit] + b * weights[second + unit] + c * weights[third + unit] + d * weights[fourth + unit];
    }
  }
  for (; i < first + count; i++, at += units) {
    const a = inputs[i];
    for (let unit = 0; unit < units; unit++) sums[unit] += a * weights[at + unit];
  }
}

// ---- convolution ----------------------------------------------------------------------------

// Slides the kernel, [height, width, channels, filters], over a picture, [height, width, channels].
export function conv2d(input, { kernel, bias, stride, padding, activation }) {
  const [height, width, channels] = input.shape;
  const [size, , , filters] = kernel.shape;
  const [rows, top] = placement(height, size, stride, padding);
  const [columns, left] = placement(width, size, stride, padding);
  const output = value([rows, columns, filters]);
  const sums = new Float64Array(filters);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (bias) sums.set(bias.data);
      else sums.fill(0);
      const x = column * stride - left;
      const from = Math.max(0, -x); // the part of the kernel's columns that lies in the picture
      const count = (Math.min(size, width - x) - from) * channels;
      for (let ky = 0; ky < size; ky++) {
        const y = row * stride - top + ky;
        if (y < 0 || y >= height) continue;
        const first = (y * width + x + from) * channels;
        addProducts(sums, input.data, first, count, kernel.data, (ky * size + from) * channels * filters);
      }
      output.data.set(sums, (row * columns + column) * filters);
    }
  }
  return activate(output, activation);
}

// How many places a kernel has along one side, and how many pixels are added before the first.
function placement(length, size, stride, padding) {
  if (padding === "valid") return [Math.floor((length - size) / stride) + 1, 0];
  const places = Math.ceil(length / stride);
  const added = Math.max(0, (places - 1) * stride + size - length);
  return [places, Math.floor(added / 2)];
}

// ---- normalisation and pooling --------------------------------------------------------------

// Batch normalisation after training: one factor and one offset a channel.
export function batchNormalization(input, { scale, offset }) {
  const channels = scale.data.length;
  const output = value(input.shape);
  for (let start = 0; start < input.data.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      output.data[start + channel] = input.data[start + channel] * scale.data[channel] + offset.data[channel];
    }
  }
  return output;
}

// Mean 0 and variance 1 over as many numbers as gamma has; then times gamma plus beta.
export function layerNormalization(input, { gamma, beta, epsilon }) {
  const size = gamma.data.length;
  const output = value(input.shape);
  for (let start = 0; start < input.data.length; start += size) {
    let [mean, variance] = [0, 0];
    for (let i = 0; i < size; i++) mean += input.data[start + i] / size;
    for (let i = 0; i < size; i++) variance += (input.data[start + i] - mean) ** 2 / size;
    const scale = 1 / Math.sqrt(variance + epsilon);
    for (let i = 0; i < size; i++) {
      output.data[start + i] = (input.data[start + i] - mean) * scale * gamma.data[i] + beta.data[i];
    }
  }
  return output;
}

// The mean of each channel over all places.
export function globalAveragePooling(input) {
  const channels = input.shape.at(-1);
  const places = input.data.length / channels;
  const sums = new Float64Array(channels);
  input.data.forEach((x, i) => {
    sums[i % channels] += x;
  });
  return value([channels], Float32Array.from(sums, (sum) => sum / places));
}

// ---- recurrence -----------------------------------------------------------------------------

// A gated recurrent unit reads the rows one by one (Cho et al. 2014). Returns its state after each
// row, [rows, units]; `backwards` reads the last row first, and its states stay with their rows.
export function gru(input, { kernel, recurrent_kernel: recurrentKernel, bias }, backwards = false) {
  const [rows, width] = input.shape;
  const units = recurrentKernel.shape[0];
  const states = value([rows, units]);
  const state = new Float32Array(units);
  const fromRow = new Float64Array(3 * units); // for the gates update and reset, and the candidate
  const fromState = new Float64Array(3 * units);
  for (let step = 0; step < rows; step++) {
    const row = backwards ? rows - 1 - step : step;
    fromRow.set(bias.data.subarray(0, 3 * units));
    fromState.set(bias.data.subarray(3 * units));
    addProducts(fromRow, input.data, row * width, width, kernel.data, 0);
    addProducts(fromState, state, 0, units, recurrentKernel.data, 0);
    for (let i = 0; i < units; i++) {
      const update = sigmoid(fromRow[i] + fromState[i]);
      const reset = sigmoid(fromRow[units + i] + fromState[units + i]);
      const candidate = Math.tanh(fromRow[2 * units + i] + reset * fromState[2 * units + i]);
      state[i] = update * state[i] + (1 - update) * candidate;
    }
    states.data.set(state, row * units);
  }
  return states;
}

// Two GRUs, from the top and from the bottom. After each row, or after the last row of each.
export function bidirectionalGru(input, { forward, backward, sequences }) {
  const down = gru(input, forward);
  const up = gru(input, backward, true);
  const [rows, units] = down.shape;
  if (!sequences) {
    const last = (rows - 1) * units;
    return value([2 * units], Float32Array.of(...down.data.subarray(last), ...up.data.subarray(0, units)));
  }
  const output = value([rows, 2 * units]);
  for (let row = 0; row < rows; row++) {
    output.data.set(down.data.subarray(row * units, (row + 1) * units), row * 2 * units);
    output.data.set(up.data.subarray(row * units, (row + 1) * units), (row * 2 + 1) * units);
  }
  return output;
}

// ---- attention ------------------------------------------------------------------------------

// Each row asks all rows a question, and takes a mixture of their answers (Vaswani et al. 2017).
// `onWeights`, where given, gets the [heads, rows, rows] weights of the mixtures.
export function attention(input, { heads, query, key, value: values, output }, onWeights) {
  const [queries, keys, answers] = [query, key, values].map((weights) => dense(input, weights));
  const [rows, width] = queries.shape;
  const size = width / heads;
  const mixed = value([rows, width]);
  const weights = value([heads, rows, rows]);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < rows; row++) {
      const shares = softmax(agreements(queries, keys, row, head * size, size));
      weights.data.set(shares, (head * rows + row) * rows);
      addMixture(mixed, answers, shares, row, head * size, size);
    }
  }
  onWeights?.(weights);
  return dense(mixed, output);
}

// How well the question of one row fits the key of each row, for one head: `size` columns.
function agreements({ data: queries, shape: [rows, width] }, { data: keys }, row, column, size) {
  const scores = new Float64Array(rows);
  const question = row * width + column;
  for (let other = 0; other < rows; other++) {
    const key = other * width + column;
    let product = 0;
    for (let i = 0; i < size; i++) product += queries[question + i] * keys[key + i];
    scores[other] = product / Math.sqrt(size);
  }
  return scores;
}

// To one row of `mixed`: the answers of all rows, each as much as its share.
function addMixture({ data: mixed, shape: [rows, width] }, { data: answers }, shares, row, column, size) {
  const sums = new Float64Array(size);
  for (let other = 0; other < rows; other++) {
    const share = shares[other];
    const answer = other * width + column;
    for (let i = 0; i < size; i++) sums[i] += share * answers[answer + i];
  }
  mixed.set(sums, row * width + column);
}

export function add(left, right) {
  return value(left.shape, left.data.map((x, i) => x + right.data[i]));
}
