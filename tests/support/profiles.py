"""ICC profiles for the tests, written byte by byte after ICC.1:2001-04 (version 2.4)."""

from __future__ import annotations

import struct

D50 = (0.9642, 1.0, 0.8249)  # the white that every profile refers to
DISPLAY_P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
GAMMA = 2.2


def display_p3(name: str = "Display P3") -> bytes:
    """The primaries of a phone's screen: a matrix, and a curve for each channel."""
    tags = {b"desc": _text(name), b"wtpt": _xyz(D50)}
    for channel, primary in zip((b"r", b"g", b"b"), DISPLAY_P3, strict=True):
        tags |= {channel + b"XYZ": _xyz(primary), channel + b"TRC": _curve(GAMMA)}
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def grey(gamma: float) -> bytes:
    tags = {b"desc": _text("Grey"), b"wtpt": _xyz(D50), b"kTRC": _curve(gamma)}
    return _profile(b"mntr", b"GRAY", b"XYZ ", tags)


def press() -> bytes:
    """A printing press with a blue cyan: the Lab of the sixteen corners of CMYK (lut8Type)."""
    corners = []
    for corner in range(16):
        inks = [corner >> bit & 1 for bit in (3, 2, 1, 0)]
        light = 255 * (4 - sum(inks)) // 4
        corners += [light, 128, 128 - 100 * inks[0]]
    lut = struct.pack(">4sI4B", b"mft1", 0, 4, 3, 2, 0)
    lut += b"".join(
        _fixed(1.0 if row == column else 0.0) for row in range(3) for column in range(3)
    )
    lut += bytes(range(256)) * 4 + bytes(corners) + bytes(range(256)) * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"desc": _text("Press"), b"A2B0": lut})


def bomb(steps: int) -> bytes:
    """One small matrix, applied so many times to each colour (multiProcessElementsType)."""
    step = b"matf" + struct.pack(">IHH", 0, 3, 3)
    step += struct.pack(">12f", 0.9, 0.1, 0.0, 0.1, 0.9, 0.0, 0.0, 0.1, 0.9, 0.0, 0.0, 0.0)
    elements = b"mpet" + struct.pack(">IHHI", 0, 3, 3, steps)
    elements += struct.pack(">II", 16 + 8 * steps, len(step)) * steps + step
    tags = {b"desc": _text("Bomb"), b"wtpt": _xyz(D50), b"D2B0": elements}
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags)


def _profile(kind: bytes, colours: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    """The header, the table of tags, and their contents."""
    table, contents = struct.pack(">I", len(tags)), b""
    begin = 128 + 4 + 12 * len(tags)
    for signature, content in tags.items():
        table += struct.pack(">4sII", signature, begin + len(contents), len(content))
        contents += content + bytes(-len(content) % 4)
    size = begin + len(contents)
    header = struct.pack(">I4sI4s4s4s", size, b"", 0x02400000, kind, colours, connection)
    header += bytes(12) + b"acsp" + bytes(28) + b"".join(_fixed(part) for part in D50)
    return header.ljust(128, b"\0") + table + contents


def _fixed(number: float) -> bytes:
    """s15Fixed16Number."""
    return struct.pack(">i", round(number * 65536))


def _xyz(colour: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(_fixed(part) for part in colour)


def _curve(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))


def _text(text: str) -> bytes:
    """textDescriptionType: ASCII, with neither Unicode nor Macintosh script."""
    encoded = text.encode() + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(encoded)) + encoded + bytes(78)
