// Replaces the live region of this page with the server's current version of it.

export async function refreshLiveRegion() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(`The page answered ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const region = page.querySelector("[data-live]");
  document.title = page.title;
  document.querySelector("main > .notice")?.remove(); // it is about the previous state
  document.querySelector("[data-live]").replaceWith(region);
  document.dispatchEvent(new Event("cifra:refreshed"));
  announce(region.querySelector("[role=status]"));
  return region;
}

// Shows one sentence in place of the region: there is no current version of it.
export function replaceLiveRegion(sentence) {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "status");
  notice.textContent = sentence;
  document.querySelector("[data-live]").replaceChildren(notice);
  announce(notice);
}

// A screen reader announces changes within a status, but not the content of a newly added one.
export function announce(status) {
  const content = [...status.childNodes];
  status.replaceChildren();
  setTimeout(() => status.replaceChildren(...content), 50);
}
