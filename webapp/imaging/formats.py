"""Picture formats: the accepted ones, recognised by their first bytes and not by a file name."""

from __future__ import annotations

from enum import StrEnum

from webapp.imaging.uploads import NotAPictureError, UnsupportedFormatError
from webapp.messages import Message, gettext_noop

SVG = gettext_noop(
    "This is an SVG drawing. Such a file may hold a program, so Cifra doesn't read it. Try a PNG."
)
BRANDS_AT, BRAND_BYTES = 8, 4  # ISO 14496-12, 4.3: a box's size and type, then its brands
MAX_BRANDS_BYTES = 256
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}  # ISO 23008-12, annex B
AVIF_BRANDS = {b"avif", b"avis"}
TEXT_BYTES = 1024  # an SVG's root element follows its declarations within these


class PictureType(StrEnum):
    """The accepted formats, by the names of Pillow's decoders."""

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
    b"II+\0": PictureType.TIFF,  # BigTIFF, with offsets of 64 bits
    b"MM\0+": PictureType.TIFF,
}
UNSUPPORTED = {
    b"%PDF-": Message("PDF document"),
    b"%!PS": Message("PostScript document"),
    b"8BPS": Message("Photoshop file"),
    b"gimp xcf": Message("GIMP file"),
    b"\0\0\0\x0cjP  ": Message("JPEG 2000 picture"),
    b"\xff\x4f\xff\x51": Message("JPEG 2000 picture"),
    b"\0\0\0\x0cJXL ": Message("JPEG XL picture"),
    b"\xff\x0a": Message("JPEG XL picture"),
    b"v/1\x01": Message("OpenEXR picture"),
    b"#?RADIANCE": Message("Radiance HDR picture"),
    b"\0\0\1\0": Message("Windows icon"),
    b"FUJIFILMCCD-RAW": Message("camera's raw file"),
    b"IIU\0": Message("camera's raw file"),
    b"PK\3\4": Message("ZIP archive"),
    b"\x1f\x8b": Message("gzip archive"),
    b"\x1aE\xdf\xa3": Message("Matroska or WebM video"),
}
VIDEO = Message("video")
FTYP_UNSUPPORTED = {b"crx ": Message("camera's raw file"), b"jp2 ": Message("JPEG 2000 picture")}


def recognise(data: bytes) -> PictureType:
    """The format of these bytes.

    Raises NotAPictureError for any other content; an UnsupportedFormatError names a known one.
    """
    for first_bytes, picture_type in FIRST_BYTES.items():
        if data.startswith(first_bytes):
            return picture_type
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return PictureType.WEBP
    if data[4:8] == b"ftyp":
        return _by_brands(data)
    if b"<svg" in data[:TEXT_BYTES].lower():
        raise NotAPictureError(SVG)
    for first_bytes, kind in UNSUPPORTED.items():
        if data.startswith(first_bytes):
            raise UnsupportedFormatError(kind)
    raise NotAPictureError


def _by_brands(data: bytes) -> PictureType:
    """HEIC and AVIF share their container with videos, so the brands decide."""
    end = min(int.from_bytes(data[:4]), MAX_BRANDS_BYTES)
    brands = {data[at : at + BRAND_BYTES] for at in range(BRANDS_AT, end, BRAND_BYTES)}
    if brands & AVIF_BRANDS:
        return PictureType.AVIF
    if brands & HEIF_BRANDS:
        return PictureType.HEIF
    raise UnsupportedFormatError(FTYP_UNSUPPORTED.get(data[8:12], VIDEO))
