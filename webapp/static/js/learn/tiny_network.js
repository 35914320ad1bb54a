// A small network that learns in the browser: 14×14 inputs, one hidden layer, ten outputs.
// Read it from top to bottom: forward, loss, backward, and a step of gradient descent.

import { randomNumbers } from "../networks/transforms.js";

export const INPUTS = 14 * 14;
export const OUTPUTS = 10;

export class TinyNetwork {
  constructor({ hidden = 24, seed = 1 } = {}) {
    this.hidden = hidden;
    this.random = randomNumbers(seed);
    this.hiddenWeights = this.#smallNumbers(INPUTS * hidden, Math.sqrt(2 / INPUTS)); // [input, unit]
    this.hiddenBias = new Float64Array(hidden);
    this.outputWeights = this.#smallNumbers(hidden * OUTPUTS, Math.sqrt(2 / hidden)); // [unit, label]
    this.outputBias = new Float64Array(OUTPUTS);
  }

  // Normal numbers, so that the sums are neither tiny nor huge at the start (He et al. 2015).
  #smallNumbers(count, deviation) {
    return Float64Array.from({ length: count }, () => {
      const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
      return deviation * radius * Math.cos(2 * Math.PI * this.random());
    });
  }

  // A picture's hidden values and its ten probabilities. `kept`: which units dropout leaves on.
  forward(picture, kept = null) {
    const hidden = Float64Array.from(this.hiddenBias);
    for (let i = 0; i < INPUTS; i++) {
      if (picture[i] === 0) continue;
      for (let unit = 0; unit < this.hidden; unit++) {
        hidden[unit] += picture[i] * this.hiddenWeights[i * this.hidden + unit];
      }
    }
    for (let unit = 0; unit < this.hidden; unit++) {
      hidden[unit] = Math.max(0, hidden[unit]) * (kept ? kept[unit] : 1);
    }
    const scores = Float64Array.from(this.outputBias);
    for (let unit = 0; unit < this.hidden; unit++) {
      for (let label = 0; label < OUTPUTS; label++) {
        scores[label] += hidden[unit] * this.outputWeights[unit * OUTPUTS + label];
      }
    }
    return { hidden, probabilities: softmax(scores) };
  }

  // One step: the gradient of the mean loss of a batch, times the learning rate, is subtracted.
  // Returns the loss before the step.
  train(batch, { learningRate, dropout = 0 }) {
    const gradients = this.#zeros();
    let loss = 0;
    for (const { picture, label } of batch) {
      const kept = dropout ? this.#dropOut(dropout) : null;
      const { hidden, probabilities } = this.forward(picture, kept);
      loss -= Math.log(probabilities[label] + 1e-12) / batch.length;
      const blame = probabilities.map((probability, i) => (probability - (i === label ? 1 : 0)) / batch.length);
      this.#addGradients(gradients, picture, hidden, blame, kept);
    }
    for (const [name, gradient] of Object.entries(gradients)) {
      for (let i = 0; i < gradient.length; i++) this[name][i] -= learningRate * gradient[i];
    }
    return loss;
  }

  // The chain rule, from the ten scores back to the inputs.
  #addGradients(gradients, picture, hidden, blame, kept) {
    const hiddenBlame = new Float64Array(this.hidden);
    for (let unit = 0; unit < this.hidden; unit++) {
      if (hidden[unit] === 0) continue; // a unit at rest changed nothing
      for (let label = 0; label < OUTPUTS; label++) {
        gradients.outputWeights[unit * OUTPUTS + label] += hidden[unit] * blame[label];
        hiddenBlame[unit] += blame[label] * this.outputWeights[unit * OUTPUTS + label];
      }
      hiddenBlame[unit] *= kept ? kept[unit] : 1;
      gradients.hiddenBias[unit] += hiddenBlame[unit];
    }
    for (let label = 0; label < OUTPUTS; label++) gradients.outputBias[label] += blame[label];
    for (let i = 0; i < INPUTS; i++) {
      if (picture[i] === 0) continue;
      for (let unit = 0; unit < this.hidden; unit++) {
        gradients.hiddenWeights[i * this.hidden + unit] += picture[i] * hiddenBlame[unit];
      }
    }
  }

  // 0 switches a unit off; the others count for more, so that the sums stay alike.
  #dropOut(share) {
    return Float64Array.from({ length: this.hidden }, () => (this.random() < share ? 0 : 1 / (1 - share)));
  }

  #zeros() {
    const names = ["hiddenWeights", "hiddenBias", "outputWeights", "outputBias"];
    return Object.fromEntries(names.map((name) => [name, new Float64Array(this[name].length)]));
  }

  read(picture) {
    const { probabilities } = this.forward(picture);
    return probabilities.indexOf(Math.max(...probabilities));
  }

  // The mean loss and the share read right of labelled pictures.
  score(examples) {
    let [loss, right] = [0, 0];
    for (const { picture, label } of examples) {
      const { probabilities } = this.forward(picture);
      loss -= Math.log(probabilities[label] + 1e-12);
      right += probabilities.indexOf(Math.max(...probabilities)) === label;
    }
    return { loss: loss / examples.length, accuracy: right / examples.length };
  }

  // The weights of a hidden unit as a picture: what it adds up.
  weightsOf(unit) {
    return Float64Array.from({ length: INPUTS }, (_, i) => this.hiddenWeights[i * this.hidden + unit]);
  }
}

function softmax(scores) {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((total, power) => total + power, 0);
  return Array.from(powers, (power) => power / sum);
}

// 28×28 to 14×14: the mean of four pixels each.
export function halved(picture) {
  return Float64Array.from({ length: INPUTS }, (_, i) => {
    const at = Math.floor(i / 14) * 2 * 28 + (i % 14) * 2;
    return (picture[at] + picture[at + 1] + picture[at + 28] + picture[at + 29]) / 4;
  });
}
