// Sends corrections one after another without leaving the page, and updates what shows them.

import { announce } from "./live_region.js";
import { gettext } from "./translations.js";

let last = Promise.resolve(); // requests are sent in the order in which they were made
let waiting = 0;

// Resolves to whether the correction was accepted. `source` is the form or button that made it.
export function sendCorrection(address, fields, source) {
  waiting += 1;
  last = last.then(() => request(address, fields)).then((answer) => settle(answer, source));
  return last;
}

async function request(address, fields) {
  const body = new URLSearchParams(fields);
  body.set("csrf_token", document.querySelector("[name=csrf_token]").value);
  try {
    // keepalive: it is finished also when the next picture is opened meanwhile
    const response = await fetch(address, { method: "POST", body, keepalive: true });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return response.ok ? { page } : { problem: page.querySelector("main .lead").textContent };
  } catch {
    return { problem: gettext("Cifra can't be reached. Check your connection and try again.") };
  }
}

function settle({ page, problem }, source) {
  waiting -= 1;
  if (problem) {
    showProblem(problem, source);
    return false;
  }
  if (!waiting) update(page); // a later answer shows this change too
  return true;
}

function update(page) {
  const focused = document.activeElement?.closest("[data-correction]") && nameOf(document.activeElement);
  for (const element of document.querySelectorAll("[data-correction]")) {
    const replacement = page.getElementById(element.id);
    if (!replacement || replacement.isEqualNode(element)) continue;
    const details = element.querySelector("details");
    if (details?.open) replacement.querySelector("details")?.setAttribute("open", "");
    element.replaceWith(replacement);
    const status = replacement.querySelector("[role=status]");
    if (status) announce(status);
  }
  document.dispatchEvent(new Event("cifra:corrected"));
  if (focused) document.querySelector(focused)?.focus({ preventScroll: true });
}

// A selector that finds the same control in the server's new version of its element.
function nameOf(control) {
  const within = `#${control.closest("[data-correction]").id}`;
  if (control.id) return `#${control.id}`;
  return control.value ? `${within} [name="${control.name}"][value="${control.value}"]` : `${within} button`;
}

function showProblem(sentence, source) {
  const element = source.closest("[data-correction], form") ?? source;
  const problem = element.querySelector("[role=alert]") ?? document.createElement("p");
  problem.className = "problem";
  problem.setAttribute("role", "alert");
  problem.textContent = sentence;
  element.append(problem);
  document.dispatchEvent(new Event("cifra:corrected"));
}
