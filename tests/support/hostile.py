"""Hostile uploads, generated: bombs, false headers, broken files and files of two formats."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, ImageDraw

from tests.support import profiles

pillow_heif.register_heif_opener()

PAYLOAD = b"<script>alert('from the file')</script>"
ADAM7 = (  # each pass: its first column and row, and the steps to the next ones (PNG 8.2)
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def seven(mode: str = "RGB", *, size: tuple[int, int] = (240, 240)) -> Image.Image:
    """A seven on paper."""
    image = Image.new("L", size, 235)
    corners = [(size[0] * x, size[1] * y) for x, y in ((0.3, 0.25), (0.7, 0.25), (0.45, 0.8))]
    ImageDraw.Draw(image).line(corners, fill=25, width=max(1, size[0] // 16))
    return image.convert(mode)


def grainy_seven() -> Image.Image:
    """A seven on grainy paper: some kilobytes in every format."""
    noise = np.random.default_rng(5).normal(0, 6, (240, 240, 1))
    return Image.fromarray(np.clip(np.asarray(seven()) + noise, 0, 255).astype(np.uint8))


def file_of(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def odd_pictures() -> dict[str, bytes]:
    """Unusual pictures that are all intact: each is accepted."""
    deep = seven("I").point(lambda level: level * 256)
    clear = Image.new("RGBA", (240, 240), (255, 255, 255, 0))
    clear.paste((20, 20, 20, 255), (110, 40, 130, 200))
    floating = np.asarray(seven("F")).copy()
    floating[0, 0] = np.nan
    frames = [Image.new("1", (8, 8), index % 2) for index in range(10_000)]
    return {
        "one bit PNG": file_of(seven("1"), "PNG"),
        "palette PNG": file_of(seven("P"), "PNG"),
        "palette PNG with a clear colour": file_of(seven("P"), "PNG", transparency=0),
        "grey PNG with alpha": file_of(seven("LA"), "PNG"),
        "PNG with alpha": file_of(clear, "PNG"),
        "16 bit PNG": file_of(deep.convert("I;16"), "PNG"),
        "32 bit TIFF": file_of(deep, "TIFF"),
        "floating TIFF with a NaN": file_of(Image.fromarray(floating), "TIFF"),
        "CMYK JPEG": file_of(seven("CMYK"), "JPEG"),
        "CMYK TIFF": file_of(seven("CMYK"), "TIFF"),
        "JPEG in wide colours": file_of(seven(), "JPEG", icc_profile=profiles.display_p3()),
        "grey PNG with a curve": file_of(seven("L"), "PNG", icc_profile=profiles.grey(1.8)),
        "CMYK TIFF for a press": file_of(seven("CMYK"), "TIFF", icc_profile=profiles.press()),
        "PNG with a profile of zeros": file_of(seven(), "PNG", icc_profile=bytes(4000)),
        "YCbCr TIFF": file_of(seven("YCbCr"), "TIFF"),
        "LAB TIFF": file_of(seven("LAB"), "TIFF"),
        "progressive JPEG": file_of(seven(), "JPEG", progressive=True),
        "one bit BMP": file_of(seven("1"), "BMP"),
        "lossless WebP with alpha": file_of(clear, "WEBP", lossless=True),
        "HEIC": file_of(seven(), "HEIF"),
        "HEIC with alpha": file_of(clear, "HEIF"),
        "AVIF": file_of(seven(), "AVIF"),
        "GIF with a clear colour": file_of(seven("P"), "GIF", transparency=0),
        "GIF of 10,000 frames": file_of(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "PNG of 300 frames": file_of(
            seven(), "PNG", save_all=True, append_images=[seven().rotate(n) for n in range(300)]
        ),
        "TIFF of 300 pages": file_of(
            seven("1"), "TIFF", save_all=True, append_images=[seven("1")] * 300
        ),
        "TIFF with a cycle of pages": cyclic_tiff(),
        "one pixel": file_of(Image.new("RGB", (1, 1)), "PNG"),
        "65,535 × 1 PNG": file_of(Image.new("L", (65_535, 1), 255), "PNG"),
        "1 × 65,535 GIF": file_of(Image.new("L", (1, 65_535), 255), "GIF"),
        "65,500 × 8 JPEG": file_of(Image.new("L", (65_500, 8), 255), "JPEG"),
        "16,383 × 2 WebP": file_of(Image.new("RGB", (16_383, 2), "white"), "WEBP"),
        "64 white megapixels in 8 KB": white_png(8000, 8000),
        "200 white megapixels of JPEG": white_jpeg(16_000, 12_480),
        "JPEG and zip": file_of(seven(), "JPEG") + zip_of(PAYLOAD),
        "PNG and web page": file_of(seven(), "PNG") + b"<!doctype html>" + PAYLOAD,
        "PNG with a program in its text": png(chunk(b"tEXt", b"Comment\0" + PAYLOAD)),
        "GIF and JavaScript": gif_and_javascript(),
        "JPEG with a program in its comment": file_of(seven(), "JPEG", comment=PAYLOAD),
        "BMP and program": file_of(seven(), "BMP") + b"MZ" + PAYLOAD,
        "PNG with 10,000 texts": png(chunk(b"tEXt", b"a\0b") * 10_000),
        "PNG with a bomb in zTXt": png(chunk(b"zTXt", b"a\0\0" + bomb())),
        "PNG with a bomb in iTXt": png(chunk(b"iTXt", b"a\0\1\0\0\0" + bomb())),
        "PNG with a bomb in iCCP": png(chunk(b"iCCP", b"a\0\0" + bomb())),
        "PNG with a text of 2 MB": png(chunk(b"tEXt", b"a\0" + bytes(2_000_000))),
        "BigTIFF": file_of(seven(), "TIFF", big_tiff=True),
        "interlaced PNG": interlaced_png(240, 240),
        "GIF whose first frame is blank": file_of(
            Image.new("P", (240, 240)), "GIF", save_all=True, append_images=[seven("P")]
        ),
        "PNG with 60 MB of pixels beyond its size": png(pixels=bytes(60_000_000)),
        "JPEG cut into its last line": file_of(grainy_seven(), "JPEG") + bytes(1_000_000),
    }


def bombs_and_lies() -> dict[str, bytes]:
    """Small files that would grow, and files with false headers: each is refused."""
    huge = struct.pack("<HH", 65_535, 65_535)
    heic, avif = file_of(seven(), "HEIF"), file_of(seven(), "AVIF")
    jpeg = file_of(seven(), "JPEG")
    return {
        "nothing": b"",
        "one byte": b"\xff",
        "zeros": bytes(300_000),
        "PNG of 65,535 × 65,535": png(header=(65_535, 65_535)),
        "PNG of 2,147,483,647 pixels a side": png(header=(2**31 - 1, 2**31 - 1)),
        "PNG with no sides": png(header=(0, 0)),
        "PNG that claims 7,900 × 8,000 and has 240 × 240": png(header=(7_900, 8_000)),
        "PNG with a chunk of 2,147,483,647 bytes": png(struct.pack(">I", 2**31 - 1) + b"tEXt"),
        "PNG with a wrong checksum": file_of(seven(), "PNG").replace(b"IDAT", b"IDAT\0", 1),
        "GIF of 65,535 × 65,535": b"GIF89a" + huge + file_of(seven("P"), "GIF")[10:],
        "GIF whose frame is larger than itself": gif_with_a_huge_frame(),
        "GIF without a frame": file_of(seven("P"), "GIF")[:13] + b";",
        "WebP of 16,384 × 16,384": webp(b"VP8L", b"\x2f" + struct.pack("<I", 2**28 - 1)),
        "WebP of 16,777,216 pixels a side": webp(b"VP8X", bytes(4) + b"\xff" * 6),
        "WebP without a picture": b"RIFF\4\0\0\0WEBP",
        "36 white megapixels of WebP": white_webp(),
        "31 megapixels of WebP in 38 bytes": white_webp(5500),
        "64 megapixels of interlaced PNG": interlaced_png(8000, 8000),
        "TIFF of 65,535 × 65,535": tiff(width=65_535, height=65_535),
        "TIFF whose pixels lie elsewhere": tiff(width=240, height=240, offset=2**31),
        "TIFF with a bomb for pixels": tiff(width=40_000, height=40_000, deflated=True),
        "TIFF that begins at its end": b"II*\0" + struct.pack("<I", 2**32 - 1),
        "TIFF without a page": b"II*\0" + struct.pack("<IH", 8, 0) + bytes(4),
        "BMP of 65,535 × 65,535": bmp(65_535, 65_535),
        "BMP of -2,147,483,648 rows": bmp(2**31 - 1, -(2**31)),
        "BMP of 30,000 × 30,000 in runs": bmp(30_000, 30_000, bits=8, compression=1),
        "JPEG of 65,500 × 65,500": jpeg_that_claims(65_500, 65_500),
        "progressive JPEG of 20,000 × 20,000": jpeg_that_claims(20_000, 20_000, progressive=True),
        "JPEG of 20,000 scans": scan_bomb(),
        "JPEG that ends at once": b"\xff\xd8\xff",
        "JPEG without tables": jpeg[:20] + jpeg[jpeg.index(b"\xff\xda") :],
        "HEIC that is only its name": heic[: heic.index(b"meta") - 4],
        "HEIC of 60,000 × 60,000": resized_box(heic),
        "HEIC with its pixels zeroed": heic[: len(heic) // 2] + bytes(len(heic) // 2),
        "HEIC with a box larger than itself": heic.replace(b"meta", b"meta\xff\xff", 1),
        "AVIF of 60,000 × 60,000": resized_box(avif),
        "AVIF with its pixels zeroed": avif[: len(avif) // 2] + bytes(len(avif) // 2),
        "video": b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(5000),
        "SVG": SVG,
        "SVG behind a declaration": b'\xef\xbb\xbf<?xml version="1.0"?><!-- x -->\n' + SVG,
        "SVG with entities": b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG,
        "SVGZ": gzip.compress(SVG),
        "PDF": b"%PDF-1.7\n" + jpeg,
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n",
        "zip and JPEG": zip_of(jpeg),
        "web page": b"<!doctype html>" + PAYLOAD,
        "program": b"\x7fELF" + bytes(500),
        "PNG named in the text of a script": b"#!/bin/sh\n# \x89PNG\r\n\x1a\n",
        "JPEG behind a line break": b"\n" + jpeg,
        "PNG with a JPEG's beginning": b"\xff\xd8\xff" + file_of(seven(), "PNG")[3:],
        "JPEG with a PNG's beginning": b"\x89PNG\r\n\x1a\n" + jpeg[8:],
    }


def cut_pictures() -> Iterator[tuple[str, bytes]]:
    """A picture of each type, cut after every kilobyte."""
    for kind in KINDS:
        whole = file_of(grainy_seven(), kind)[: 12 * 1024]
        for kilobytes in range(1, -(-len(whole) // 1024)):
            yield f"{kind} cut after {kilobytes} KB", whole[: kilobytes * 1024]


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def png(extra: bytes = b"", *, header: tuple[int, int] = (240, 240), pixels: bytes = b"") -> bytes:
    """A grey PNG of 240 × 240 white pixels, with extra chunks or a false header."""
    claimed = chunk(b"IHDR", struct.pack(">IIBBBBB", *header, 8, 0, 0, 0, 0))
    lines = pixels or (b"\0" + b"\xff" * 240) * 240
    body = chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + claimed + extra + body


def white_png(width: int, height: int) -> bytes:
    """A real PNG of one bit a pixel, all white."""
    return file_of(Image.new("1", (width, height), 1), "PNG")


def white_jpeg(width: int, height: int) -> bytes:
    """A real JPEG, all white."""
    return file_of(Image.new("L", (width, height), 255), "JPEG")


def white_webp(side: int = 6000) -> bytes:
    return file_of(Image.new("RGB", (side, side), "white"), "WEBP", lossless=True, method=0)


def bomb() -> bytes:
    """200 MB in 200 KB."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()


