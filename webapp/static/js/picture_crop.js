// Chooses the part of a picture that is sent, by a frame that is moved by its corners.

const WHOLE = { left: 0, top: 0, right: 1, bottom: 1 };
const SMALLEST = 0.05; // of the picture's width and height
const STEP = 0.02; // of them, for a press of an arrow key
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

const dialog = document.querySelector("[data-crop-dialog]");
const stage = dialog.querySelector("[data-stage]");
const frame = dialog.querySelector("[data-frame]");

let part = WHOLE; // the sides of the frame, 0..1 of the picture's width and height
let drag = null; // the sides that move, and the pointer's last place

for (const handle of dialog.querySelectorAll("[data-sides]")) {
  const sides = handle.dataset.sides.split(" ");
  handle.addEventListener("pointerdown", (event) => {
    event.stopPropagation();
    begin(event, sides);
  });
  handle.addEventListener("keydown", (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    event.stopPropagation();
    move(sides, ...ARROWS[event.key]);
  });
}
stage.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const { width, height } = stage.getBoundingClientRect();
  move(drag.sides, (event.clientX - drag.x) / width, (event.clientY - drag.y) / height);
  [drag.x, drag.y] = [event.clientX, event.clientY];
});
for (const type of ["pointerup", "pointercancel"]) stage.addEventListener(type, () => (drag = null));

// Shows the picture in a dialog; the chosen part, or null for the whole picture.
export function askForCrop(canvas, crop) {
  stage.querySelector("canvas")?.remove();
  stage.prepend(canvas);
  part = crop ?? WHOLE;
  show();
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const closed = () => resolve(dialog.returnValue === "part" ? chosen() : dialog.returnValue === "whole" ? null : crop);
    dialog.addEventListener("close", closed, { once: true });
  });
}

// The same part after a quarter turn of the picture to the right.
export function turnedCrop({ left, top, right, bottom }) {
  return { left: 1 - bottom, top: left, right: 1 - top, bottom: right };
}

function chosen() {
  return Object.keys(WHOLE).every((side) => part[side] === WHOLE[side]) ? null : part;
}

function begin(event, sides) {
  if (event.button !== 0) return;
  event.preventDefault();
  event.currentTarget.focus();
  stage.setPointerCapture(event.pointerId);
  drag = { sides, x: event.clientX, y: event.clientY };
}

// Moves some sides of the frame; all four move together without changing its size.
function move(sides, across, down) {
  const [x, y] = sides.length === 4 ? [within(across, part.left, part.right), within(down, part.top, part.bottom)] : [across, down];
  const moved = { ...part };
  for (const side of sides) moved[side] = Math.min(1, Math.max(0, part[side] + (side === "left" || side === "right" ? x : y)));
  const { left, top, right, bottom } = moved;
  if (right - left >= SMALLEST) part = { ...part, left, right };
  if (bottom - top >= SMALLEST) part = { ...part, top, bottom };
  show();
}

function within(shift, low, high) {
  return Math.max(-low, Math.min(1 - high, shift));
}

function show() {
  frame.style.left = `${part.left * 100}%`;
  frame.style.top = `${part.top * 100}%`;
  frame.style.width = `${(part.right - part.left) * 100}%`;
  frame.style.height = `${(part.bottom - part.top) * 100}%`;
}
