"""Header limits: what would cost too much is refused before its pixels are decoded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw

from tests.support.hostile import file_of, interlaced_png, scan_bomb, webp
from webapp.imaging import decoding
from webapp.imaging.decoding import decode
from webapp.imaging.uploads import (
    EmptyAreaError,
    TooManyPixelsError,
    TooSlowError,
    UploadError,
)

MAX_PIXELS = 64_000_000


@pytest.fixture
def undecoded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test that decodes pixels."""

    def decoded(image: Image.Image) -> None:
        raise AssertionError(image)

    monkeypatch.setattr(decoding, "_decoded_frame", decoded)
    return iter([None])


def tiny_webp(width: int, height: int) -> bytes:
    """A lossless WebP of one colour: 14 bits for each side less one, and hardly any content."""
    header = (width - 1) | (height - 1) << 14
    return webp(b"VP8L", b"\x2f" + header.to_bytes(4, "little") + b"\x88\x88\x08")


@pytest.mark.parametrize(
    ("name", "data", "refusal"),
    [
        ("34 bytes of WebP, 31 megapixels", tiny_webp(5600, 5600), EmptyAreaError),
        ("38 bytes of WebP, 4.4 megapixels", tiny_webp(2100, 2100), EmptyAreaError),
        ("WebP of 256 megapixels", tiny_webp(16_000, 16_000), TooManyPixelsError),
        ("interlaced PNG of 64 megapixels", interlaced_png(8000, 8000), TooManyPixelsError),
        ("interlaced PNG of 17 megapixels", interlaced_png(4200, 4100), TooManyPixelsError),
        ("JPEG of 20,000 scans", scan_bomb(), TooSlowError),
        ("JPEG of 60 scans", scan_bomb(60), TooSlowError),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.usefixtures("undecoded")
def test_an_expensive_picture_is_refused_by_its_header(
    name: str, data: bytes, refusal: type[UploadError]
) -> None:
    with pytest.raises(refusal) as caught:
        decode(data, max_pixels=MAX_PIXELS)

    assert caught.value.status in (413, 422)
    assert str(caught.value).endswith(".")


def thin_drawing(side: int) -> Image.Image:
    """A white canvas with one thin stroke on it."""
    canvas = Image.new("RGB", (side, side), "white")
    corners = [(side * x, side * y) for x, y in ((0.4, 0.4), (0.6, 0.4), (0.5, 0.6))]
    ImageDraw.Draw(canvas).line(corners, fill="black", width=3)
    return canvas


def scanned(megapixels: int, quality: int) -> Image.Image:
    side = int((megapixels * 1e6) ** 0.5)
    return Image.effect_noise((side, side), quality)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("31 megapixels", file_of(thin_drawing(5600), "WEBP", lossless=True, method=0)),
        ("5 megapixels", file_of(thin_drawing(2240), "WEBP", lossless=True, quality=100)),
        ("31 megapixels of AVIF", file_of(thin_drawing(5600), "AVIF", speed=10, quality=10)),
        ("white, 3 megapixels", file_of(Image.new("RGB", (1700, 1700), "white"), "WEBP")),
        ("interlaced PNG of 15 megapixels", interlaced_png(3900, 3900)),
        ("progressive JPEG", file_of(scanned(12, 60), "JPEG", progressive=True)),
        (
            "progressive JPEG of 64 megapixels",
            file_of(Image.new("L", (8000, 8000), 99), "JPEG", progressive=True),
        ),
        ("small JPEG of 200 scans", scan_bomb(200, size=(800, 600))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_legitimate_picture_is_never_refused_by_these_limits(name: str, data: bytes) -> None:
    assert decode(data, max_pixels=MAX_PIXELS).width > 0
