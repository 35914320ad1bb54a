// Chooses a digit for a chapter: one's own, a sample, or one drawn on the pad.

import { Pad } from "../networks/pad.js";
import { pictureOf } from "../networks/picture.js";
import { loadSamples } from "./data.js";

// Calls `onPicture` with the first picture, and with every further one that is chosen or drawn.
export async function startChooser(root, onPicture, label = 7) {
  const samples = await loadSamples();
  const clear = root.querySelector("[data-clear-pad]");
  const pad = new Pad(root.querySelector("[data-pad]"), onPicture);
  clear.addEventListener("click", () => pad.clear());
  for (const button of root.querySelectorAll("[data-sample]")) {
    button.addEventListener("click", () => {
      const chosen = samples.filter((sample) => sample.label === Number(button.dataset.sample));
      onPicture(chosen[Math.floor(Math.random() * chosen.length)].picture);
    });
  }
  for (const image of root.querySelectorAll("[data-own-digit]")) {
    image.closest("button").addEventListener("click", async () => onPicture(await pictureOf(image)));
  }
  const own = root.querySelector("[data-own-digit]");
  onPicture(own ? await pictureOf(own) : samples.find((sample) => sample.label === label).picture);
}
