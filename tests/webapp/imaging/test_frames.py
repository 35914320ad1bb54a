"""Frames and pages: the first that is not blank is read, among a bounded number."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.webapp.factories import drawing, picture
from webapp.imaging.decoding import MAX_FRAMES, DecodedPicture, decode

MAX_PIXELS = 4_000_000
KINDS = ["GIF", "TIFF", "PNG", "WEBP", "AVIF"]
WHITE = Image.new("RGB", (120, 90), "white")
GREY = Image.new("RGB", (120, 90), (232, 232, 232))
CLEAR = Image.new("RGBA", (120, 90), (0, 0, 0, 0))


def frames_of(*frames: Image.Image, kind: str = "TIFF", **options: object) -> bytes:
    return picture(frames[0], kind=kind, save_all=True, append_images=list(frames[1:]), **options)


def shows_the_drawing(decoded: DecodedPicture) -> bool:
    lowest, highest = decoded.image.convert("L").getextrema()
    return bool(lowest < 80 and highest > 180)  # type: ignore[operator]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("blank", [WHITE, GREY, CLEAR], ids=["white", "grey", "transparent"])
def test_the_first_frame_that_is_not_blank_is_read(blank: Image.Image, kind: str) -> None:
    others = [frame.convert(blank.mode) for frame in (drawing(), WHITE)]
    moving = frames_of(blank, *others, kind=kind)

    assert shows_the_drawing(decode(moving, max_pixels=MAX_PIXELS))


@pytest.mark.parametrize("kind", KINDS)
def test_of_blank_frames_alone_the_first_is_read(kind: str) -> None:
    decoded = decode(frames_of(WHITE, GREY, WHITE, kind=kind), max_pixels=MAX_PIXELS)

    assert decoded.image.convert("L").getextrema()[0] > 250


def test_the_page_that_is_read_tells_the_size_and_the_way_up() -> None:
    large = drawing(size=(300, 200))
    exif = Image.Exif()
    exif[0x0112] = 6

    decoded = decode(frames_of(WHITE, large, exif=exif), max_pixels=MAX_PIXELS)

    assert (decoded.width, decoded.height) == decoded.image.size == (200, 300)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "PNG"])
@pytest.mark.parametrize(("before", "is_found"), [(MAX_FRAMES - 1, True), (MAX_FRAMES, False)])
def test_only_so_many_frames_are_looked_at(before: int, is_found: bool, kind: str) -> None:
    # No two blank frames are alike, as equal neighbours are stored as one.
    blanks = [Image.new("RGB", (120, 90), (255 - n % 2,) * 3) for n in range(before)]

    decoded = decode(frames_of(*blanks, drawing(), kind=kind), max_pixels=MAX_PIXELS)

    assert shows_the_drawing(decoded) == is_found


def test_blank_pages_together_have_at_most_the_pixels_of_one_picture() -> None:
    blank = Image.new("1", (1500, 1000), 1)
    last = Image.new("1", (1500, 1000), 1)
    last.paste(0, (200, 200, 900, 900))

    within = decode(frames_of(blank, last), max_pixels=MAX_PIXELS)
    beyond = decode(frames_of(blank, blank, last), max_pixels=MAX_PIXELS)

    assert shows_the_drawing(within)
    assert not shows_the_drawing(beyond)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_damaged_behind_a_good_frame_is_still_read(kind: str) -> None:
    moving = frames_of(drawing(), WHITE, drawing(), kind=kind)
    whole = picture(drawing(), kind=kind)

    damaged = moving[: len(moving) - len(whole) // 3]
    try:
        expected = decode(damaged, max_pixels=MAX_PIXELS)
    except Exception as error:  # a container whose index is at its end is damaged as a whole
        assert kind in ("TIFF", "WEBP", "AVIF"), error
    else:
        assert shows_the_drawing(expected)
