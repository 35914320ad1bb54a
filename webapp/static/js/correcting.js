// Sends a person's word on a digit without leaving the page, and shows what the server made of it.

import { announce } from "./swap.js";

let newest = 0;

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-correcting]");
  if (!form) return;
  event.preventDefault();
  send(form, event.submitter);
});

async function send(form, button) {
  const turn = ++newest;
  const place = form.closest("[data-word]").id;
  const body = new URLSearchParams(new FormData(form));
  if (button.name) body.append(button.name, button.value);
  button.setAttribute("aria-pressed", "true");
  try {
    const address = button.hasAttribute("formaction") ? button.formAction : form.action;
    const response = await fetch(address, { method: "POST", body });
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    if (turn !== newest) return; // a later press is on its way, and its answer says it all
    if (response.ok) show(answer, place, button);
    else complain(place, button, answer.querySelector("main .lead").textContent);
  } catch {
    complain(place, button, "That didn't reach us. Look at your connection and press again.");
  }
}

function show(answer, place, button) {
  for (const part of document.querySelectorAll("[data-word]")) {
    const fresh = answer.getElementById(part.id);
    const kept = part.querySelector("details");
    if (kept?.open) fresh.querySelector("details")?.setAttribute("open", "");
    part.replaceWith(fresh);
  }
  const part = document.getElementById(place);
  const again = [...part.querySelectorAll("button[name=label]")].find(
    ({ value, className }) => value === button.value && className === button.className,
  );
  (again ?? part.querySelector("button"))?.focus({ preventScroll: true });
  const status = part.querySelector("[role=status]");
  if (status) announce(status);
}

function complain(place, button, sentence) {
  button.setAttribute("aria-pressed", "false");
  const part = document.getElementById(place);
  const problem = part.querySelector("[role=alert]") ?? document.createElement("p");
  problem.className = "problem";
  problem.setAttribute("role", "alert");
  problem.textContent = sentence;
  part.append(problem);
}
