// Updates the page of a prediction when its status changes.

import { refreshLiveRegion } from "./live_region.js";
import { poll } from "./polling.js";

const SETTLED = ["done", "refused", "failed"];
const LONG_WAIT = 20_000; // milliseconds, after which the server's page explains the delay

const startedAt = Date.now();
let region = document.querySelector("[data-live]");
let hasExplained = false;

poll(region.dataset.live, async ({ status }) => {
  const mustExplain = !hasExplained && Date.now() - startedAt > LONG_WAIT;
  if (status !== region.dataset.status || mustExplain) {
    hasExplained ||= mustExplain;
    region = await refreshLiveRegion();
  }
  return SETTLED.includes(status);
});
