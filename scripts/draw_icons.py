"""Draws the icons of the installed app as the favicon is: `python -m scripts.draw_icons`."""

from __future__ import annotations

from PIL import Image, ImageDraw

from webapp.settings import ROOT

SIZES = (192, 512)  # pixels
GROUND, MARK = (176, 64, 14), (255, 255, 255)
STROKES = ([(9.5, 9.5), (22.5, 9.5), (14.5, 23.5)], [(11.5, 16.5), (20.5, 16.5)])  # of 32×32
STROKE_WIDTH = 3
FINER = 4  # times: drawn larger and reduced, so that its edges are smooth


def main() -> None:
    for size in SIZES:
        path = ROOT / "webapp" / "static" / f"icon-{size}.png"
        icon(size).quantize(64).save(path, optimize=True)


def icon(size: int) -> Image.Image:
    """The mark on a ground without corners, which every system cuts in its own way."""
    scale = size * FINER / 32
    picture = Image.new("RGB", (size * FINER, size * FINER), GROUND)
    drawing = ImageDraw.Draw(picture)
    radius = STROKE_WIDTH * scale / 2
    for stroke in STROKES:
        points = [(x * scale, y * scale) for x, y in stroke]
        drawing.line(points, MARK, round(2 * radius), joint="curve")
        for x, y in points:
            drawing.ellipse((x - radius, y - radius, x + radius, y + radius), MARK)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
