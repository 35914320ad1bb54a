// The RNN reads row by row: what it would answer if the picture ended after each row.

import { probabilities } from "../networks/forward.js";
import { paint } from "../networks/picture.js";
import { gettext } from "../translations.js";
import { startChooser } from "./chooser.js";
import { loadNetwork } from "./data.js";
import { paintValues } from "./drawing.js";

const ROWS = 28;

export async function start(root) {
  const network = await loadNetwork("rnn");
  const slider = root.querySelector("[name=rows]");
  let picture = null;

  function show() {
    const rows = slider.valueAsNumber;
    const seen = picture.map((ink, i) => (i < rows * ROWS ? ink : 0));
    const shares = probabilities(network, seen);
    const read = shares.indexOf(Math.max(...shares));
    paint(root.querySelector("[data-picture]"), seen);
    root.querySelector("[data-rows]").textContent = rows;
    root.querySelector("[data-read]").textContent = gettext("After %(rows)s rows it reads %(label)s, with %(share)s %%.", {
      rows,
      label: String(read),
      share: Math.round(shares[read] * 100),
    });
  }

  // All 28 answers at once: a row of the picture below is a row of the digit, a column a label.
  function showAll() {
    const answers = [];
    for (let rows = 1; rows <= ROWS; rows++) {
      answers.push(...probabilities(network, picture.map((ink, i) => (i < rows * ROWS ? ink : 0))));
    }
    paintValues(root.querySelector("[data-answers]"), answers, 10, 1);
  }

  let waiting;
  slider.addEventListener("input", show);
  await startChooser(root, (chosen) => {
    picture = chosen;
    show();
    clearTimeout(waiting);
    waiting = setTimeout(showAll, 150); // 28 passes: not while the pen moves
  });
}
