// The confusion matrix of the MLP on 200 drawn digits, with as much noise or turning as you choose.

import { scores } from "../networks/forward.js";
import { changed } from "../networks/transforms.js";
import { gettext } from "../translations.js";
import { loadNetwork, loadSamples } from "./data.js";
import { paintValues, pictureItem } from "./drawing.js";

const PICTURES = 200;
const MAX_SHOWN = 12;

export async function start(root) {
  const network = await loadNetwork("mlp");
  const samples = (await loadSamples()).slice(0, PICTURES);
  const body = root.querySelector("[data-matrix]");
  const sliders = [...root.querySelectorAll("input[type=range]")];
  let cells = [];

  function compute() {
    const change = Object.fromEntries(sliders.map((slider) => [slider.name, slider.valueAsNumber]));
    cells = Array.from({ length: 100 }, () => []);
    for (const sample of samples) {
      const picture = changed(sample.picture, change);
      const ten = scores(network, picture);
      cells[sample.label * 10 + ten.indexOf(Math.max(...ten))].push(picture);
    }
    const right = cells.filter((_, i) => i % 11 === 0).reduce((sum, cell) => sum + cell.length, 0);
    root.querySelector("[data-accuracy]").textContent = gettext("%(right)s of %(count)s are read right.", {
      right,
      count: PICTURES,
    });
    body.replaceChildren(...Array.from({ length: 10 }, (_, truth) => rowOf(truth)));
  }

  function rowOf(truth) {
    const row = document.createElement("tr");
    row.append(Object.assign(document.createElement("th"), { scope: "row", textContent: truth }));
    for (let read = 0; read < 10; read++) {
      const count = cells[truth * 10 + read].length;
      const cell = document.createElement("td");
      if (truth === read) cell.className = "is-right";
      else if (count) cell.className = count > 2 ? "is-wrong-3" : "is-wrong-1";
      if (count) {
        const button = Object.assign(document.createElement("button"), { type: "button", textContent: count });
        button.setAttribute("aria-label", gettext("%(count)s times %(truth)s read as %(read)s", { count, truth: String(truth), read: String(read) }));
        button.addEventListener("click", () => showPictures(truth, read));
        cell.append(button);
      }
      row.append(cell);
    }
    return row;
  }

  function showPictures(truth, read) {
    const label = gettext("A %(truth)s that is read as %(read)s", { truth: String(truth), read: String(read) });
    const items = cells[truth * 10 + read].slice(0, MAX_SHOWN).map((picture) => {
      const { item, canvas } = pictureItem(label);
      paintValues(canvas, picture, 28, 1);
      return item;
    });
    root.querySelector("[data-chosen]").textContent = label;
    root.querySelector("[data-pictures]").replaceChildren(...items);
  }

  for (const slider of sliders) {
    slider.addEventListener("input", () => {
      slider.parentElement.querySelector("output").textContent = slider.value;
    });
    slider.addEventListener("change", compute);
  }
  compute();
}
