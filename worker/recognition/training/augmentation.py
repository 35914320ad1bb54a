"""Augmentation: makes MNIST look like photographed digits after binarisation.

Every step works on a whole batch, (n, 28, 28, 1) float32 in 0..1, inside `tf.data`, and draws
from a seed, so that a training can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import tensorflow as tf

Tensor = Any  # TensorFlow ships no types
SIZE = 28


@dataclass(frozen=True)
class Strength:
    """The strength of each change of a picture."""

    rotation: float = 0.22  # radians, standard deviation cut at two
    shear: float = 0.18
    stretch: float = 0.12  # of each side, in the exponent
    shift: float = 1.2  # pixels
    elastic: float = 1.1  # pixels, standard deviation on a coarse grid (Simard et al. 2003)
    degraded: float = 0.5  # share of pictures with changed thickness, gaps, blur and noise


def augment(images: Tensor, seed: Tensor, strength: Strength) -> Tensor:
    """Warp every picture and degrade some; shape and range are kept. `seed` is (2,) int."""
    warping, thickness, gaps, remains, blur, grain, choosing = _seeds(seed, 7)
    warped = warp(images, warping, strength)
    degraded = change_thickness(warped, thickness)
    degraded = add_gaps(degraded, gaps)
    degraded = add_line_remains(degraded, remains)
    degraded = blur_or_pixelate(degraded, blur)
    degraded = add_noise(degraded, grain)
    chosen = _uniform(choosing, _each(images)) < strength.degraded
    return tf.where(chosen, degraded, warped)


def warp(images: Tensor, seed: Tensor, strength: Strength) -> Tensor:
    """Rotate, shear, stretch, shift and bend: one affine and one elastic field, one resampling."""
    turn, lean, widen, heighten, across, down, bend = _seeds(seed, 7)
    count = tf.shape(images)[0]
    angle = _normal(turn, (count, 1, 1)) * strength.rotation
    shear = _normal(lean, (count, 1, 1)) * strength.shear
    wide = tf.exp(_normal(widen, (count, 1, 1)) * strength.stretch)
    high = tf.exp(_normal(heighten, (count, 1, 1)) * strength.stretch)
    axis = tf.range(SIZE, dtype=tf.float32) - (SIZE - 1) / 2
    x, y = axis[None, None, :], axis[None, :, None]  # around the middle
    cos, sin = tf.cos(angle), tf.sin(angle)
    source_x = (cos * x + sin * y) * wide + shear * y
    source_y = (cos * y - sin * x) * high
    coarse = _normal(bend, (count, 5, 5, 2)) * strength.elastic
    field = tf.image.resize(coarse, (SIZE, SIZE), method="bicubic")  # (n, 28, 28, 2)
    middle = (SIZE - 1) / 2
    source_x += field[..., 0] + middle + _normal(across, (count, 1, 1)) * strength.shift / 2
    source_y += field[..., 1] + middle + _normal(down, (count, 1, 1)) * strength.shift / 2
    return _sample(images, source_x, source_y)


def change_thickness(images: Tensor, seed: Tensor) -> Tensor:
    """Make strokes thinner or thicker: from a fine ballpoint to a broad marker."""
    how, amount, wide = _seeds(seed, 3)
    thick = tf.nn.max_pool2d(images, 3, 1, "SAME")
    thin = -tf.nn.max_pool2d(-images, 2, 1, "SAME")
    rounded = 0.5 * (tf.nn.max_pool2d(images, 2, 1, "SAME") + images)
    fat = tf.nn.max_pool2d(images, 5, 1, "SAME")
    choice = _uniform(wide, _each(images))
    thick = tf.where(choice < 0.4, thick, tf.where(choice > 0.9, fat, rounded))
    direction, part = _uniform(how, _each(images)), _uniform(amount, _each(images))
    changed = tf.where(direction < 0.5, thick, thin)
    return tf.where(direction < 0.8, images + (changed - images) * part, images)


def add_gaps(images: Tensor, seed: Tensor) -> Tensor:
    """Break strokes as where a ruled line was removed, or where the pen skipped."""
    where, how, choosing = _seeds(seed, 3)
    axis = tf.range(SIZE, dtype=tf.float32)
    place = _uniform(where, _each(images)) * SIZE
    half = 0.5 + _uniform(how, _each(images))  # 1 to 3 pixels wide
    fade = tf.minimum(1.0, tf.abs(axis[None, :, None, None] - place) / half)
    fade = fade**2
    choice = _uniform(choosing, _each(images))
    images = tf.where(choice < 0.12, images * fade, images)
    return tf.where(choice > 0.88, images * tf.transpose(fade, (0, 2, 1, 3)), images)


def add_line_remains(images: Tensor, seed: Tensor) -> Tensor:
    """Add remains of ruled or squared paper."""
    where, weight, length, choosing = _seeds(seed, 4)
    axis = tf.range(SIZE, dtype=tf.float32)
    place = _uniform(where, _each(images)) * SIZE
    line = tf.maximum(0.0, 1 - tf.abs(axis[None, :, None, None] - place) / 1.2)
    ends = _uniform(length, (tf.shape(images)[0], 1, 2, 1)) * SIZE
    inside = (axis[None, None, :, None] > tf.reduce_min(ends, 2, keepdims=True)) & (
        axis[None, None, :, None] < tf.reduce_max(ends, 2, keepdims=True)
    )
    line = line * tf.cast(inside, tf.float32) * _uniform(weight, _each(images)) * 0.6
    choice = _uniform(choosing, _each(images))
    images = tf.where(choice < 0.06, tf.maximum(images, line), images)
    upright = tf.transpose(line, (0, 2, 1, 3))
    return tf.where(choice > 0.96, tf.maximum(images, upright), images)


def blur_or_pixelate(images: Tensor, seed: Tensor) -> Tensor:
    """Blur, or reduce the resolution."""
    amount, choosing = _seeds(seed, 2)
    kernel = tf.constant([1.0, 2.0, 1.0]) / 4
    kernel = tf.reshape(kernel[:, None] * kernel[None, :], (3, 3, 1, 1))
    blurred = tf.nn.conv2d(images, kernel, 1, "SAME")
    coarse = tf.image.resize(tf.nn.avg_pool2d(images, 2, 2, "SAME"), (SIZE, SIZE), "nearest")
    choice = _uniform(choosing, _each(images))
    part = _uniform(amount, _each(images))
    images = tf.where(choice < 0.35, images + (blurred - images) * part, images)
    return tf.where(choice > 0.93, coarse, images)


def add_noise(images: Tensor, seed: Tensor) -> Tensor:
    """Vary contrast and edge hardness, and add sensor noise."""
    contrast, gain, noise, weight = _seeds(seed, 4)
    power = tf.exp(_normal(contrast, _each(images)) * 0.35)
    images = tf.pow(tf.clip_by_value(images, 1e-6, 1.0), power)
    images *= 1.0 + 0.35 * (_uniform(gain, _each(images)) - 0.35)
    level = tf.maximum(0.0, _uniform(weight, _each(images)) - 0.6) * 0.12
    images += _normal(noise, tf.shape(images)) * level
    return tf.clip_by_value(images, 0.0, 1.0)


def _sample(images: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Bilinear values at (x, y), each (n, 28, 28) in pixels; black outside."""
    padded = tf.pad(images[..., 0], ((0, 0), (1, 1), (1, 1)))
    x = tf.clip_by_value(x + 1, 0.0, SIZE + 0.999)
    y = tf.clip_by_value(y + 1, 0.0, SIZE + 0.999)
    left, top = tf.floor(x), tf.floor(y)
    right_part, low_part = x - left, y - top
    width = SIZE + 2
    flat = tf.reshape(padded, (tf.shape(images)[0], width * width))
    corner = tf.cast(top, tf.int32) * width + tf.cast(left, tf.int32)

    def at(offset: int) -> Tensor:
        return tf.gather(flat, corner + offset, batch_dims=1)

    above = at(0) * (1 - right_part) + at(1) * right_part
    below = at(width) * (1 - right_part) + at(width + 1) * right_part
    return (above * (1 - low_part) + below * low_part)[..., None]


def _each(images: Tensor) -> Tensor:
    """The shape of one value for each picture."""
    return tf.stack([tf.shape(images)[0], 1, 1, 1])


def _seeds(seed: Tensor, count: int) -> Tensor:
    return tf.unstack(tf.random.split(seed, count), num=count)


def _uniform(seed: Tensor, shape: Any) -> Tensor:
    return tf.random.stateless_uniform(shape, seed)


def _normal(seed: Tensor, shape: Any) -> Tensor:
    """Normal values within two standard deviations."""
    return tf.random.stateless_truncated_normal(shape, seed)
