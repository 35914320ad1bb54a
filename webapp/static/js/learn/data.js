// What the chapters share: the sample digits and the four networks, loaded once.

import { picturesOf } from "../networks/picture.js";
import { loadNetworks } from "../networks/weights.js";

const addresses = document.querySelector("[data-manifest]").dataset;
let loadingSamples;
let loadingNetworks;

// Drawn digits: { picture, label, style }, in an order without a pattern.
export function loadSamples() {
  loadingSamples ??= readSamples();
  return loadingSamples;
}

async function readSamples() {
  const facts = await (await fetch(addresses.digits)).json();
  const sheet = Object.assign(new Image(), { src: addresses.sheet });
  const pictures = await picturesOf(sheet, { columns: facts.columns, count: facts.labels.length });
  return pictures.map((picture, i) => ({ picture, label: facts.labels[i], style: facts.styles[i] }));
}

// The networks by their names: mlp, small-cnn, rnn, transformer.
export async function loadNetwork(name) {
  loadingNetworks ??= loadNetworks(addresses);
  return (await loadingNetworks).find((network) => network.name === name);
}

export async function loadAllNetworks() {
  loadingNetworks ??= loadNetworks(addresses);
  return loadingNetworks;
}
