"""The string network: convolutions over a line's ink, then a recurrent layer over its columns."""

from __future__ import annotations

import keras
from keras import layers

from worker.recognition.strings.alphabet import CLASSES
from worker.recognition.strings.line_format import HEIGHT

RECURRENT_UNITS = 96


def build_string_network(width_factor: float = 1.0) -> keras.Model:
    """A fresh network: (n, 32, width, 1) ink 0..1 to (n, width / 4, CLASSES) raw scores.

    A convolutional recurrent network (Shi, Bai and Yao 2015, arXiv:1507.05717). `width_factor`
    scales the number of its filters and units.
    """

    def scaled(filters: int) -> int:
        return max(4, round(filters * width_factor))

    ink = keras.Input((HEIGHT, None, 1))
    x = _convolution(ink, scaled(24), kernel=5, strides=2)  # (16, width / 2)
    x = _convolution(x, scaled(48))
    x = layers.MaxPooling2D((2, 2))(x)  # (8, width / 4)
    x = _convolution(x, scaled(64))
    x = _convolution(x, scaled(96))
    x = layers.MaxPooling2D((2, 1))(x)  # (4, width / 4)
    x = _convolution(x, scaled(128))
    x = layers.MaxPooling2D((2, 1))(x)  # (2, width / 4)
    x = layers.Permute((2, 1, 3))(x)  # (width / 4, 2, filters)
    x = layers.Reshape((-1, 2 * scaled(128)))(x)
    x = layers.Dense(scaled(128), use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.Dropout(0.1)(x)
    x = layers.Bidirectional(layers.GRU(scaled(RECURRENT_UNITS), return_sequences=True))(x)
    x = layers.Dropout(0.1)(x)
    scores = layers.Dense(CLASSES, dtype="float32")(x)
    return keras.Model(ink, scores, name="strings")


def _convolution(
    x: keras.KerasTensor, filters: int, *, kernel: int = 3, strides: int = 1
) -> keras.KerasTensor:
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)