def zip_of(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("payload", content)
    return file.getvalue()


def gif_and_javascript() -> bytes:
    """A GIF whose first bytes are also the beginning of a JavaScript comment, as its width."""
    whole = file_of(seven("P"), "GIF")
    return whole[:-1] + b"\x21\xfe" + bytes([len(PAYLOAD)]) + PAYLOAD + b"\0;" + PAYLOAD


def gif_with_a_huge_frame() -> bytes:
    whole = file_of(seven("P"), "GIF")
    at = whole.index(b"\x2c\0\0\0\0")  # the frame's place and size
    return whole[: at + 5] + struct.pack("<HH", 65_535, 65_535) + whole[at + 9 :]


def webp(kind: bytes, content: bytes) -> bytes:
    padded = content + bytes(len(content) % 2)
    body = b"WEBP" + kind + struct.pack("<I", len(content)) + padded
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tiff(*, width: int, height: int, offset: int = 8, deflated: bool = False) -> bytes:
    """A grey TIFF of one strip, with a false header."""
    strip = bomb() if deflated else bytes(240)
    entries = [
        (256, width),
        (257, height),
        (258, 8),
        (259, 8 if deflated else 1),
        (262, 1),
        (273, offset),
        (277, 1),
        (278, height),
        (279, len(strip)),
    ]
    body = struct.pack("<H", len(entries))
    body += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries) + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + len(strip)) + strip + body


