// Loads the networks: the manifest of their steps, and one binary file with all weights.

export async function loadNetworks({ manifest, weights }) {
  const [{ networks }, buffer] = await Promise.all([
    fetched(manifest).then((response) => response.json()),
    fetched(weights).then((response) => response.arrayBuffer()),
  ]);
  return networks.map((network) => ({ ...network, steps: network.steps.map((step) => withWeights(step, buffer)) }));
}

async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response;
}

// The step with arrays in place of the places of its weights in the file.
function withWeights(step, buffer) {
  return Object.fromEntries(
    Object.entries(step).map(([name, part]) => {
      if (part?.offset !== undefined && part.type) return [name, { shape: part.shape, data: read(part, buffer) }];
      const isGroup = part && typeof part === "object" && !Array.isArray(part);
      return [name, isGroup ? withWeights(part, buffer) : part];
    }),
  );
}

function read({ offset, shape, type }, buffer) {
  const length = shape.reduce((product, size) => product * size, 1);
  if (type === "float32") return new Float32Array(buffer, offset, length);
  return Float32Array.from(new Uint16Array(buffer, offset, length), halfToNumber);
}

// One sign bit, five bits of exponent, ten of fraction (IEEE 754 binary16).
function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
