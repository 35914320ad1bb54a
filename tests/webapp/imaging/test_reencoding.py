"""Re-encoding: pictures of each format are accepted, and any other file is refused."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from tests.webapp.factories import drawing, picture
from webapp.imaging.sandbox import accept
from webapp.imaging.uploads import (
    BrokenPictureError,
    EmptyPictureError,
    NotAPictureError,
    TooLargeError,
    TooManyPixelsError,
    UploadError,
    display_name,
)
from webapp.settings import Settings

pillow_heif.register_heif_opener()

KINDS = ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "HEIF", "AVIF"]
SECRET = b"where I live"


@pytest.mark.parametrize("kind", KINDS)
def test_a_still_picture_of_each_common_type_is_accepted(kind: str, settings: Settings) -> None:
    upload = accept(picture(kind=kind), settings)

    assert (upload.width, upload.height) == (120, 90)
    assert shows_dark_ink_on_light_paper(upload.picture)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_any_colour_mode_becomes_a_picture_on_paper(mode: str, settings: Settings) -> None:
    upload = accept(picture(drawing(mode=mode)), settings)

    assert shows_dark_ink_on_light_paper(upload.picture)


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_grey_levels_become_a_picture_on_paper(mode: str, settings: Settings) -> None:
    deep = drawing(mode="I").point(lambda level: level * 200).convert(mode)

    upload = accept(picture(deep, kind="TIFF"), settings)

    assert shows_dark_ink_on_light_paper(upload.picture)


def test_a_cmyk_photo_becomes_a_picture_on_paper(settings: Settings) -> None:
    upload = accept(picture(drawing(mode="CMYK"), kind="JPEG"), settings)

    assert opened(upload.picture).mode == "RGB"


@pytest.mark.parametrize(("ink", "paper"), [("black", 255), ("white", 0), (None, 255)])
def test_a_transparent_picture_is_laid_on_paper_of_the_other_brightness(
    ink: str | None, paper: int, settings: Settings
) -> None:
    clear = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    if ink:
        clear.paste(ink, (20, 20, 30, 40))

    kept = opened(accept(picture(clear), settings).picture)

    assert kept.mode == "RGB"
    assert kept.getpixel((5, 5)) == (paper,) * 3
    assert (kept.getpixel((25, 30)) == (paper,) * 3) == (ink is None)


def test_thumbnails_are_small_upright_and_carry_no_metadata(settings: Settings) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "where I live"
    photo = picture(drawing(size=(1600, 1200)), kind="JPEG", exif=exif, comment=b"secret")

    upload = accept(photo, settings)

    assert upload.thumbnail is not None
    thumbnail = opened(upload.thumbnail)
    assert (upload.width, upload.height) == (1200, 1600)
    assert thumbnail.size == (192, 256)
    assert not thumbnail.getexif()
    assert b"secret" not in upload.thumbnail


def test_a_small_picture_is_its_own_thumbnail(settings: Settings) -> None:
    assert accept(picture(drawing(size=(256, 200))), settings).thumbnail is None


def test_a_file_without_loss_is_stored_without_loss(settings: Settings) -> None:
    random = np.random.default_rng(3).integers(0, 256, (300, 200, 3), np.uint8)

    upload = accept(picture(Image.fromarray(random)), settings)

    assert upload.media_type == "image/png"
    assert (np.asarray(opened(upload.picture)) == random).all()


def test_a_photograph_is_stored_as_a_jpeg_that_looks_the_same(settings: Settings) -> None:
    random = np.random.default_rng(3).normal(200, 8, (600, 400, 3)).clip(0, 255).astype(np.uint8)
    photo = picture(Image.fromarray(random), kind="JPEG", quality=92)

    upload = accept(photo, settings)

    assert upload.media_type == "image/jpeg"
    difference = np.asarray(opened(photo), float) - np.asarray(opened(upload.picture), float)
    assert np.sqrt((difference**2).mean()) < 2.5, "grey levels"


def test_a_phone_photo_with_a_second_picture_inside_is_one_photo(settings: Settings) -> None:
    file = io.BytesIO()
    drawing().save(file, "MPO", save_all=True, append_images=[drawing()])

    assert (accept(file.getvalue(), settings).width) == 120


def test_an_empty_file_is_refused(settings: Settings) -> None:
    with pytest.raises(EmptyPictureError) as caught:
        accept(b"", settings)
    assert caught.value.status == 400


def test_a_file_over_the_limit_is_refused(settings: Settings) -> None:
    with pytest.raises(TooLargeError, match=r"limit is 0\.286 MB") as caught:
        accept(picture() + bytes(300_000), settings)
    assert caught.value.status == 413


@pytest.mark.parametrize(
    "content",
    [b"hello", b"%PDF-1.7", b'<svg xmlns="http://www.w3.org/2000/svg"/>', b"\0" * 50, b"MZ\x90"],
)
def test_a_file_that_is_no_picture_is_refused(content: bytes, settings: Settings) -> None:
    with pytest.raises(NotAPictureError) as caught:
        accept(content, settings)
    assert caught.value.status == 415


def test_an_svg_is_refused_by_name(settings: Settings) -> None:
    with pytest.raises(NotAPictureError, match="SVG"):
        accept(b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', settings)


def test_a_video_in_the_container_of_a_heic_is_refused(settings: Settings) -> None:
    with pytest.raises(NotAPictureError):
        accept(b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(40), settings)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_picture_is_refused(kind: str, share: float, settings: Settings) -> None:
    whole = picture(drawing(size=(300, 200)), kind=kind)

    with pytest.raises(UploadError) as caught:
        accept(whole[: int(len(whole) * share)], settings)

    assert caught.value.status == 422


def test_damaged_content_behind_a_good_header_is_refused(settings: Settings) -> None:
    with pytest.raises(BrokenPictureError):
        accept(b"\x89PNG\r\n\x1a\n" + b"nonsense" * 20, settings)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF", "AVIF"])
def test_of_an_animation_the_first_frame_is_read(kind: str, settings: Settings) -> None:
    frames = [drawing(), Image.new("RGB", (120, 90), "black")]
    moving = picture(frames[0], kind=kind, save_all=True, append_images=frames[1:])

    assert shows_dark_ink_on_light_paper(accept(moving, settings).picture)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_nothing_but_pixels_is_kept(kind: str, settings: Settings) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    hidden = picture(kind=kind, exif=exif, xmp=SECRET, icc_profile=SECRET) + b"PK\3\4" + SECRET

    upload = accept(hidden, settings)

    for kept in filter(None, (upload.picture, upload.thumbnail)):
        assert SECRET not in kept
        assert not opened(kept).getexif()
        assert "icc_profile" not in opened(kept).info


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_picture_on_its_side_is_stored_upright(kind: str, settings: Settings) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    upload = accept(picture(kind=kind, exif=exif), settings)

    assert (upload.width, upload.height) == opened(upload.picture).size == (90, 120)


def test_a_large_photo_is_kept_small_and_remembers_its_size(settings: Settings) -> None:
    upload = accept(picture(drawing(size=(4032, 3024)), kind="JPEG"), settings)

    assert (upload.width, upload.height) == (4032, 3024)
    assert max(opened(upload.picture).size) == 1008


def test_a_large_picture_of_another_format_is_stored_reduced(
    settings: Settings,
) -> None:
    upload = accept(picture(drawing(size=(4000, 900)), kind="PNG"), settings)

    assert opened(upload.picture).size == (1334, 300)
    assert shows_dark_ink_on_light_paper(upload.picture)


def test_a_baseline_jpeg_may_have_more_pixels(settings: Settings) -> None:
    drafted = picture(Image.new("RGB", (3600, 3600), "white"), kind="JPEG")  # 13 million
    whole = picture(Image.new("RGB", (3600, 3600), "white"), kind="JPEG", progressive=True)

    assert accept(drafted, settings).width == 3600
    with pytest.raises(TooManyPixelsError):
        accept(whole, settings)


def test_a_decompression_bomb_is_refused_before_it_is_decoded(settings: Settings) -> None:
    with pytest.raises(TooManyPixelsError) as caught:
        accept(png_that_claims(60_000, 60_000), settings)
    assert caught.value.status == 413
    assert "limit is 4 megapixels" in str(caught.value)


def test_names_are_shown_without_folders_and_control_characters() -> None:
    assert display_name("../../etc/passwd") == "passwd"
    assert display_name("C:\\photos\\seven.png") == "seven.png"
    assert display_name("se\x00v\x1b[31men\u202e.png") == "sev[31men.png"
    assert display_name("\n") == "picture"
    assert len(display_name("x" * 999)) == 120


def shows_dark_ink_on_light_paper(preview: bytes) -> bool:
    image = opened(preview)
    darkest, lightest = image.convert("L").getextrema()
    return image.mode in ("L", "RGB") and darkest < 80 and lightest > 180


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def png_that_claims(width: int, height: int) -> bytes:
    """A small PNG whose header announces more pixels than anyone should decode."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    content = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", content)
