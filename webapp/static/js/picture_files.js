// Finds the pictures among files that were chosen, dropped or pasted, by their first bytes.

const SIGNATURES = [
  [0xff, 0xd8, 0xff], // JPEG
  [0x89, 0x50, 0x4e, 0x47], // PNG
  [0x47, 0x49, 0x46, 0x38], // GIF
  [0x42, 0x4d], // BMP
  [0x49, 0x49, 0x2a, 0x00], // TIFF
  [0x4d, 0x4d, 0x00, 0x2a],
];
const HEADER_BYTES = 32;
const HEIF_BRANDS = /heic|heix|heim|heis|mif1|avif|avis/; // ISO 23008-12

// The files of a drop, also those within folders. They must be asked for during the event.
export function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return Promise.resolve([...transfer.files]);
  return Promise.all(entries.map(filesOf)).then((lists) => lists.flat());
}

export async function isPicture(file) {
  try {
    const bytes = new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
    return SIGNATURES.some((signature) => signature.every((byte, at) => bytes[at] === byte))
      || isContainer(bytes);
  } catch {
    return false; // a folder, or a file that is gone
  }
}

function isContainer(bytes) {
  const text = String.fromCharCode(...bytes);
  const isWebp = text.startsWith("RIFF") && text.slice(8, 12) === "WEBP";
  return isWebp || (text.slice(4, 8) === "ftyp" && HEIF_BRANDS.test(text.slice(8)));
}

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const files = [];
  for (;;) {
    // One call gives at most a hundred entries.
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!entries.length) return files;
    for (const inner of entries) files.push(...(await filesOf(inner)));
  }
}
