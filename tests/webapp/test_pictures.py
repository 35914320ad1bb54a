"""Pictures: what is accepted, and the sentence and status that any other file gets."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from tests.webapp.factories import drawing, picture
from webapp.pictures import accept
from webapp.settings import Settings
from webapp.uploads import (
    AnimatedPictureError,
    BrokenPictureError,
    EmptyPictureError,
    NotAPictureError,
    TooLargeError,
    TooManyPixelsError,
    UploadError,
    display_name,
)

STILL_KINDS = ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"]


@pytest.mark.parametrize("kind", STILL_KINDS)
def test_a_still_picture_of_each_common_type_is_accepted(kind: str, settings: Settings) -> None:
    upload = accept(picture(kind=kind), "seven", settings)

    assert upload.media_type == f"image/{kind.lower()}"
    assert (upload.width, upload.height) == (120, 90)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_any_colour_mode_becomes_a_preview(mode: str, settings: Settings) -> None:
    upload = accept(picture(drawing(mode=mode)), "seven.png", settings)

    assert shows_dark_ink_on_light_paper(upload.preview)


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_grey_levels_become_a_preview(mode: str, settings: Settings) -> None:
    deep = drawing(mode="I").point(lambda level: level * 200).convert(mode)

    upload = accept(picture(deep, kind="TIFF"), "seven.tif", settings)

    assert shows_dark_ink_on_light_paper(upload.preview)


def test_a_cmyk_photo_becomes_a_preview(settings: Settings) -> None:
    upload = accept(picture(drawing(mode="CMYK"), kind="JPEG"), "seven.jpg", settings)

    assert opened(upload.preview).mode == "RGB"


def test_transparency_is_laid_on_white_paper(settings: Settings) -> None:
    clear = Image.new("RGBA", (60, 60), (0, 0, 0, 0))

    preview = opened(accept(picture(clear), "clear.png", settings).preview)

    assert preview.convert("L").getextrema()[0] > 250


def test_previews_are_small_upright_and_carry_no_metadata(settings: Settings) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "where I live"
    photo = picture(drawing(size=(1600, 1200)), kind="JPEG", exif=exif, comment=b"secret")

    upload = accept(photo, "photo.jpg", settings)

    preview, thumbnail = opened(upload.preview), opened(upload.thumbnail)
    assert (upload.width, upload.height) == (1200, 1600)
    assert preview.size == (768, 1024)
    assert max(thumbnail.size) == 256
    assert not preview.getexif()
    assert b"secret" not in upload.preview


def test_a_phone_photo_with_a_second_picture_inside_is_one_photo(settings: Settings) -> None:
    file = io.BytesIO()
    drawing().save(file, "MPO", save_all=True, append_images=[drawing()])

    assert accept(file.getvalue(), "phone.jpg", settings).media_type == "image/jpeg"


def test_an_empty_file_is_refused(settings: Settings) -> None:
    with pytest.raises(EmptyPictureError) as caught:
        accept(b"", "empty.png", settings)
    assert caught.value.status == 400


def test_a_file_over_the_limit_is_refused(settings: Settings) -> None:
    with pytest.raises(TooLargeError, match=r"limit is 0\.286 MB") as caught:
        accept(picture() + bytes(300_000), "large.png", settings)
    assert caught.value.status == 413


@pytest.mark.parametrize(
    "content",
    [b"hello", b"%PDF-1.7", b'<svg xmlns="http://www.w3.org/2000/svg"/>', b"\0" * 50, b"MZ\x90"],
)
def test_what_is_no_picture_is_refused(content: bytes, settings: Settings) -> None:
    with pytest.raises(NotAPictureError) as caught:
        accept(content, "photo.jpg", settings)
    assert caught.value.status == 415


def test_a_heic_photo_is_refused_by_name(settings: Settings) -> None:
    with pytest.raises(NotAPictureError, match="HEIC"):
        accept(b"\0\0\0\x18ftypheic" + bytes(40), "photo.heic", settings)


@pytest.mark.parametrize("kind", STILL_KINDS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_picture_is_refused(kind: str, share: float, settings: Settings) -> None:
    whole = picture(drawing(size=(300, 200)), kind=kind)

    with pytest.raises(UploadError) as caught:
        accept(whole[: int(len(whole) * share)], "half", settings)

    assert caught.value.status == 422


def test_damaged_content_behind_a_good_header_is_refused(settings: Settings) -> None:
    with pytest.raises(BrokenPictureError):
        accept(b"\x89PNG\r\n\x1a\n" + b"nonsense" * 20, "photo.png", settings)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_a_moving_picture_is_refused(kind: str, settings: Settings) -> None:
    frames = [drawing(), drawing().rotate(90)]
    moving = picture(frames[0], kind=kind, save_all=True, append_images=frames[1:])

    with pytest.raises(AnimatedPictureError) as caught:
        accept(moving, "moving", settings)

    assert caught.value.status == 422


def test_a_decompression_bomb_is_refused_before_it_is_decoded(settings: Settings) -> None:
    with pytest.raises(TooManyPixelsError) as caught:
        accept(png_that_claims(60_000, 60_000), "bomb.png", settings)
    assert caught.value.status == 413


def test_names_are_shown_without_folders_and_control_characters() -> None:
    assert display_name("../../etc/passwd") == "passwd"
    assert display_name("C:\\photos\\seven.png") == "seven.png"
    assert display_name("se\x00v\x1b[31men\u202e.png") == "sev[31men.png"
    assert display_name("\n") == "picture"
    assert len(display_name("x" * 999)) == 120


def shows_dark_ink_on_light_paper(preview: bytes) -> bool:
    image = opened(preview)
    darkest, lightest = image.convert("L").getextrema()
    return image.mode == "RGB" and darkest < 80 and lightest > 180


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
