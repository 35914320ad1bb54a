// Loads the networks: the manifest of their steps, and one binary file with all weights.

const BYTES = { float16: 2, float32: 4 }; // of a weight

export async function loadNetworks({ manifest, weights }) {
  const [{ networks }, buffer] = await Promise.all([
    fetched(manifest).then((response) => response.json()),
    fetched(weights).then((response) => response.arrayBuffer()),
  ]);
  return networks.map((network) => ({ ...network, steps: network.steps.map((step) => withWeights(step, buffer)) }));
}

// One network by its name; only its part of the weights is fetched.
export async function loadNetwork(name, { manifest, weights }) {
  const { networks } = await (await fetched(manifest)).json();
  const network = networks.find((one) => one.name === name);
  const places = network.steps.flatMap(placesOf);
  const from = Math.min(...places.map(([offset]) => offset));
  const to = Math.max(...places.map(([, end]) => end));
  const response = await fetched(weights, { Range: `bytes=${from}-${to - 1}` });
  const isPart = response.status === 206; // a server may send the whole file instead
  const buffer = await response.arrayBuffer();
  return { ...network, steps: network.steps.map((step) => withWeights(step, buffer, isPart ? from : 0)) };
}

// Where the weights of a step are in the file: the first byte of each, and the one after its last.
function placesOf(part) {
  if (!part || typeof part !== "object") return [];
  if (part.offset !== undefined && part.type) return [[part.offset, part.offset + count(part) * BYTES[part.type]]];
  return Object.values(part).flatMap(placesOf);
}

async function fetched(address, headers = {}) {
  const response = await fetch(address, { headers });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response;
}

// The step with arrays in place of the places of its weights in the file. `start` is the place of the
// buffer's first byte in the file.
function withWeights(step, buffer, start = 0) {
  return Object.fromEntries(
    Object.entries(step).map(([name, part]) => {
      if (part?.offset !== undefined && part.type) return [name, { shape: part.shape, data: read(part, buffer, start) }];
      const isGroup = part && typeof part === "object" && !Array.isArray(part);
      return [name, isGroup ? withWeights(part, buffer, start) : part];
    }),
  );
}

function read(part, buffer, start) {
  const place = [buffer, part.offset - start, count(part)];
  if (part.type === "float32") return new Float32Array(...place);
  return Float32Array.from(new Uint16Array(...place), halfToNumber);
}

function count({ shape }) {
  return shape.reduce((product, size) => product * size, 1);
}

// One sign bit, five bits of exponent, ten of fraction (IEEE 754 binary16).
function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
