// A 3×3 filter slides over a digit; its nine weights can be changed. Below: what the CNN learned.

import { allSteps } from "../networks/forward.js";
import { conv2d, value } from "../networks/layers.js";
import { gettext } from "../translations.js";
import { startChooser } from "./chooser.js";
import { loadNetwork } from "./data.js";
import { paintValues, paintWeights, pictureItem } from "./drawing.js";

const PRESETS = {
  horizontal: [1, 1, 1, 0, 0, 0, -1, -1, -1],
  vertical: [1, 0, -1, 1, 0, -1, 1, 0, -1],
  diagonal: [0, 1, 1, -1, 0, 1, -1, -1, 0],
  blur: Array(9).fill(0.11),
  nothing: [0, 0, 0, 0, 1, 0, 0, 0, 0],
};

export async function start(root) {
  const network = await loadNetwork("small-cnn");
  const fields = [...root.querySelectorAll("[data-weight]")];
  let picture = null;

  function show() {
    if (!picture) return;
    const weights = fields.map((field) => Number(field.value) || 0);
    const kernel = value([3, 3, 1, 1], Float32Array.from(weights));
    const step = { kernel, bias: value([1]), stride: 1, padding: "same", activation: "relu" };
    const map = conv2d(value([28, 28, 1], picture), step);
    paintValues(root.querySelector("[data-input]"), picture, 28, 1);
    paintWeights(root.querySelector("[data-filter]"), weights, 3);
    paintValues(root.querySelector("[data-map]"), map.data, 28);
  }

  for (const field of fields) field.addEventListener("input", show);
  for (const button of root.querySelectorAll("[data-preset]")) {
    button.addEventListener("click", () => {
      PRESETS[button.dataset.preset].forEach((weight, i) => {
        fields[i].value = weight;
      });
      show();
    });
  }
  await startChooser(root, (chosen) => {
    picture = chosen;
    show();
    showLearned(root.querySelector("[data-learned]"), network, picture);
  });
}

// The eight filters of the first layer, each with its map of the digit.
function showLearned(list, network, picture) {
  const number = network.steps.findIndex((step) => step.kind === "Activation"); // of the first convolution
  const maps = allSteps(network, picture)[number];
  const { kernel } = network.steps.find((step) => step.kind === "Conv2D");
  const filters = kernel.shape[3];
  const items = Array.from({ length: filters }, (_, filter) => {
    const { item, canvas } = pictureItem(gettext("Learned filter %(number)s", { number: filter + 1 }));
    paintWeights(canvas, Float64Array.from({ length: 9 }, (_, i) => kernel.data[i * filters + filter]), 3);
    const map = pictureItem(gettext("What filter %(number)s finds", { number: filter + 1 })).canvas;
    paintValues(map, maps.data.filter((_, i) => i % filters === filter), 28);
    item.append(map);
    return item;
  });
  list.replaceChildren(...items);
}
