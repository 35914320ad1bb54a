// Four trained networks read a digit while you draw it. Nothing is learned here.

import { probabilities } from "../networks/forward.js";
import { paint } from "../networks/picture.js";
import { ProbabilityTable } from "../networks/probability_table.js";
import { startChooser } from "./chooser.js";
import { loadAllNetworks } from "./data.js";

export async function start(root) {
  const networks = await loadAllNetworks();
  const table = new ProbabilityTable(root.querySelector("[data-probabilities]"));
  await startChooser(root, (picture) => {
    paint(root.querySelector("[data-picture]"), picture);
    if (picture.some((ink) => ink > 0)) table.show(networks.map((network) => probabilities(network, picture)));
    else table.clear();
  });
}
