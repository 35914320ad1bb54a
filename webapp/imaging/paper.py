"""Paper: brings any decoded mode to 8-bit grey or RGB in sRGB, reduced, on a plain ground."""

from __future__ import annotations

from PIL import Image, ImageStat

from webapp.imaging.colour_profiles import to_srgb

WORKING_SIDE = 1280  # pixels: the recogniser shrinks what is larger
STRIP_ROWS = 64  # of the reduced picture: a large one is converted and reduced strip by strip
LIGHT_INK = 191  # ink on a transparent ground that is lighter than this is meant for dark paper


def reduced_srgb(image: Image.Image) -> Image.Image:
    """A loaded picture as L, RGB, RGBA or F in sRGB, its longest side under 2 × WORKING_SIDE."""
    mode = _target_mode(image)
    profiled_mode = "CMYK" if image.mode == "CMYK" else mode
    transform = to_srgb(image, profiled_mode)
    if transform is None:
        return _reduced(image, mode)
    return transform.apply(_reduced(image, profiled_mode)).convert(mode)


def on_paper(image: Image.Image) -> Image.Image:
    """L or RGB: deep levels scaled to 8 bits, and a transparent picture laid on paper.

    The paper is white, or black where the ink is itself light.
    """
    if image.mode == "F":
        return _scale_levels(image)
    if image.mode != "RGBA":
        return image
    opaque = image.getchannel("A").point(lambda alpha: 255 if alpha > 127 else 0)
    is_light = opaque.getbbox() and sum(ImageStat.Stat(image, opaque).mean[:3]) / 3 > LIGHT_INK
    paper = Image.new("RGBA", image.size, "black" if is_light else "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def _reduced(image: Image.Image, mode: str) -> Image.Image:
    """In this mode, with its longest side under 2 × WORKING_SIDE.

    Whole squares of pixels are averaged, strip by strip, so that no second copy of a large
    picture is made.
    """
    factor = max(image.size) // WORKING_SIDE
    if factor < 2:
        return image.convert(mode)
    columns, rows = (-(-side // factor) for side in image.size)
    small = Image.new(mode, (columns, rows))
    for row in range(0, rows, STRIP_ROWS):
        bottom = min(image.height, (row + STRIP_ROWS) * factor)
        strip = image.crop((0, row * factor, image.width, bottom))
        small.paste(strip.convert(mode).reduce(factor), (0, row))
    return small


def _target_mode(image: Image.Image) -> str:
    if image.mode.startswith(("I", "F")):
        return "F"
    if image.has_transparency_data:
        return "RGBA"
    return "L" if image.mode in ("1", "L") else "RGB"


def _scale_levels(levels: Image.Image) -> Image.Image:
    """Grey levels of 16 bits, 32 bits or floating point, stretched to 0..255."""
    lowest, highest = (float(level) for level in levels.getextrema())  # type: ignore[arg-type]
    scale = 255 / max(highest - lowest, 1e-9)
    return levels.point(lambda level: level * scale - lowest * scale).convert("L")
