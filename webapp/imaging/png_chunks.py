"""PNG chunks: leaves out metadata that Cifra does not use, however large it is when inflated.

Pillow refuses a whole PNG for one text or profile of more than a megabyte (MAX_TEXT_CHUNK).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from PIL import PngImagePlugin

from webapp.imaging.colour_profiles import MAX_PROFILE_BYTES

SIGNATURE_BYTES = 8
FRAME_BYTES = 12  # the length and type before a chunk's content, and the checksum after it
TEXT_TYPES = {b"tEXt", b"zTXt", b"iTXt"}
MAX_TEXT_BYTES = 1024 * 1024
ORIENTATION_KEYWORDS = {b"XML:com.adobe.xmp", b"Raw profile type exif"}  # where EXIF may be

PngImagePlugin.MAX_TEXT_CHUNK = MAX_PROFILE_BYTES  # Pillow's limit for a profile, too


class Chunk(NamedTuple):
    """One chunk: its type, its content, and its place in the file."""

    kind: bytes
    content: memoryview
    start: int
    end: int


def without_unused_metadata(data: bytes) -> bytes:
    """The same PNG without texts that hold no orientation, and without oversized profiles.

    A dropped text is not inflated. Malformed chunks are kept, for the decoder to refuse.
    """
    pieces: list[memoryview] = []
    kept_keywords: set[bytes] = set()
    view, kept_until = memoryview(data), 0
    for chunk in _chunks(view):
        if _is_used(chunk, kept_keywords):
            continue
        pieces.append(view[kept_until : chunk.start])
        kept_until = chunk.end
    if not pieces:
        return data
    return b"".join([*pieces, view[kept_until:]])


def _chunks(view: memoryview) -> Iterator[Chunk]:
    """The whole chunks, up to the first one that the file does not hold completely."""
    start = SIGNATURE_BYTES
    while start + FRAME_BYTES <= len(view):
        length, kind = struct.unpack_from(">I4s", view, start)
        end = start + length + FRAME_BYTES
        if end > len(view):
            return
        yield Chunk(kind, view[start + 8 : end - 4], start, end)
        start = end


def _is_used(chunk: Chunk, kept_keywords: set[bytes]) -> bool:
    if chunk.kind == b"iCCP":
        compressed = bytes(chunk.content).partition(b"\0")[2][1:]
        return _inflates_within(compressed, MAX_PROFILE_BYTES)
    if chunk.kind not in TEXT_TYPES:
        return True
    keyword = bytes(chunk.content[:80]).partition(b"\0")[0]
    if keyword not in ORIENTATION_KEYWORDS - kept_keywords:
        return False
    kept_keywords.add(keyword)
    return _text_fits(chunk)


def _text_fits(chunk: Chunk) -> bool:
    content = bytes(chunk.content)
    if len(content) > MAX_TEXT_BYTES:
        return False
    text = content.partition(b"\0")[2]
    if chunk.kind == b"zTXt":
        return _inflates_within(text[1:], MAX_TEXT_BYTES)
    if chunk.kind == b"iTXt" and text[:1] != b"\0":  # the flag of a compressed text
        compressed = text[2:].partition(b"\0")[2].partition(b"\0")[2]
        return _inflates_within(compressed, MAX_TEXT_BYTES)
    return True


def _inflates_within(compressed: bytes, most: int) -> bool:
    """Whether the content has at most so many bytes. Broken content counts: Pillow ignores it."""
    try:
        return len(zlib.decompressobj().decompress(compressed, most + 1)) <= most
    except zlib.error:
        return True
