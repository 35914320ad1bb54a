// Updates the page of a training run: its status, its steps, its curves and its filters.

import { poll } from "./polling.js";
import { refreshParts } from "./refresh.js";

const address = document.querySelector("[data-watch]").dataset.watch;
let seen;

poll(
  address,
  async (run) => {
    const now = JSON.stringify([run.status, run.epochs.length, run.step]);
    if (now !== seen) await refreshParts({ isLast: run.is_finished });
    seen = now;
    return run.is_finished;
  },
  { first: 1000, growth: 1.05 },
);
