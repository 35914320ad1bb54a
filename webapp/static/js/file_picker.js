// Adds drag and drop, paste, the camera and a preview to the form for a picture.

const form = document.querySelector("[data-file-picker]");
const input = form.querySelector("input[type=file]");
const dropzone = form.querySelector("[data-dropzone]");
const preview = form.querySelector("[data-preview]");
const problem = form.querySelector("[data-problem]");
const send = form.querySelector("[data-send]");
const sendLabel = send.textContent;
const maxBytes = Number(form.dataset.maxBytes);

input.addEventListener("change", () => {
  update();
  if (input.validity.valid) send.focus({ preventScroll: true });
});

form.querySelector("[data-camera]").addEventListener("click", () => {
  input.setAttribute("capture", "environment");
  input.click();
  input.removeAttribute("capture");
});

for (const type of ["dragenter", "dragover"]) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    dropzone.classList.add("is-over");
  });
}
for (const type of ["dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    dropzone.classList.remove("is-over");
  });
}
document.addEventListener("drop", (event) => choose(event.dataTransfer.files));
document.addEventListener("paste", (event) => choose(event.clipboardData.files));

form.addEventListener("submit", () => {
  send.disabled = true;
  send.textContent = "Uploading…";
});
// The browser may show a cached page again, whose button is still disabled.
addEventListener("pageshow", () => {
  send.disabled = false;
  send.textContent = sendLabel;
  update();
});

function choose(files) {
  if (!files.length) return;
  const transfer = new DataTransfer();
  transfer.items.add(files[0]); // the server accepts one picture at a time
  input.files = transfer.files;
  update();
}

function update() {
  const file = input.files[0];
  URL.revokeObjectURL(preview.src);
  preview.hidden = !file;
  dropzone.classList.toggle("is-chosen", Boolean(file));
  if (file) preview.src = URL.createObjectURL(file);
  const isTooLarge = file && file.size > maxBytes;
  const limit = Math.round(maxBytes / 1048576);
  showProblem(isTooLarge ? `This file is larger than ${limit} MB. Choose a smaller one.` : "");
}

function showProblem(sentence) {
  problem.textContent = sentence;
  problem.hidden = !sentence;
  input.setCustomValidity(sentence);
}

preview.addEventListener("error", () => {
  preview.hidden = true; // Cifra reads some formats that this browser cannot show
});
