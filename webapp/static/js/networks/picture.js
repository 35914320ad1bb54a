// Pictures of 28×28 pixels: a Float32Array of 784, 0..1, white ink on black, row by row.

import { SIDE } from "./transforms.js";

const BOX = 20; // MNIST's digits are 20 pixels on their longest side
const DARK = 127; // the lightest level of ink, of 255
const LEVELS = 15; // of a pixel in a link: four bits

export function emptyPicture() {
  return new Float32Array(SIDE * SIDE);
}

// Paints the picture onto a canvas of 28×28 pixels, which CSS enlarges.
export function paint(canvas, ink) {
  const image = new ImageData(SIDE, SIDE);
  ink.forEach((value, i) => image.data.set([value * 255, value * 255, value * 255, 255], i * 4));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// The picture of an <img>, or a part of it that starts at x and y.
export async function pictureOf(image, x = 0, y = 0) {
  await image.decode();
  const context = scratch(SIDE, SIDE);
  context.drawImage(image, x, y, SIDE, SIDE, 0, 0, SIDE, SIDE);
  return redOf(context.getImageData(0, 0, SIDE, SIDE)).map((level) => level / 255);
}

// All pictures of a file that holds them side by side, `columns` in a row.
export async function picturesOf(image, { columns, count }) {
  await image.decode();
  const context = scratch(image.naturalWidth, image.naturalHeight);
  context.drawImage(image, 0, 0);
  return Array.from({ length: count }, (_, i) => {
    const [x, y] = [(i % columns) * SIDE, Math.floor(i / columns) * SIDE];
    return redOf(context.getImageData(x, y, SIDE, SIDE)).map((level) => level / 255);
  });
}

function scratch(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  return canvas.getContext("2d", { willReadFrequently: true });
}

function redOf(imageData) {
  return Float32Array.from({ length: imageData.data.length / 4 }, (_, i) => imageData.data[i * 4]);
}

// Black strokes on a white canvas in MNIST's format: the longest side shrunk to 20 pixels, and the
// centre of mass in the middle, to the nearest whole pixel.
export function fromDrawing(canvas) {
  const drawing = levelsOf(canvas);
  const box = boundingBox(drawing, 0, drawing.width);
  return box ? inMnistFormat(drawing, box) : emptyPicture();
}

// The digits of a drawing from left to right, wherever a column without ink parts them. Each has the
// box of its ink in the canvas, and its picture in MNIST's format.
export function digitsOf(canvas) {
  const drawing = levelsOf(canvas);
  return inkedColumns(drawing).map(([from, to]) => {
    const box = boundingBox(drawing, from, to);
    return { box, picture: inMnistFormat(drawing, box) };
  });
}

function levelsOf(canvas) {
  const { width, height } = canvas;
  return { levels: redOf(canvas.getContext("2d").getImageData(0, 0, width, height)), width, height };
}

// The runs of columns that hold ink: the first column of each, and the one after its last.
function inkedColumns({ levels, width }) {
  const hasInk = new Array(width + 1).fill(false);
  levels.forEach((level, i) => {
    if (level <= DARK) hasInk[i % width] = true;
  });
  const runs = [];
  hasInk.forEach((inked, x) => {
    if (inked && !hasInk[x - 1]) runs.push([x, x]);
    if (!inked && hasInk[x - 1]) runs.at(-1)[1] = x;
  });
  return runs;
}

function inMnistFormat({ levels, width }, box) {
  const scale = BOX / Math.max(box.width, box.height);
  const [columns, rows] = [box.width, box.height].map((side) => Math.max(1, Math.round(side * scale)));
  const small = Array.from({ length: rows * columns }, (_, i) => {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    return 1 - meanLevel(levels, width, box, { column, row, columns, rows }) / 255;
  });
  return centred(small, rows, columns);
}

// Of the ink in the columns `from` to `to`, the last not included; null where there is none.
function boundingBox({ levels, width, height }, from, to) {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let i = 0; i < levels.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (levels[i] > DARK || x < from || x >= to) continue;
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

function meanLevel(levels, width, box, { column, row, columns, rows }) {
  const [fromX, toX] = range(column, columns, box.width);
  const [fromY, toY] = range(row, rows, box.height);
  let sum = 0;
  for (let y = fromY; y < toY; y++) {
    for (let x = fromX; x < toX; x++) sum += levels[(box.top + y) * width + box.left + x];
  }
  return sum / ((toX - fromX) * (toY - fromY));
}

// The pixels of a side of `length` that fall into part `index` of `parts`; at least one.
function range(index, parts, length) {
  const from = Math.min(length - 1, Math.floor((index * length) / parts));
  return [from, Math.max(from + 1, Math.min(length, Math.round(((index + 1) * length) / parts)))];
}

function centred(small, rows, columns) {
  let [mass, acrossMass, downMass] = [0, 0, 0];
  small.forEach((ink, i) => {
    mass += ink;
    acrossMass += ink * (i % columns);
    downMass += ink * Math.floor(i / columns);
  });
  const within = (start, length) => Math.min(Math.max(start, 0), SIDE - length);
  const left = within(Math.round(SIDE / 2 - acrossMass / mass), columns);
  const top = within(Math.round(SIDE / 2 - downMass / mass), rows);
  const picture = emptyPicture();
  small.forEach((ink, i) => {
    picture[(top + Math.floor(i / columns)) * SIDE + left + (i % columns)] = ink;
  });
  return picture;
}

// The picture as text for the address of a page: two pixels a byte, in base64 without padding.
export function toText(ink) {
  let bytes = "";
  for (let i = 0; i < ink.length; i += 2) {
    bytes += String.fromCharCode((Math.round(ink[i] * LEVELS) << 4) | Math.round(ink[i + 1] * LEVELS));
  }
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// The picture in such a text; null for a text that holds none.
export function fromText(text) {
  try {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    if (bytes.length !== (SIDE * SIDE) / 2) return null;
    return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
      const byte = bytes.charCodeAt(i >> 1);
      return (i % 2 ? byte & LEVELS : byte >> 4) / LEVELS;
    });
  } catch {
    return null;
  }
}
