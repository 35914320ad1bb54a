// Replaces the live part of this page by a fresh one from the server, so that pages are written once.

export async function swapLivePart() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(`The page answered ${response.status}`);
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const part = fresh.querySelector("[data-live]");
  document.title = fresh.title;
  document.querySelector("[data-live]").replaceWith(part);
  document.dispatchEvent(new Event("cifra:swapped"));
  return part;
}