def cyclic_tiff() -> bytes:
    """A TIFF whose first page names itself as the next page."""
    whole = bytearray(file_of(seven("L"), "TIFF"))
    first = struct.unpack_from("<I", whole, 4)[0]
    entries = struct.unpack_from("<H", whole, first)[0]
    struct.pack_into("<I", whole, first + 2 + 12 * entries, first)
    return bytes(whole)


def bmp(width: int, height: int, *, bits: int = 24, compression: int = 0) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 1000, 0, 0, 54) + header + bytes(2000)


def jpeg_that_claims(width: int, height: int, *, progressive: bool = False) -> bytes:
    whole = bytearray(file_of(seven("L"), "JPEG", progressive=progressive))
    at = whole.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    struct.pack_into(">HH", whole, at + 5, height, width)
    return bytes(whole)


def scan_bomb(scans: int = 20_000, *, size: tuple[int, int] = (7_900, 8_000)) -> bytes:
    """A progressive JPEG whose last scan, of a few bytes, is repeated.

    Each scan passes over all pixels of the picture (libjpeg-turbo, "Two Issues with the JPEG
    Standard").
    """
    whole = file_of(Image.new("L", size, 255), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * scans + whole[-2:]


def interlaced_png(width: int, height: int) -> bytes:
    """A real interlaced PNG, grey and black: Pillow writes none."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 1))
    packer = zlib.compressobj(9)
    rows = []
    for left, top, across, down in ADAM7:
        columns, lines = -(-(width - left) // across), -(-(height - top) // down)
        rows.append(packer.compress(bytes(lines * (1 + columns))))
    pixels = chunk(b"IDAT", b"".join(rows) + packer.flush())
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


def resized_box(content: bytes) -> bytes:
    """A HEIC or AVIF that claims 60,000 × 60,000."""
    at = content.index(b"ispe") + 8
    return content[:at] + struct.pack(">II", 60_000, 60_000) + content[at + 8 :]


HOSTILE_NAMES = {
    "a path upwards": "../../../../etc/passwd",
    "a path of another system": "..\\..\\windows\\system32\\seven.png",
    "an absolute path": "/etc/cron.d/seven",
    "control characters": "se\x01v\x1b[31men\x7f.png",
    "a right-to-left override": "seven\u202egnp.exe",
    "five thousand letters": "x" * 5_000 + ".png",
    "a program": "<script>alert(1)</script>.png",
    "a template": "{{ 7 * 7 }}.png",
    "a query": "'; DROP TABLE predictions; --.png",
    "an empty name in quotes": '""',
    "dots": "...",
    "a device": "CON",
    "a lone surrogate": "caf\u0301\udce9.png",
    "many combined accents": "e" + "\u0301" * 500 + ".png",
}
