"""Colours: a picture is stored in the colours of its profile, and none is refused for one."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import replace

import pillow_heif
import pytest
from PIL import Image, ImageCms, TiffImagePlugin

from tests.support import profiles
from tests.webapp.factories import picture
from webapp.imaging.sandbox import accept
from webapp.settings import MEGABYTE, Settings

pillow_heif.register_heif_opener()

KINDS = ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"]
RED = (200, 40, 40)
RED_OF_P3 = (220, 0, 17)  # the same numbers on a P3 screen, in sRGB, which reaches no further
P3 = profiles.display_p3()


def kept(
    image: Image.Image, settings: Settings, *, kind: str = "PNG", **options: object
) -> Image.Image:
    """The picture that is stored for an upload."""
    upload = accept(picture(image, kind=kind, **options), settings)
    return Image.open(io.BytesIO(upload.picture))


def middle(image: Image.Image) -> tuple[int, ...]:
    level = image.getpixel((image.width // 2, image.height // 2))
    return level if isinstance(level, tuple) else (level,)


def plain(colour: object, *, mode: str = "RGB", width: int = 64) -> Image.Image:
    return Image.new(mode, (width, 64), colour)


@pytest.mark.parametrize("kind", KINDS)
def test_a_wide_colour_is_converted_to_srgb(kind: str, settings: Settings) -> None:
    wide = kept(plain(RED), settings, kind=kind, icc_profile=P3)
    usual = kept(plain(RED), settings, kind=kind)

    assert middle(wide) == pytest.approx(RED_OF_P3, abs=6)
    assert middle(usual) == pytest.approx(RED, abs=6)


def test_a_large_picture_is_converted_to_srgb(settings: Settings) -> None:
    assert middle(kept(plain(RED, width=6000), settings, icc_profile=P3)) == RED_OF_P3


def test_a_transparent_picture_is_converted_and_laid_on_white_paper(settings: Settings) -> None:
    clear = plain((0, 0, 0, 0), mode="RGBA")
    clear.paste((*RED, 255), (20, 20, 40, 40))

    shown = kept(clear, settings, icc_profile=P3)

    assert middle(shown) == RED_OF_P3
    assert shown.getpixel((5, 5)) == (255, 255, 255)


def test_a_grey_picture_follows_its_curve_and_stays_grey(settings: Settings) -> None:
    shown = kept(plain(128, mode="L"), settings, icc_profile=profiles.grey(1.0))

    assert shown.mode == "L"
    assert middle(shown) == (188,)


@pytest.mark.parametrize("width", [64, 6000])
def test_the_inks_of_a_press_are_converted_by_its_profile(width: int, settings: Settings) -> None:
    cyan = plain((255, 0, 0, 0), mode="CMYK", width=width)

    printed = kept(
        cyan, settings, kind="TIFF", compression="tiff_lzw", icc_profile=profiles.press()
    )
    unprofiled = kept(cyan, settings, kind="TIFF", compression="tiff_lzw")

    assert middle(printed) == pytest.approx((0, 194, 255), abs=2)
    assert middle(unprofiled) == (0, 255, 255)


def test_a_picture_that_is_srgb_already_keeps_its_numbers(settings: Settings) -> None:
    of_the_library = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    levels = Image.merge("RGB", [Image.linear_gradient("L").rotate(turn) for turn in (0, 90, 180)])

    for profile in (of_the_library, profiles.display_p3("sRGB IEC61966-2.1")):
        assert kept(levels, settings, icc_profile=profile).tobytes() == levels.tobytes()


@pytest.mark.parametrize(
    ("mode", "profile"),
    [("RGB", profiles.press()), ("CMYK", P3), ("L", P3), ("RGB", profiles.grey(1.0))],
)
def test_a_profile_of_another_colour_space_is_ignored(
    mode: str, profile: bytes, settings: Settings
) -> None:
    image = plain(RED).convert(mode)

    strange = kept(image, settings, kind="TIFF", icc_profile=profile)

    assert strange.tobytes() == kept(image, settings, kind="TIFF").tobytes()


def hostile_profiles() -> Iterator[bytes]:
    """Profiles that are cut off, changed at random, or random bytes."""
    chance = random.Random(7)
    for whole in (P3, profiles.press()):
        yield from (whole[:end] for end in range(0, len(whole), 64))
        for _ in range(100):
            changed = bytearray(whole)
            for _ in range(chance.randint(1, 8)):
                changed[chance.randrange(len(whole))] = chance.choice((0, 1, 127, 128, 255))
            yield bytes(changed)
    yield from (chance.randbytes(size) for size in (1, 127, 128, 132, 4000))
    yield P3[:128] + b"\xff" * 400


def test_no_profile_refuses_a_picture(settings: Settings) -> None:
    for profile in hostile_profiles():
        for mode in ("RGB", "CMYK"):
            shown = kept(plain(RED).convert(mode), settings, kind="JPEG", icc_profile=profile)
            assert shown.mode == "RGB", profile


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "TIFF"])
def test_a_profile_of_16_megabytes_is_ignored(kind: str, settings: Settings) -> None:
    generous = replace(settings, max_upload_bytes=20 * MEGABYTE)
    for profile in (bytes(16_000_000), P3 + bytes(16_000_000)):
        shown = kept(plain(RED), generous, kind=kind, icc_profile=profile)
        assert middle(shown) == pytest.approx(RED, abs=6)


def test_a_profile_of_unbounded_cost_is_ignored(settings: Settings) -> None:
    shown = kept(plain(RED), settings, icc_profile=profiles.bomb(30_000))

    assert middle(shown) == RED


@pytest.mark.filterwarnings("ignore:Metadata Warning")
def test_a_tag_that_is_no_profile_is_ignored(settings: Settings) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags.tagtype[34675] = 3  # numbers in place of bytes
    tags[34675] = (1, 2, 3)

    assert middle(kept(plain(RED), settings, kind="TIFF", tiffinfo=tags)) == RED
