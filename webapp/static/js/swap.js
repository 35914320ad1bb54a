// Replaces the live part of this page by a fresh one from the server, so that pages are written once.

export async function swapLivePart() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(`The page answered ${response.status}`);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const part = fresh.querySelector("[data-live]");
  document.title = fresh.title;
  document.querySelector("main > .notice")?.remove(); // it spoke of the state before
  document.querySelector("[data-live]").replaceWith(part);
  document.dispatchEvent(new Event("cifra:swapped"));
  announce(part.querySelector("[role=status]"));
  return part;
}

// A screen reader speaks of what changes inside a status, and not of a status that arrives full.
export function announce(status) {
  const news = [...status.childNodes];
  status.replaceChildren();
  setTimeout(() => status.replaceChildren(...news), 50);
}
