"""The names of layers and what they do, in plain words."""

from __future__ import annotations

import math

from flask_babel import gettext

from webapp.explanations.receptive_field import INK, Layer


def layer_name(layer: Layer, layers: list[Layer]) -> str:
    """Such as "Convolution 3" or "Ten scores"."""
    if layer["index"] == len(layers) - 1:
        return gettext("Ten scores")
    same = [other for other in layers if other["kind"] == layer["kind"]]
    number = next(n for n, other in enumerate(same, 1) if other["index"] == layer["index"])
    return gettext(
        "%(kind)s %(number)s", kind=_kinds().get(layer["kind"], gettext("Step")), number=number
    )


def unit_count(layer: Layer) -> int:
    """The numbers that a layer gives."""
    return math.prod(layer["shape"])


def layer_sentence(layer: Layer, layers: list[Layer]) -> str:
    """What a layer does, in one sentence or two."""
    if layer["index"] == len(layers) - 1:
        return gettext(
            "Each digit from 0 to 9 gets a score: the sum of all numbers before, each times a "
            "weight of that digit. The highest score wins."
        )
    if layer["kind"] == "convolution":
        return _convolution_sentence(layer)
    if layer["kind"] == "dense" and layer["grid"]:
        return gettext(
            "Every patch by itself: each unit adds up the numbers of the patch, each times a "
            "weight that it learned. The weights are the same for all patches."
        )
    if layer["kind"] == "recurrent":
        return gettext(
            "The network reads line by line and keeps what it has seen in a state of numbers. "
            "Each line of the picture is the state after one more line."
        )
    return _sentences().get(layer["kind"], gettext("A step that Cifra shows without its sums."))


def _convolution_sentence(layer: Layer) -> str:
    shape, kernel = layer["shape"], layer["kernel"]
    if layer["strides"] == layer["kernel"]:
        return gettext(
            "The picture is cut into patches of %(size)s×%(size)s pixels, and each patch is "
            "described by %(count)s numbers.",
            size=kernel[0],
            count=shape[2],
        )
    if layer["sources"] == [INK]:
        return gettext(
            "%(count)s small filters of %(size)s×%(size)s pixels slide over the digit. A map is "
            "bright where its filter finds its pattern, such as an edge or the end of a line.",
            count=shape[2],
            size=kernel[0],
        )
    return gettext(
        "%(count)s small filters of %(size)s×%(size)s slide over the maps before. A map is bright "
        "where its filter finds its pattern, now made of the patterns of the step before.",
        count=shape[2],
        size=kernel[0],
    )


def _kinds() -> dict[str, str]:
    return {
        "convolution": gettext("Convolution"),
        "dense": gettext("Dense layer"),
        "pool": gettext("Pooling"),
        "average": gettext("Average"),
        "normalisation": gettext("Normalisation"),
        "recurrent": gettext("Recurrent layer"),
        "attention": gettext("Attention"),
        "sum": gettext("Addition"),
    }


def _sentences() -> dict[str, str]:
    return {
        "dense": gettext(
            "Each unit adds up all numbers before, each times a weight that it learned, and passes "
            "the sum on."
        ),
        "pool": gettext("Each map becomes smaller: of neighbouring places one number is kept."),
        "average": gettext(
            "Each map becomes one number, its mean. From here on it no longer matters where "
            "something was found, only how much of it."
        ),
        "normalisation": gettext("The numbers are brought to a common scale."),
        "attention": gettext(
            "Each patch collects information from all others. Each head learned by itself where to "
            "look: the brighter a patch, the more the others attend to it."
        ),
        "sum": gettext("The numbers from before the last steps are added, so that none is lost."),
    }
