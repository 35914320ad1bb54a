// Keeps a training run's page current: its status, its epochs and its curves.

import { poll } from "./polling.js";
import { swapLivePart } from "./swap.js";

let part = document.querySelector("[data-live]");

poll(
  part.dataset.live,
  async (run) => {
    const isNews = run.status !== part.dataset.status || run.epochs.length !== Number(part.dataset.epochs);
    if (isNews) part = await swapLivePart();
    return run.is_finished;
  },
  { first: 1000, growth: 1.05 },
);
