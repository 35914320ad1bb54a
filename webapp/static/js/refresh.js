// Replaces those parts of this page, each with a name in data-refresh, that have changed.

import { announce } from "./live_region.js";

const shown = new Map(); // the server's HTML of each part, which scripts may have changed since

export async function refreshParts({ isLast = false } = {}) {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(`The page answered ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  document.title = page.title;
  for (const part of document.querySelectorAll("[data-refresh]")) {
    const name = part.dataset.refresh;
    const fresh = page.querySelector(`[data-refresh="${name}"]`);
    const html = fresh?.innerHTML;
    if (html === undefined || html === shown.get(name)) continue;
    if (part.contains(document.activeElement) && !isLast) continue; // it keeps the focus
    shown.set(name, html);
    replaceContent(part, fresh);
  }
  document.dispatchEvent(new Event("cifra:refreshed"));
}

function replaceContent(part, fresh) {
  const open = [...part.querySelectorAll("[id] > details[open]")].map((one) => one.parentElement.id);
  part.replaceChildren(...fresh.childNodes);
  for (const id of open) {
    const details = part.querySelector(`#${id} > details`);
    if (details) details.open = true;
  }
  if (part.getAttribute("role") === "status") announce(part);
}
