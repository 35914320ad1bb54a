"""The architectures: four families of networks, each from 28×28 ink to ten scores (logits).

The browser computes the mlp, small-cnn, rnn and transformer live while somebody draws
(`webapp/static/js/networks/`), so these four are small.

The softmax is part of the loss and of the calibration: the raw scores also measure how much a
picture looks like any digit.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import layers

INPUT_SHAPE = (28, 28, 1)  # height, width, channels; ink 0..1, white on black
LABELS = 10


def build(architecture: str) -> keras.Model:
    """A fresh, untrained network. Raises KeyError for an unknown architecture."""
    network: keras.Model = ARCHITECTURES[architecture]()
    return network


def mlp() -> keras.Model:
    """The network of the original project: dense layers, which know no neighbouring pixels."""
    return keras.Sequential(
        [
            keras.Input(INPUT_SHAPE),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(128, activation="relu"),
            layers.Dense(LABELS),
        ],
        name="mlp",
    )


def cnn() -> keras.Model:
    """A convolutional network: small filters slide over the picture (LeCun et al. 1998)."""
    ink = keras.Input(INPUT_SHAPE)
    x = _convolution(ink, 16)  # few filters at full size: fine strokes, at a tenth of the cost
    x = _convolution(x, 32, strides=2)  # (14, 14, 32)
    x = _convolution(x, 64)
    x = _convolution(x, 64)
    x = _convolution(x, 96, strides=2)  # (7, 7, 96)
    x = _convolution(x, 128)
    x = _convolution(x, 160, padding="valid")  # (5, 5, 160)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.3)(x)
    return keras.Model(ink, layers.Dense(LABELS)(x), name="cnn")


def small_cnn() -> keras.Model:
    """The same idea with a sixth of the weights and a seventh of the multiplications."""
    ink = keras.Input(INPUT_SHAPE)
    x = _convolution(ink, 8)  # (28, 28, 8)
    x = _convolution(x, 16, strides=2)  # (14, 14, 16)
    x = _convolution(x, 32)
    x = _convolution(x, 32, strides=2)  # (7, 7, 32)
    x = _convolution(x, 64)
    x = _convolution(x, 64, padding="valid")  # (5, 5, 64)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(ink, layers.Dense(LABELS)(x), name="small-cnn")


def rnn() -> keras.Model:
    """A recurrent network: reads the picture row by row, from both ends (Cho et al. 2014)."""
    ink = keras.Input(INPUT_SHAPE)
    x = layers.Reshape((28, 28))(ink)  # 28 rows in time, 28 pixels each
    x = layers.Bidirectional(layers.GRU(64, return_sequences=True))(x)
    x = layers.Bidirectional(layers.GRU(64))(x)
    x = layers.Dropout(0.3)(x)
    return keras.Model(ink, layers.Dense(LABELS)(x), name="rnn")


def transformer() -> keras.Model:
    """A small vision transformer: attention between 49 patches (Dosovitskiy et al. 2021)."""
    width = 64
    ink = keras.Input(INPUT_SHAPE)
    x = layers.Conv2D(width, 4, strides=4)(ink)  # (7, 7, 64): a vector for each 4×4 patch
    x = layers.Reshape((49, width))(x)
    x = layers.LayerNormalization(axis=(1, 2))(x)  # its offsets, one a place, learn the position
    for _ in range(3):
        x = _transformer_block(x, width)
    x = layers.LayerNormalization()(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dropout(0.1)(x)
    return keras.Model(ink, layers.Dense(LABELS)(x), name="transformer")


ARCHITECTURES: dict[str, Callable[[], keras.Model]] = {
    "cnn": cnn,
    "mlp": mlp,
    "rnn": rnn,
    "small-cnn": small_cnn,
    "transformer": transformer,
}


def _convolution(
    x: keras.KerasTensor, filters: int, *, strides: int = 1, padding: str = "same"
) -> keras.KerasTensor:
    x = layers.Conv2D(filters, 3, strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.Activation("relu")(x)


def _transformer_block(x: keras.KerasTensor, width: int) -> keras.KerasTensor:
    normed = layers.LayerNormalization()(x)
    x = x + layers.MultiHeadAttention(num_heads=4, key_dim=width // 4)(normed, normed)
    hidden = layers.Dense(2 * width, activation="gelu")(layers.LayerNormalization()(x))
    return x + layers.Dense(width)(hidden)
