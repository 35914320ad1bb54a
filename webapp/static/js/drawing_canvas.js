// A canvas to draw a number on. The drawing is submitted as a PNG through an ordinary form.

const STROKE_COLOUR = "#1c1917";
const STROKE_WIDTH = 22; // canvas pixels, as wide as a marker on a sheet of this size

const form = document.querySelector("[data-drawing]");
const canvas = form.querySelector("[data-canvas]");
const context = canvas.getContext("2d");
const [send, undo, clear] = ["send", "undo", "clear"].map((name) => form.querySelector(`[data-${name}]`));
const placeholder = form.querySelector("[data-placeholder]");
const strokes = []; // each a list of [x, y] in canvas pixels

canvas.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  strokes.push([position(event)]);
  draw();
});
canvas.addEventListener("pointermove", (event) => {
  if (!canvas.hasPointerCapture(event.pointerId)) return;
  const events = event.getCoalescedEvents?.() ?? [];
  strokes.at(-1).push(...(events.length ? events : [event]).map(position));
  draw();
});
undo.addEventListener("click", () => {
  strokes.pop();
  draw();
});
clear.addEventListener("click", () => {
  strokes.length = 0;
  draw();
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  send.disabled = true;
  const picture = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const transfer = new DataTransfer();
  transfer.items.add(new File([picture], "drawing.png", { type: "image/png" }));
  form.querySelector("input[type=file]").files = transfer.files;
  form.submit();
});
addEventListener("pageshow", draw);

function position(event) {
  const box = canvas.getBoundingClientRect();
  return [
    ((event.clientX - box.left) * canvas.width) / box.width,
    ((event.clientY - box.top) * canvas.height) / box.height,
  ];
}

function draw() {
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  Object.assign(context, {
    strokeStyle: STROKE_COLOUR,
    lineWidth: STROKE_WIDTH,
    lineCap: "round",
    lineJoin: "round",
  });
  for (const [first, ...rest] of strokes) {
    context.beginPath();
    context.moveTo(...first);
    for (const point of rest.length ? rest : [first]) context.lineTo(...point);
    context.stroke();
  }
  placeholder.hidden = strokes.length > 0;
  for (const button of [send, undo, clear]) button.disabled = !strokes.length;
}
