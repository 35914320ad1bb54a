// The changes of a picture that the sliders make. The same formulas are in
// worker/recognition/evaluation/changes.py, which measures the networks with them.
//
// A picture is a Float32Array of 784, 0..1, white ink on black, row by row.

export const SIDE = 28;
const MIDDLE = (SIDE - 1) / 2;

export const NO_CHANGE = {
  turn: 0, // degrees, clockwise
  right: 0, // pixels
  down: 0, // pixels
  slant: 0, // pixels to the right for each pixel upwards
  thicken: 0, // pixels of outline; below 0 it thins
  blur: 0, // pixels, standard deviation of a Gaussian
  noise: 0, // standard deviation, of a range of ink of 1
  erase: 0, // pixels, the side of a black square in the middle
  bar: 0, // pixels, the height of a white bar through the middle
};

export function changed(picture, change) {
  const { turn, right, down, slant, thicken, blur, noise, erase, bar } = { ...NO_CHANGE, ...change };
  let ink = picture;
  if (turn || right || down || slant) ink = moved(ink, { turn, right, down, slant });
  if (thicken) ink = thickened(ink, thicken);
  if (erase) ink = filled(ink, { width: erase, height: erase, value: 0 });
  if (bar) ink = filled(ink, { width: SIDE, height: bar, value: 1 });
  if (blur) ink = blurred(ink, blur);
  if (noise) ink = withNoise(ink, noise);
  return ink;
}

// For each pixel of the result, the place in the picture that it comes from, between four pixels.
function moved(ink, { turn, right, down, slant }) {
  const angle = (turn * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return mapped((x, y) => {
    const [dx, dy] = [x - MIDDLE - right, y - MIDDLE - down];
    const [unturnedX, unturnedY] = [cos * dx + sin * dy, cos * dy - sin * dx];
    return between(ink, unturnedX + slant * unturnedY + MIDDLE, unturnedY + MIDDLE);
  });
}

function between(ink, x, y) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [across, along] = [x - left, y - top];
  const upper = (1 - across) * at(ink, left, top) + across * at(ink, left + 1, top);
  const lower = (1 - across) * at(ink, left, top + 1) + across * at(ink, left + 1, top + 1);
  return (1 - along) * upper + along * lower;
}

// Each step takes the brightest, or the darkest, of a pixel and its four neighbours.
function thickened(ink, pixels) {
  const choose = pixels > 0 ? Math.max : Math.min;
  const step = (from) =>
    mapped((x, y) =>
      choose(at(from, x, y), at(from, x - 1, y), at(from, x + 1, y), at(from, x, y - 1), at(from, x, y + 1)),
    );
  let [result, left] = [ink, Math.abs(pixels)];
  for (; left >= 1; left--) result = step(result);
  if (left === 0) return result;
  const next = step(result);
  return result.map((value, i) => (1 - left) * value + left * next[i]);
}

// A rectangle in the middle; a pixel that it covers in part changes in part.
function filled(ink, { width, height, value }) {
  const covered = (place, size) =>
    Math.max(0, Math.min(place + 0.5, MIDDLE + size / 2) - Math.max(place - 0.5, MIDDLE - size / 2));
  return mapped((x, y) => {
    const share = covered(x, width) * covered(y, height);
    return (1 - share) * at(ink, x, y) + share * value;
  });
}

function blurred(ink, deviation) {
  const reach = Math.ceil(3 * deviation);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const mean = (pixel) => weights.reduce((total, weight, i) => total + (weight / sum) * pixel(i - reach), 0);
  const across = mapped((x, y) => mean((offset) => at(ink, x + offset, y)));
  return mapped((x, y) => mean((offset) => at(across, x, y + offset)));
}

// The same noise every time, so that a slider can go back and forth.
function withNoise(ink, deviation) {
  const random = randomNumbers(2026);
  return ink.map((value) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.min(1, Math.max(0, value + deviation * normal));
  });
}

// Mulberry32: numbers in 0..1 that look random, from a seed.
export function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function at(ink, x, y) {
  return x >= 0 && x < SIDE && y >= 0 && y < SIDE ? ink[y * SIDE + x] : 0;
}

function mapped(pixel) {
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => pixel(i % SIDE, Math.floor(i / SIDE)));
}
