"""Types of picture: the few that we accept, each known by its first bytes and not by its name."""

from __future__ import annotations

from enum import StrEnum

from webapp.imaging.uploads import NotAPictureError

SVG = "This is an SVG drawing. Such a file may hold a program, so we don't read it. Try a PNG."
BRANDS_AT, BRAND_BYTES = 8, 4  # ISO 14496-12, 4.3: a box's size and type, then its brands
MOST_BRANDS_BYTES = 256
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}  # ISO 23008-12, annex B
AVIF_BRANDS = {b"avif", b"avis"}
TEXT_BYTES = 1024  # an SVG tells what it is within these, behind its declarations


class PictureType(StrEnum):
    """The types, by the names that Pillow gives its decoders."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    GIF = "GIF"
    BMP = "BMP"
    TIFF = "TIFF"
    HEIF = "HEIF"
    AVIF = "AVIF"


FIRST_BYTES = {
    b"\xff\xd8\xff": PictureType.JPEG,
    b"\x89PNG\r\n\x1a\n": PictureType.PNG,
    b"GIF87a": PictureType.GIF,
    b"GIF89a": PictureType.GIF,
    b"BM": PictureType.BMP,
    b"II*\0": PictureType.TIFF,
    b"MM\0*": PictureType.TIFF,
}


def recognise(data: bytes) -> PictureType:
    """The type that the first bytes tell. Raises NotAPictureError for any other content."""
    for first_bytes, picture_type in FIRST_BYTES.items():
        if data.startswith(first_bytes):
            return picture_type
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return PictureType.WEBP
    if data[4:8] == b"ftyp":
        return _by_its_brands(data)
    if b"<svg" in data[:TEXT_BYTES].lower():
        raise NotAPictureError(SVG)
    raise NotAPictureError


def _by_its_brands(data: bytes) -> PictureType:
    """HEIC and AVIF share their box with films, so their brands decide."""
    end = min(int.from_bytes(data[:4]), MOST_BRANDS_BYTES)
    brands = {data[at : at + BRAND_BYTES] for at in range(BRANDS_AT, end, BRAND_BYTES)}
    if brands & AVIF_BRANDS:
        return PictureType.AVIF
    if brands & HEIF_BRANDS:
        return PictureType.HEIF
    raise NotAPictureError
