// The page "Networks side by side": what the four small networks read of one's own digit.

import { probabilities } from "./forward.js";
import { pictureOf } from "./picture.js";
import { ProbabilityTable } from "./probability_table.js";
import { loadNetworks } from "./weights.js";

const root = document.querySelector("[data-your-digit]");

async function start() {
  const table = new ProbabilityTable(root.querySelector("[data-probabilities]"));
  const images = [...root.querySelectorAll("[data-own-digit]")];
  const networks = await loadNetworks(root.dataset);

  async function show(image) {
    const picture = await pictureOf(image);
    table.show(networks.map((network) => probabilities(network, picture)));
    for (const other of images) other.closest("button").setAttribute("aria-pressed", String(other === image));
  }

  for (const image of images) image.closest("button").addEventListener("click", () => show(image));
  await show(images[0]);
  root.dataset.ready = "";
}

if (root) start();
