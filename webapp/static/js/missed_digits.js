// Draws a box around a digit that Cifra missed, and asks which digit it is.

import { sendCorrection } from "./corrections.js";

const SMALLEST = 6; // CSS pixels: anything smaller was a tap
const NAMESPACE = "http://www.w3.org/2000/svg";

let panel, frame, toggle, question; // of the picture that is shown
let box = null; // of the drawn digit, in pixels of the picture
let start = null; // of the drag, in CSS pixels within the frame

document.addEventListener("keydown", onKey, { capture: true });
document.addEventListener("cifra:refreshed", setUp); // the picture may have been read meanwhile
setUp();

function setUp() {
  panel = document.querySelector("[data-missed]");
  frame = document.querySelector(".photo__frame");
  if (!panel) return;
  toggle = panel.querySelector("[data-missed-toggle]");
  question = panel.querySelector("[data-missed-form]");
  toggle.addEventListener("click", () => setDrawing(toggle.getAttribute("aria-pressed") === "false"));
  question.querySelector("[data-cancel]").addEventListener("click", () => setDrawing(false));
  question.addEventListener("submit", (event) => {
    event.preventDefault();
    add(event.submitter.value);
  });
  frame.addEventListener("pointerdown", begin);
  frame.addEventListener("pointermove", (event) => {
    if (start) show(rectangle(start, within(event)));
  });
  frame.addEventListener("pointerup", finish);
  // A click that ends a drag must not choose the box beneath it.
  frame.addEventListener("click", (event) => {
    if (!frame.classList.contains("is-drawing")) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function setDrawing(isDrawing) {
  toggle.setAttribute("aria-pressed", String(isDrawing));
  frame.classList.toggle("is-drawing", isDrawing);
  question.hidden = true;
  box = start = null;
  if (isDrawing) frame.scrollIntoView({ block: "nearest" });
  frame.querySelector(".box__drawn")?.remove();
}

function begin(event) {
  if (!frame.classList.contains("is-drawing") || event.button !== 0) return;
  event.preventDefault();
  frame.setPointerCapture(event.pointerId);
  start = within(event);
}

function finish(event) {
  if (!start) return;
  const drawn = rectangle(start, within(event));
  start = null;
  if (Math.min(drawn.width, drawn.height) < SMALLEST) return;
  box = inPicture(drawn);
  question.hidden = false;
  question.querySelector("button").focus();
}

function onKey(event) {
  if (!box) return;
  if (event.key === "Escape") setDrawing(false);
  else if (/^[0-9]$/.test(event.key)) add(event.key);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function add(label) {
  const fields = { ...box, label };
  setDrawing(false);
  toggle.focus();
  sendCorrection(question.action, fields, panel);
}

function within({ clientX, clientY }) {
  const { left, top } = frame.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}

function rectangle(from, to) {
  return {
    x: Math.min(from.x, to.x),
    y: Math.min(from.y, to.y),
    width: Math.abs(from.x - to.x),
    height: Math.abs(from.y - to.y),
  };
}

function inPicture(drawn) {
  const svg = frame.querySelector("svg");
  const scale = svg.viewBox.baseVal.width / frame.getBoundingClientRect().width;
  return Object.fromEntries(Object.entries(drawn).map(([name, length]) => [name, Math.round(length * scale)]));
}

function show(drawn) {
  const svg = frame.querySelector("svg");
  const rect = svg.querySelector(".box__drawn") ?? svg.appendChild(document.createElementNS(NAMESPACE, "rect"));
  rect.setAttribute("class", "box__drawn");
  for (const [name, length] of Object.entries(inPicture(drawn))) rect.setAttribute(name, length);
}
