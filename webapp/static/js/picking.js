// Makes choosing a picture lively: drop it, paste it, take it, and see it before it is sent.

const form = document.querySelector("[data-picking]");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector("[data-drop]");
const preview = form.querySelector("[data-preview]");
const problem = form.querySelector("[data-problem]");
const send = form.querySelector("[data-send]");
const maxBytes = Number(form.dataset.maxBytes);

input.addEventListener("change", () => {
  show();
  if (input.validity.valid) send.focus({ preventScroll: true });
});

form.querySelector("[data-camera]").addEventListener("click", () => {
  input.setAttribute("capture", "environment");
  input.click();
  input.removeAttribute("capture");
});

for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("is-over");
  });
}
for (const kind of ["dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
  });
}
document.addEventListener("drop", (event) => take(event.dataTransfer.files));
document.addEventListener("paste", (event) => take(event.clipboardData.files));

form.addEventListener("submit", () => {
  send.disabled = true;
  send.textContent = "Sending…";
});
// A page that the browser kept and shows again must be ready for the next picture.
addEventListener("pageshow", () => {
  send.disabled = false;
  send.textContent = "Read this picture";
  show();
});

function take(files) {
  if (!files.length) return;
  input.files = files;
  show();
}

function show() {
  const file = input.files[0];
  URL.revokeObjectURL(preview.src);
  preview.hidden = !file;
  drop.classList.toggle("is-chosen", Boolean(file));
  if (file) preview.src = URL.createObjectURL(file);
  complain(file && file.size > maxBytes ? `This file is larger than ${Math.round(maxBytes / 1048576)} MB. Choose a smaller one.` : "");
}

function complain(sentence) {
  problem.textContent = sentence;
  problem.hidden = !sentence;
  input.setCustomValidity(sentence);
}

preview.addEventListener("error", () => {
  preview.hidden = true; // not every type that we read is one that this browser shows
});
