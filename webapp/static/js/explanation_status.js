// Shows an explanation as soon as it is computed: the page is loaded again, also where it is gone.

import { poll } from "./polling.js";

const region = document.querySelector("[data-live]");

await poll(region.dataset.live, ({ status }) => status === "done" || status === "failed");
location.reload();
