// Shows the progress of a page that is being read, and its table when it is read.

import { poll } from "./polling.js";

const region = document.querySelector("[data-live]");

poll(region.dataset.live, async ({ status, progress }) => {
  if (status === "done" || status === "failed") {
    location.reload();
    return true;
  }
  region.querySelector("[data-progress]").value = progress;
  return false;
});
