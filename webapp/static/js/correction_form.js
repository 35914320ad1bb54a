// Sends a correction without leaving the page and updates the corrections on it.

import { announce } from "./live_region.js";

let latestRequest = 0;

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-correction-form]");
  if (!form) return;
  event.preventDefault();
  send(form, event.submitter);
});

async function send(form, button) {
  const request = ++latestRequest;
  const id = form.closest("[data-correction]").id;
  const body = new URLSearchParams(new FormData(form));
  if (button.name) body.append(button.name, button.value);
  button.setAttribute("aria-pressed", "true");
  try {
    const address = button.hasAttribute("formaction") ? button.formAction : form.action;
    const response = await fetch(address, { method: "POST", body });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (request !== latestRequest) return; // the response to a later request shows both changes
    if (response.ok) update(page, id, button);
    else showProblem(id, button, page.querySelector("main .lead").textContent);
  } catch {
    showProblem(id, button, "Cifra can't be reached. Check your connection and try again.");
  }
}

function update(page, id, button) {
  for (const element of document.querySelectorAll("[data-correction]")) {
    const replacement = page.getElementById(element.id);
    const details = element.querySelector("details");
    if (details?.open) replacement.querySelector("details")?.setAttribute("open", "");
    element.replaceWith(replacement);
  }
  const element = document.getElementById(id);
  const sameButton = [...element.querySelectorAll("button[name=label]")].find(
    ({ value, className }) => value === button.value && className === button.className,
  );
  (sameButton ?? element.querySelector("button"))?.focus({ preventScroll: true });
  const status = element.querySelector("[role=status]");
  if (status) announce(status);
}

function showProblem(id, button, sentence) {
  button.setAttribute("aria-pressed", "false");
  const element = document.getElementById(id);
  const problem = element.querySelector("[role=alert]") ?? document.createElement("p");
  problem.className = "problem";
  problem.setAttribute("role", "alert");
  problem.textContent = sentence;
  element.append(problem);
}
