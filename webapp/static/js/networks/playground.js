// The page "Break it": a digit that sliders and a pen change, and what four networks read live.

import { gettext } from "../translations.js";
import { probabilities } from "./forward.js";
import { Pad } from "./pad.js";
import { emptyPicture, fromText, paint, pictureOf, picturesOf, toText } from "./picture.js";
import { ProbabilityTable } from "./probability_table.js";
import { NO_CHANGE, SIDE, changed } from "./transforms.js";
import { loadNetworks } from "./weights.js";

const ANNOUNCE_MILLISECONDS = 700; // of rest, before a screen reader is told
const LINK_PREFIX = "#picture=";

const root = document.querySelector("[data-playground]");
const view = root.querySelector("[data-picture]");
const status = root.querySelector("[data-status]");
const speed = root.querySelector("[data-speed]");
const tally = root.querySelector("[data-tally]");
const sliders = [...root.querySelectorAll("[data-slider]")];
const table = new ProbabilityTable(root.querySelector("[data-probabilities]"));
const names = [...root.querySelectorAll("[data-network]")].map((cell) => cell.textContent.trim());

let original = emptyPicture(); // before the sliders
let first = null; // what each network read of the picture as it was chosen
let networks = [];
let samples = null;
let scheduled = false;
let announcement;
const recent = []; // milliseconds of the latest updates

const pad = new Pad(root.querySelector("[data-pad]"), (picture) => {
  first = null;
  use(picture);
});

function use(picture) {
  original = picture;
  schedule();
}

function choose(picture) {
  first = null;
  resetSliders();
  use(picture);
}

function currentPicture() {
  const change = Object.fromEntries(sliders.map((slider) => [slider.name, slider.valueAsNumber]));
  return changed(original, change);
}

function schedule() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    update();
  });
}

function update() {
  const picture = currentPicture();
  paint(view, picture);
  if (!networks.length) return;
  if (!picture.some((ink) => ink > 0)) {
    table.clear();
    tell(gettext("The picture is empty."));
    return;
  }
  const began = performance.now();
  const labels = table.show(networks.map((network) => probabilities(network, picture)));
  showSpeed(performance.now() - began);
  first ??= labels;
  tally.textContent = scoreOf(labels, picture);
  tell(sentenceFor(labels));
}

function showSpeed(milliseconds) {
  recent.push(milliseconds);
  if (recent.length > 30) recent.shift();
  const median = [...recent].sort((a, b) => a - b)[recent.length >> 1];
  speed.textContent = gettext("One update of all four networks takes %(milliseconds)s ms here.", {
    milliseconds: Number(median.toFixed(1)),
  });
}

function sentenceFor(labels) {
  if (labels.every((label) => label === labels[0])) return gettext("All four read %(label)s.", { label: String(labels[0]) });
  return gettext("They disagree: %(readings)s.", {
    readings: labels.map((label, i) => `${names[i]} ${label}`).join(", "),
  });
}

// "Fool it": how many networks changed their mind, and how much of the ink was changed for it.
function scoreOf(labels, picture) {
  const fooled = labels.filter((label, i) => label !== first[i]).length;
  const ink = original.reduce((sum, value) => sum + value, 0);
  const difference = picture.reduce((sum, value, i) => sum + Math.abs(value - original[i]), 0);
  return gettext("%(fooled)s of 4 networks changed their reading; %(share)s %% of the ink was changed.", {
    fooled,
    share: Math.round((100 * difference) / Math.max(ink, 1e-6)),
  });
}

// Shown at once; a screen reader is told when the picture rests.
function tell(sentence) {
  root.querySelector("[data-sentence]").textContent = sentence;
  clearTimeout(announcement);
  announcement = setTimeout(() => {
    if (status.textContent !== sentence) status.textContent = sentence;
  }, ANNOUNCE_MILLISECONDS);
}

function showValue(slider) {
  slider.parentElement.querySelector("output").textContent = Number(slider.value).toLocaleString(
    document.documentElement.lang,
  );
}

function resetSliders() {
  for (const slider of sliders) {
    slider.value = NO_CHANGE[slider.name];
    showValue(slider);
  }
}

for (const slider of sliders) {
  slider.addEventListener("input", () => {
    showValue(slider);
    schedule();
  });
}
root.querySelector("[data-reset]").addEventListener("click", () => {
  resetSliders();
  schedule();
});
root.querySelector("[data-clear-pad]").addEventListener("click", () => pad.clear());
for (const image of root.querySelectorAll("[data-own-digit]")) {
  image.closest("button").addEventListener("click", async () => choose(await pictureOf(image)));
}
for (const button of root.querySelectorAll("[data-sample]")) {
  button.addEventListener("click", () => {
    const label = Number(button.dataset.sample);
    const chosen = samples.filter((sample) => sample.label === label);
    choose(chosen[Math.floor(Math.random() * chosen.length)].picture);
  });
}
root.querySelector("[data-share]").addEventListener("click", async (event) => {
  const link = `${location.origin}${location.pathname}${LINK_PREFIX}${toText(currentPicture())}`;
  const field = root.querySelector("[data-link]");
  field.value = link;
  field.parentElement.hidden = false;
  field.select();
  try {
    await navigator.clipboard.writeText(link);
    event.target.textContent = gettext("The link is copied");
  } catch {
    field.focus(); // without a secure connection, the person copies the selected link
  }
});

// A pen on the 28×28 picture itself: it adds ink or erases it, before the sliders.
view.addEventListener("pointerdown", (event) => {
  view.setPointerCapture(event.pointerId);
  retouch(event);
});
view.addEventListener("pointermove", (event) => {
  if (view.hasPointerCapture(event.pointerId)) retouch(event);
});

function retouch(event) {
  const box = view.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * SIDE - 0.5;
  const y = ((event.clientY - box.top) / box.height) * SIDE - 0.5;
  const adds = root.querySelector("[name=pen]:checked").value === "draw";
  const picture = currentPicture();
  resetSliders();
  use(
    picture.map((ink, i) => {
      const distance = Math.hypot((i % SIDE) - x, Math.floor(i / SIDE) - y);
      const touched = Math.min(1, Math.max(0, 1.8 - distance));
      return adds ? Math.max(ink, touched) : Math.min(ink, 1 - touched);
    }),
  );
}

async function start() {
  const { manifest, weights, digits, sheet } = root.dataset;
  const linked = location.hash.startsWith(LINK_PREFIX) && fromText(location.hash.slice(LINK_PREFIX.length));
  const own = root.querySelector("[data-own-digit]");
  const facts = await (await fetch(digits)).json();
  const image = Object.assign(new Image(), { src: sheet });
  const pictures = await picturesOf(image, { columns: facts.columns, count: facts.labels.length });
  samples = pictures.map((picture, i) => ({ picture, label: facts.labels[i] }));
  choose(linked || (own ? await pictureOf(own) : samples.find((sample) => sample.label === 7).picture));
  networks = await loadNetworks({ manifest, weights });
  root.dataset.ready = "";
  schedule();
}

addEventListener("hashchange", () => {
  const linked = location.hash.startsWith(LINK_PREFIX) && fromText(location.hash.slice(LINK_PREFIX.length));
  if (linked) choose(linked);
});
start().catch(() => {
  tell(gettext("The networks could not be loaded. Reload the page to try again."));
});
