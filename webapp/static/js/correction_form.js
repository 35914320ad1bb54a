// Corrects a reading without leaving its page: with its buttons, its tiles, and the keyboard.

import { sendCorrection } from "./corrections.js";

const NOT_A_DIGIT = "none";
const undone = []; // the digits that were corrected here, each with the label that it had before
let chosen = null; // the position of a digit

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-correction-form]");
  if (!form) return;
  event.preventDefault();
  const button = event.submitter;
  const label = button?.name === "label" ? button.value : null;
  if (label !== null) {
    correct(Number(form.dataset.position), label);
    return;
  }
  const address = button?.hasAttribute("formaction") ? button.formAction : form.action;
  undone.length = 0;
  sendCorrection(address, new FormData(form), form);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-position]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  choose(Number(link.dataset.position), { focus: true });
});
document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.(".tile[data-position]")) choose(Number(target.dataset.position));
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const action = actionOf(event);
  if (!action) return;
  event.preventDefault();
  action();
});
document.addEventListener("cifra:refreshed", start);
document.addEventListener("cifra:corrected", () => choose(chosen));
start();

function actionOf({ key, target }) {
  const last = tiles().length - 1;
  if (/^[0-9]$/.test(key) && forms().length) return () => correctChosen(key);
  if (key === "Enter") return isControl(target) ? null : clickOn("[data-confirm]");
  const actions = {
    x: () => correctChosen(NOT_A_DIGIT),
    z: undo,
    u: () => chooseUnsure(),
    n: clickOn("a[rel=next]"),
    p: clickOn("a[rel=prev]"),
    ArrowRight: () => choose(Math.min(chosen + 1, last), { focus: true }),
    ArrowLeft: () => choose(Math.max(chosen - 1, 0), { focus: true }),
    Home: () => choose(0, { focus: true }),
    End: () => choose(last, { focus: true }),
  };
  const isForTiles = /^(Arrow|Home|End|u|x|z)/.test(key);
  return isForTiles && last < 0 ? null : actions[key.length === 1 ? key.toLowerCase() : key];
}

function clickOn(selector) {
  const element = document.querySelector(selector);
  return element && (() => element.click());
}

function correctChosen(label) {
  if (!formOf(chosen)) return;
  correct(chosen, label);
  if (chosen < tiles().length - 1) choose(chosen + 1, { focus: true });
}

// The tile shows the label at once; the server's answer replaces it.
async function correct(position, label) {
  const form = formOf(position);
  const before = form.querySelector("[aria-pressed=true]")?.value ?? null;
  for (const button of form.querySelectorAll("[name=label]")) {
    button.setAttribute("aria-pressed", String(button.value === label));
  }
  const tile = tileOf(position);
  const shown = tile?.innerHTML;
  if (tile) tile.querySelector("[data-label]").textContent = label === NOT_A_DIGIT ? "×" : label;
  undone.push({ position, before });
  if (!(await sendCorrection(form.action, { label }, form))) {
    undone.pop();
    if (tile) tile.innerHTML = shown;
    for (const button of form.querySelectorAll("[name=label]")) {
      button.setAttribute("aria-pressed", String(button.value === before));
    }
  }
}

function undo() {
  const step = undone.pop();
  if (!step) return;
  choose(step.position, { focus: true });
  const form = formOf(step.position);
  if (!form) return;
  if (step.before === null) sendCorrection(form.dataset.withdrawal, {}, form);
  else sendCorrection(form.action, { label: step.before }, form);
}

function chooseUnsure() {
  const unsure = tiles().filter((tile) => tile.matches(".tile--unsure"));
  const next = unsure.find((tile) => Number(tile.dataset.position) > chosen) ?? unsure[0];
  if (next) choose(Number(next.dataset.position), { focus: true });
}

function start() {
  const fromAddress = /^#digit-(\d+)$/.exec(location.hash);
  const unsure = document.querySelector(".tile--unsure[data-position]");
  choose(fromAddress ? Number(fromAddress[1]) : Number(unsure?.dataset.position ?? 0));
}

function choose(position, { focus = false } = {}) {
  chosen = position;
  for (const panel of document.querySelectorAll(".digit")) {
    panel.classList.toggle("is-chosen", panel.id === `digit-${position}`);
  }
  document.querySelector(".digits")?.classList.add("is-choosing");
  for (const link of document.querySelectorAll("a[data-position]")) {
    const isChosen = Number(link.dataset.position) === position;
    link.classList.toggle("is-chosen", isChosen);
    if (isChosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (focus) {
    tileOf(position)?.focus({ preventScroll: true });
    tileOf(position)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

function tiles() {
  return [...document.querySelectorAll(".tile[data-position]")];
}

function tileOf(position) {
  return document.querySelector(`.tile[data-position="${position}"]`);
}

function forms() {
  return document.querySelectorAll("form[data-position]");
}

function formOf(position) {
  return document.querySelector(`form[data-position="${position}"]`);
}

function isTyping(element) {
  return element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");
}

function isControl(element) {
  return element.matches?.("button, summary, a:not(.tile)");
}
