// What happens in the MLP: a digit, two layers of units, ten scores. A unit shows its weights.

import { allSteps } from "../networks/forward.js";
import { softmax } from "../networks/layers.js";
import { gettext } from "../translations.js";
import { startChooser } from "./chooser.js";
import { loadNetwork } from "./data.js";
import { paintValues, paintWeights, pictureItem } from "./drawing.js";

const STRONGEST = 12;

export async function start(root) {
  const network = await loadNetwork("mlp");
  const dense = network.steps.map((step, number) => ({ step, number })).filter(({ step }) => step.kind === "Dense");
  const strongest = root.querySelector("[data-strongest]");
  await startChooser(root, (picture) => {
    const values = allSteps(network, picture);
    const [first, second, scores] = dense.map(({ number }) => values[number].data);
    paintValues(root.querySelector("[data-input]"), picture, 28, 1);
    paintValues(root.querySelector("[data-first]"), first, 16);
    paintValues(root.querySelector("[data-second]"), second, 16);
    const probabilities = softmax(scores.map((score) => score / network.calibration.temperature));
    paintValues(root.querySelector("[data-output]"), probabilities, 10, 1);
    const read = probabilities.indexOf(Math.max(...probabilities));
    root.querySelector("[data-read]").textContent = gettext("It reads %(label)s, with a probability of %(share)s %%.", {
      label: String(read),
      share: Number((probabilities[read] * 100).toFixed(1)),
    });
    const active = first.filter((value) => value > 0).length;
    root.querySelector("[data-active]").textContent = gettext("%(active)s of the 256 units of the first layer are active.", {
      active,
    });
    if (strongest) strongest.replaceChildren(...strongestUnits(dense[0].step, first));
  });
}

// The units that are most active, each with its 784 weights as a picture.
function strongestUnits({ kernel }, activations) {
  const units = activations.length;
  const order = [...activations.keys()].sort((a, b) => activations[b] - activations[a]).slice(0, STRONGEST);
  return order.map((unit) => {
    const value = activations[unit].toFixed(2);
    const { item, canvas } = pictureItem(gettext("Weights of unit %(number)s", { number: unit + 1 }));
    paintWeights(canvas, Float64Array.from({ length: 784 }, (_, i) => kernel.data[i * units + unit]), 28);
    item.append(Object.assign(document.createElement("span"), { textContent: value }));
    return item;
  });
}
