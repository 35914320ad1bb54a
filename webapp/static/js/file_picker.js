// Pictures are chosen, dropped or pasted, each with a row of its own, and sent as one batch.

import { ChosenPicture } from "./chosen_picture.js";
import { droppedFiles, isPicture } from "./picture_files.js";
import { gettext, ngettext } from "./translations.js";

const AT_ONCE = 2; // uploads in progress; the server takes no more of one person
const MAX_PICTURES = 200; // of one batch

const form = document.querySelector("[data-file-picker]");
const input = form.querySelector("input[type=file]");
const dropzone = form.querySelector("[data-dropzone]");
const list = form.querySelector("[data-chosen]");
const template = form.querySelector("template");
const original = form.querySelector("[data-original]");
const problem = form.querySelector("[data-problem]");
const send = form.querySelector("[data-send]");
const result = form.querySelector("[data-result]");
const camera = form.querySelector("[data-camera]");

let pictures = [];
let batch = null;
let isSending = false;

input.required = false; // the list holds what was chosen
input.addEventListener("change", async () => {
  const files = [...input.files];
  input.value = ""; // so that the same file can be chosen again
  await add(files);
  if (!send.disabled) send.focus({ preventScroll: true });
});
camera.addEventListener("click", () => {
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
document.addEventListener("drop", async (event) => add(await droppedFiles(event.dataTransfer)));
document.addEventListener("paste", (event) => add([...event.clipboardData.files]));

form.addEventListener("submit", (event) => {
  event.preventDefault();
  sendAll();
});
addEventListener("beforeunload", (event) => {
  if (isSending) event.preventDefault(); // the browser asks before it drops the rest
});
// The browser may show this page again as it was: what was sent is not sent twice.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) forget((picture) => picture.state === "sent");
  update();
});

async function add(files) {
  const added = [];
  for (const file of files) {
    const picture = new ChosenPicture(file, template, { onRemove: removed });
    pictures.push(picture);
    added.push(picture);
    list.append(picture.row);
  }
  for (const picture of added) await check(picture);
  update();
}

async function check(picture) {
  const accepted = pictures.filter(({ state }) => state !== "refused");
  if (accepted.length > MAX_PICTURES && accepted.indexOf(picture) >= MAX_PICTURES) {
    picture.refuse(gettext("A batch holds at most %(limit)s pictures.", { limit: MAX_PICTURES }));
  } else if (await isPicture(picture.file)) {
    await picture.showThumbnail();
  } else {
    picture.refuse(gettext("This is not a picture that Cifra can read."));
  }
}

function removed(picture) {
  forget((other) => other === picture);
  update();
  (list.querySelector("button:not([hidden])") ?? input).focus();
}

function forget(condition) {
  for (const picture of pictures.filter(condition)) picture.row.remove();
  pictures = pictures.filter((picture) => !condition(picture));
}

function update() {
  const ready = pictures.filter(({ state }) => state === "ready").length;
  const refused = pictures.filter(({ state }) => state === "refused").length;
  dropzone.classList.toggle("is-chosen", pictures.length > 0);
  send.disabled = isSending || !ready;
  send.textContent = ngettext("Read this picture", "Read %(num)s pictures", Math.max(ready, 1));
  problem.hidden = !refused;
  problem.textContent = ngettext("%(num)s file was not accepted.", "%(num)s files were not accepted.", refused);
}

async function sendAll() {
  const queue = pictures.filter(({ state }) => state === "ready");
  const sent = pictures.filter(({ state }) => state === "sent");
  if (queue.length + sent.length > 1) batch ??= newToken();
  isSending = true;
  update();
  await Promise.all(Array.from({ length: AT_ONCE }, () => sendFrom(queue)));
  isSending = false;
  update();
  showResult();
}

async function sendFrom(queue) {
  for (let picture; (picture = queue.shift()); ) {
    await picture.send(form.dataset.api, batch, {
      original: original.checked,
      maxBytes: Number(form.dataset.maxBytes),
    });
  }
}

// Goes to the readings, or stays where a file was not accepted or is still to be sent.
function showResult() {
  const sent = pictures.filter(({ state }) => state === "sent");
  if (!sent.length) return;
  const address = batch ? form.dataset.batchPage.replace("BATCH", batch) : sent[0].answer.url;
  if (pictures.every(({ state }) => state === "sent")) {
    location.assign(address);
    return;
  }
  const link = result.querySelector("a");
  link.href = address;
  link.textContent = ngettext("See the reading", "See the %(num)s readings", sent.length);
  result.hidden = false;
  link.focus();
}

// 128 random bits in the characters of a URL.
function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
