"""PNG metadata: an intact picture is accepted, however much is written beside its pixels."""

from __future__ import annotations

import zlib

import pytest
from PIL import Image, ImageChops

from tests.support import profiles
from tests.support.hostile import bomb, chunk, file_of, png, seven
from webapp.imaging.decoding import decode
from webapp.imaging.png_chunks import without_unused_metadata
from webapp.imaging.uploads import UploadError

MAX_PIXELS = 1_000_000
TWO_MEGABYTES = b"x" * 2_000_000
RED, RED_OF_P3 = (200, 40, 40), (220, 0, 17)
XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
P3 = profiles.display_p3()


def with_chunks(image: Image.Image, extra: bytes, **options: object) -> bytes:
    """A PNG with more chunks behind its header."""
    whole = file_of(image, "PNG", **options)
    end_of_header = 8 + 12 + 13
    return whole[:end_of_header] + extra + whole[end_of_header:]


def profile_chunk(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"profile\0\0" + zlib.compress(profile))


METADATA = {
    "a text of 2 MB": chunk(b"tEXt", b"Comment\0" + TWO_MEGABYTES),
    "a compressed text of 2 MB": chunk(b"zTXt", b"Comment\0\0" + zlib.compress(TWO_MEGABYTES)),
    "an international text of 2 MB": chunk(b"iTXt", b"Comment\0\0\0\0\0" + TWO_MEGABYTES),
    "a compressed text of 200 MB": chunk(b"zTXt", b"Comment\0\0" + bomb()),
    "200 MB of compressed XMP": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb()),
    "200 MB of raw EXIF": chunk(b"zTXt", b"Raw profile type exif\0\0" + bomb()),
    "100 texts of 1 MB": chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000))) * 100,
    "100 XMP packets of 1 MB": chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + bytes(10**6)) * 100,
    "a profile of 2 MB": profile_chunk(P3 + bytes(2_000_000)),
    "a profile of 200 MB": chunk(b"iCCP", b"profile\0\0" + bomb()),
    "a profile of garbage": chunk(b"iCCP", b"profile\0\0" + b"garbage"),
}


@pytest.mark.parametrize("name", METADATA)
def test_an_intact_png_with_any_metadata_is_accepted(name: str) -> None:
    plain = decode(file_of(seven(), "PNG"), max_pixels=MAX_PIXELS).image

    image = decode(with_chunks(seven(), METADATA[name]), max_pixels=MAX_PIXELS).image

    difference = ImageChops.difference(image, plain)
    assert max(highest for _, highest in difference.getextrema()) < 12  # by a profile's curve


def test_a_large_profile_is_used_within_its_limit() -> None:
    red = Image.new("RGB", (8, 8), RED)

    wide = decode(with_chunks(red, profile_chunk(P3 + bytes(3_000_000))), max_pixels=MAX_PIXELS)
    plain = decode(with_chunks(red, profile_chunk(P3 + bytes(5_000_000))), max_pixels=MAX_PIXELS)

    assert wide.image.getpixel((4, 4)) == RED_OF_P3
    assert plain.image.getpixel((4, 4)) == RED


@pytest.mark.parametrize(
    "text",
    [
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP)),
    ],
)
def test_an_orientation_that_is_written_as_text_is_followed(text: bytes) -> None:
    lying = with_chunks(Image.new("RGB", (120, 90)), METADATA["a text of 2 MB"] + text)

    decoded = decode(lying, max_pixels=MAX_PIXELS)

    assert (decoded.width, decoded.height) == (90, 120)


def test_a_png_without_such_metadata_is_left_as_it_is() -> None:
    plain = file_of(seven(), "PNG", icc_profile=P3)

    assert without_unused_metadata(plain) is plain


@pytest.mark.parametrize("end", range(0, 400, 7))
def test_a_damaged_png_with_metadata_is_refused(end: int) -> None:
    whole = png(chunk(b"tEXt", b"Comment\0text") * 5 + profile_chunk(P3))

    with pytest.raises(UploadError):
        decode(whole[:end], max_pixels=MAX_PIXELS)
