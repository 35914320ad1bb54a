// Which patches the Transformer looks at: the weights of each head for one patch.

import { allSteps } from "../networks/forward.js";
import { attention } from "../networks/layers.js";
import { gettext } from "../translations.js";
import { startChooser } from "./chooser.js";
import { loadNetwork } from "./data.js";
import { paintValues, pictureItem } from "./drawing.js";

const SIDE = 7; // patches

export async function start(root) {
  const network = await loadNetwork("transformer");
  const blocks = network.steps.map((step, number) => ({ step, number })).filter(({ step }) => step.kind === "MultiHeadAttention");
  const view = root.querySelector("[data-input]");
  const [across, down, block] = ["across", "down", "block"].map((name) => root.querySelector(`[name=${name}]`));
  let picture = null;

  function show() {
    if (!picture) return;
    const patch = (down.valueAsNumber - 1) * SIDE + across.valueAsNumber - 1;
    showPatch(view, picture, patch);
    const { step } = blocks[Number(block.value) - 1];
    const values = allSteps(network, picture);
    let weights;
    attention(values[step.inputs[0]], step, (found) => {
      weights = found;
    });
    const [heads, rows] = weights.shape;
    const items = Array.from({ length: heads }, (_, head) => {
      const { item, canvas } = pictureItem(gettext("Attention of head %(number)s", { number: head + 1 }));
      const start = (head * rows + patch) * rows;
      paintValues(canvas, weights.data.subarray(start, start + rows), SIDE);
      item.append(Object.assign(document.createElement("span"), { textContent: gettext("head %(number)s", { number: head + 1 }) }));
      return item;
    });
    root.querySelector("[data-heads]").replaceChildren(...items);
  }

  for (const field of [across, down, block]) field.addEventListener("input", show);
  view.addEventListener("click", (event) => {
    const box = view.getBoundingClientRect();
    const place = (offset, length) => Math.min(SIDE, Math.max(1, Math.ceil((offset / length) * SIDE)));
    across.value = place(event.clientX - box.left, box.width);
    down.value = place(event.clientY - box.top, box.height);
    show();
  });
  await startChooser(root, (chosen) => {
    picture = chosen;
    show();
  });
}

// The digit, with the chosen patch of 4×4 pixels in a red frame.
function showPatch(canvas, picture, patch) {
  paintValues(canvas, picture, 28, 1);
  const context = canvas.getContext("2d");
  context.strokeStyle = "#ff5a3c";
  context.strokeRect((patch % SIDE) * 4 + 0.5, Math.floor(patch / SIDE) * 4 + 0.5, 3, 3);
}
