// Draws numbers as pictures: grey for values, red and blue for weights.

const RED = [190, 40, 50];
const BLUE = [30, 95, 165];

// Values from 0 up, the largest one white.
export function paintValues(canvas, values, width, largest = Math.max(...values, 1e-9)) {
  paintPixels(canvas, width, values.length / width, (i) => Array(3).fill((255 * Math.max(0, values[i])) / largest));
}

// Positive numbers red, negative ones blue, zero white.
export function paintWeights(canvas, weights, width) {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-9);
  paintPixels(canvas, width, weights.length / width, (i) => {
    const share = Math.abs(weights[i]) / largest;
    const colour = weights[i] > 0 ? RED : BLUE;
    return colour.map((channel) => 255 + (channel - 255) * share);
  });
}

function paintPixels(canvas, width, height, colour) {
  Object.assign(canvas, { width, height });
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([...colour(i), 255], i * 4);
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// A new canvas with words, in a list item.
export function pictureItem(label) {
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  canvas.className = "cell";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  item.append(canvas);
  return { item, canvas };
}
