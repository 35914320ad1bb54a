// Updates the page of a training run: its status, its epochs and its curves.

import { refreshLiveRegion } from "./live_region.js";
import { poll } from "./polling.js";

let region = document.querySelector("[data-live]");

poll(
  region.dataset.live,
  async (run) => {
    const { status, epochs } = region.dataset;
    const hasChanged = run.status !== status || run.epochs.length !== Number(epochs);
    if (hasChanged) region = await refreshLiveRegion();
    return run.is_finished;
  },
  { first: 1000, growth: 1.05 },
);
