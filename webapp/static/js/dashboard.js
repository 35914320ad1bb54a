// Keeps the overview up to date while somebody looks at it.

import { refreshParts } from "./refresh.js";

const INTERVAL = 15_000; // milliseconds

async function refreshIfVisible() {
  if (document.visibilityState !== "visible") return;
  try {
    await refreshParts();
  } catch {
    // The network or the server is temporarily unavailable; the next interval tries again.
  }
}

setInterval(refreshIfVisible, INTERVAL);
document.addEventListener("visibilitychange", refreshIfVisible);
