// A canvas to draw a number on, with a finger, a mouse or a pen that tells its pressure.

import { FirstLook } from "./first_look.js";
import { upload } from "./picture_upload.js";
import { gettext } from "./translations.js";

const INK = "#1c1917";
const PAPER = "#fff";
const ERASER_SCALE = 2.5; // the eraser is wider than the pen
const ERASER_BUTTON = 32; // of a pen, in PointerEvent.buttons

const form = document.querySelector("[data-drawing]");
const canvas = form.querySelector("[data-canvas]");
const context = canvas.getContext("2d", { willReadFrequently: true });
const firstLook = new FirstLook(canvas, form.querySelector("[data-first-look]"));
const [send, undo, clear, placeholder, state] = ["send", "undo", "clear", "placeholder", "state"].map((name) =>
  form.querySelector(`[data-${name}]`),
);
let strokes = []; // each {points: [[x, y, width], …], isEraser}, in canvas pixels
let kept = []; // what "Clear" removed, for one more undo

canvas.addEventListener("pointerdown", (event) => {
  const isEraserEnd = Boolean(event.buttons & ERASER_BUTTON);
  if (event.button !== 0 && !isEraserEnd) return;
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  const isEraser = isEraserEnd || form.elements.tool.value === "eraser";
  strokes.push({ points: [], isEraser });
  firstLook.prepare();
  extend([event]);
});
canvas.addEventListener("pointermove", (event) => {
  if (!canvas.hasPointerCapture(event.pointerId)) return;
  const events = event.getCoalescedEvents?.() ?? [];
  extend(events.length ? events : [event]);
});
canvas.addEventListener("lostpointercapture", () => firstLook.update());
undo.addEventListener("click", undoLast);
clear.addEventListener("click", () => {
  kept = strokes;
  strokes = [];
  draw();
  firstLook.update();
});
document.addEventListener("keydown", (event) => {
  const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey;
  if (!isUndo || event.target.matches("input[type=text], textarea") || undo.disabled) return;
  event.preventDefault();
  undoLast();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  send.disabled = true;
  const picture = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  try {
    const answer = await upload(form.dataset.api, picture, "drawing.png", null, {
      progress: () => say(gettext("Sending…")),
      waiting: say,
    });
    location.assign(answer.url);
  } catch (error) {
    say(error.message || gettext("This picture was not accepted."));
    send.disabled = false;
  }
});
addEventListener("pageshow", () => {
  say("");
  firstLook.clear();
  draw();
});

function undoLast() {
  if (strokes.length) strokes.pop();
  else [strokes, kept] = [kept, []];
  draw();
  firstLook.update();
}

function extend(events) {
  const { points, isEraser } = strokes.at(-1);
  const width = Number(form.elements.thickness.value) * (isEraser ? ERASER_SCALE : 1);
  for (const event of events) points.push([...position(event), width * pressure(event)]);
  draw();
}

// A mouse and most fingers tell none: they report 0.5, or 0.
function pressure({ pointerType, pressure: force }) {
  return pointerType === "pen" && force > 0 ? 0.5 + force : 1;
}

function position({ clientX, clientY }) {
  const box = canvas.getBoundingClientRect();
  return [((clientX - box.left) * canvas.width) / box.width, ((clientY - box.top) * canvas.height) / box.height];
}

function draw() {
  context.fillStyle = PAPER;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.lineCap = context.lineJoin = "round";
  for (const { points, isEraser } of strokes) {
    context.strokeStyle = isEraser ? PAPER : INK;
    for (const [at, [x, y, width]] of points.entries()) {
      const [fromX, fromY] = points[Math.max(0, at - 1)];
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(fromX, fromY);
      context.lineTo(x, y);
      context.stroke();
    }
  }
  const isEmpty = !strokes.some(({ isEraser }) => !isEraser);
  placeholder.hidden = strokes.length > 0;
  send.disabled = isEmpty;
  clear.disabled = !strokes.length;
  undo.disabled = !strokes.length && !kept.length;
}

function say(sentence) {
  state.textContent = sentence;
}
