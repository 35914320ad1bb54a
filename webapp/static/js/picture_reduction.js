// Reduces a photo before it is sent, and turns it. A small picture is sent as it is.

const LONGEST_SIDE = 2000; // pixels; Cifra reads no finer detail
const SMALLER_SIDE = 1600; // for a photo that is large even so
const ENOUGH_BYTES = 270_000; // three seconds at 750 kbit/s
const QUALITIES = [0.85, 0.75];
const THUMBNAIL_SIDE = 192;

// The file itself, or a smaller copy of it. `turns` are clockwise quarter turns.
export async function reduced(file, { turns = 0, original = false } = {}) {
  if (original && !turns) return file;
  const bitmap = await opened(file);
  if (!bitmap) return file; // a format that this browser does not open; the server does
  const longest = Math.max(bitmap.width, bitmap.height);
  if (longest <= LONGEST_SIDE && !turns) return file;
  const side = original ? longest : Math.min(longest, LONGEST_SIDE);
  const canvas = drawn(bitmap, side, turns);
  const isLossless = longest <= LONGEST_SIDE || hasTransparency(canvas);
  const copy = isLossless ? await encoded(canvas, "image/png") : await photo(bitmap, canvas, turns);
  bitmap.close();
  return turns || copy.size < file.size ? copy : file;
}

// A small canvas of the picture for the list of chosen ones; null if this browser cannot open it.
export async function thumbnail(file, turns) {
  const bitmap = await opened(file);
  return bitmap && drawn(bitmap, Math.min(THUMBNAIL_SIDE, Math.max(bitmap.width, bitmap.height)), turns);
}

// The pixels, upright as the camera's orientation says.
function opened(file) {
  return createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
}

async function photo(bitmap, canvas, turns) {
  for (const quality of QUALITIES) {
    const copy = await encoded(canvas, "image/jpeg", quality);
    if (copy.size <= ENOUGH_BYTES) return copy;
  }
  return encoded(drawn(bitmap, SMALLER_SIDE, turns), "image/jpeg", QUALITIES.at(-1));
}

function drawn(bitmap, side, turns) {
  const scale = side / Math.max(bitmap.width, bitmap.height);
  const [width, height] = [bitmap.width, bitmap.height].map((length) => Math.max(1, Math.round(length * scale)));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = turns % 2 ? [height, width] : [width, height];
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.translate(canvas.width / 2, canvas.height / 2);
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
