// Turns a "reading…" page into its answer.

import { poll } from "./polling.js";
import { swapLivePart } from "./swap.js";

const SETTLED = ["done", "refused", "failed"];
const LONG_WAIT = 20_000; // the server's page says something kind from then on

const began = Date.now();
let part = document.querySelector("[data-live]");
let saidLong = false;

poll(part.dataset.live, async ({ status }) => {
  const isLong = !saidLong && Date.now() - began > LONG_WAIT;
  if (status !== part.dataset.status || isLong) {
    saidLong ||= isLong;
    part = await swapLivePart();
  }
  return SETTLED.includes(status);
});
