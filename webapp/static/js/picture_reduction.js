// Reduces a photo before it is sent, turns and crops it. A small picture is sent as it is.

const LONGEST_SIDE = 2000; // pixels; Cifra reads no finer detail
const SMALLER_SIDE = 1600; // for a photo that is large even so
const ENOUGH_BYTES = 270_000; // three seconds at 750 kbit/s
const QUALITIES = [0.85, 0.75];
const WHOLE = { left: 0, top: 0, right: 1, bottom: 1 };

// The file itself, or a smaller copy of it. `turns` are clockwise quarter turns; `crop` has the
// sides of the part to send, 0..1 of the turned picture's width and height.
export async function reduced(file, { turns = 0, crop = null, original = false } = {}) {
  const isChanged = turns || crop;
  if (original && !isChanged) return file;
  const bitmap = await opened(file);
  if (!bitmap) return file; // a format that this browser does not open; the server does
  const longest = longestSide(bitmap, turns, crop);
  if (longest <= LONGEST_SIDE && !isChanged) return file;
  const side = original ? longest : Math.min(longest, LONGEST_SIDE);
  const canvas = drawn(bitmap, side, turns, crop);
  const isLossless = longest <= LONGEST_SIDE || hasTransparency(canvas);
  const copy = isLossless ? await encoded(canvas, "image/png") : await photo(bitmap, canvas, turns, crop);
  bitmap.close();
  return isChanged || copy.size < file.size ? copy : file;
}

// A small canvas of the picture; null if this browser cannot open it.
export async function thumbnail(file, { turns = 0, crop = null, side }) {
  const bitmap = await opened(file);
  return bitmap && drawn(bitmap, Math.min(side, longestSide(bitmap, turns, crop)), turns, crop);
}

// The pixels, upright as the camera's orientation says.
function opened(file) {
  return createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
}

async function photo(bitmap, canvas, turns, crop) {
  for (const quality of QUALITIES) {
    const copy = await encoded(canvas, "image/jpeg", quality);
    if (copy.size <= ENOUGH_BYTES) return copy;
  }
  return encoded(drawn(bitmap, SMALLER_SIDE, turns, crop), "image/jpeg", QUALITIES.at(-1));
}

// The part of the turned picture in pixels of the file.
function area(bitmap, turns, crop) {
  const [width, height] = turns % 2 ? [bitmap.height, bitmap.width] : [bitmap.width, bitmap.height];
  const { left, top, right, bottom } = crop ?? WHOLE;
  return { x: left * width, y: top * height, width: (right - left) * width, height: (bottom - top) * height };
}

function longestSide(bitmap, turns, crop) {
  const { width, height } = area(bitmap, turns, crop);
  return Math.round(Math.max(width, height));
}

function drawn(bitmap, side, turns, crop) {
  const part = area(bitmap, turns, crop);
  const scale = side / Math.max(part.width, part.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  const turned = turns % 2 ? [height, width] : [width, height];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [part.width, part.height].map((length) => Math.max(1, Math.round(length * scale)));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.translate(turned[0] / 2 - part.x * scale, turned[1] / 2 - part.y * scale);
  context.rotate((turns * Math.PI) / 2);
  context.drawImage(bitmap, -width / 2, -height / 2, width, height);
  return canvas;
}

function hasTransparency(canvas) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 3; at < data.length; at += 4) if (data[at] < 255) return true;
  return false;
}

function encoded(canvas, type, quality) {
  return new Promise((resolve) => canvas.toBlob(resolve, type, quality));
}
