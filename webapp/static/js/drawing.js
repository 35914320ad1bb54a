// Paper to draw a number on; the drawing is sent through the form like any other picture.

const INK = "#1c1917";
const PEN = 22; // canvas pixels, about a marker's weight on paper this size

const form = document.querySelector("[data-drawing]");
const paper = form.querySelector("[data-paper]");
const pen = paper.getContext("2d");
const [send, undo, clear] = ["send", "undo", "clear"].map((name) => form.querySelector(`[data-${name}]`));
const invitation = form.querySelector("[data-invitation]");
const strokes = []; // each a list of [x, y] in canvas pixels

paper.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  event.preventDefault();
  paper.setPointerCapture(event.pointerId);
  strokes.push([where(event)]);
  draw();
});
paper.addEventListener("pointermove", (event) => {
  if (!paper.hasPointerCapture(event.pointerId)) return;
  const parts = event.getCoalescedEvents?.() ?? [];
  strokes.at(-1).push(...(parts.length ? parts : [event]).map(where));
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
  const picture = await new Promise((resolve) => paper.toBlob(resolve, "image/png"));
  const files = new DataTransfer();
  files.items.add(new File([picture], "drawing.png", { type: "image/png" }));
  form.querySelector("input[type=file]").files = files.files;
  form.submit();
});
addEventListener("pageshow", draw);

function where(event) {
  const box = paper.getBoundingClientRect();
  return [
    ((event.clientX - box.left) * paper.width) / box.width,
    ((event.clientY - box.top) * paper.height) / box.height,
  ];
}

function draw() {
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, paper.width, paper.height);
  Object.assign(pen, { strokeStyle: INK, lineWidth: PEN, lineCap: "round", lineJoin: "round" });
  for (const [first, ...rest] of strokes) {
    pen.beginPath();
    pen.moveTo(...first);
    for (const point of rest.length ? rest : [first]) pen.lineTo(...point);
    pen.stroke();
  }
  invitation.hidden = strokes.length > 0;
  for (const button of [send, undo, clear]) button.disabled = !strokes.length;
}
