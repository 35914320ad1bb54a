// The forward pass: the steps of a network, one after the other, from 28×28 ink to ten scores.

import * as layers from "./layers.js";

const kinds = {
  InputLayer: (step, ink) => layers.value([28, 28, 1], ink),
  Flatten: (step, input) => layers.value([input.data.length], input.data),
  Reshape: (step, input) => layers.value(step.shape, input.data),
  Dense: (step, input) => layers.dense(input, step),
  Conv2D: (step, input) => layers.conv2d(input, step),
  BatchNormalization: (step, input) => layers.batchNormalization(input, step),
  LayerNormalization: (step, input) => layers.layerNormalization(input, step),
  Activation: (step, input) => layers.activate(input, step.activation),
  GlobalAveragePooling1D: (step, input) => layers.globalAveragePooling(input),
  GlobalAveragePooling2D: (step, input) => layers.globalAveragePooling(input),
  Bidirectional: (step, input) => layers.bidirectionalGru(input, step),
  MultiHeadAttention: (step, input) => layers.attention(input, step),
  Add: (step, left, right) => layers.add(left, right),
};

// Every step's value, the ten scores last. ink: Float32Array of 784, 0..1, white on black.
export function allSteps(network, ink) {
  const values = [];
  for (const step of network.steps) {
    const inputs = step.inputs.map((number) => values[number]);
    values.push(kinds[step.kind](step, ...(inputs.length ? inputs : [ink])));
  }
  return values;
}

// The ten scores (logits).
export function scores(network, ink) {
  return allSteps(network, ink).at(-1).data;
}

// The ten probabilities, calibrated with the network's temperature (Guo et al. 2017).
export function probabilities(network, ink) {
  const { temperature } = network.calibration;
  return layers.softmax(scores(network, ink).map((score) => score / temperature));
}
