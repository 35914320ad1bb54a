"""Colours: what a picture's ICC profile makes of its numbers, in sRGB, which all else expects."""

from __future__ import annotations

import io
from contextlib import suppress

from PIL import Image, ImageCms

MOST_PROFILE_BYTES = 4 * 1024 * 1024  # room for those of printing presses, the largest in use
ENDLESS = b"mpet"  # a row of steps that may name one step a million times; hardly a profile has it
SPACES = {"RGB": "RGB", "RGBA": "RGB", "L": "GRAY", "CMYK": "CMYK"}  # as ICC.1 signs them


def to_srgb(image: Image.Image, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The way of this picture's colours, once it is in that mode, to sRGB as RGB or RGBA.

    None where the numbers are to be taken as they stand: they are sRGB already, or the profile is
    missing, broken, too large, about colours of another kind, or of a kind that may take for ever.
    """
    written = image.info.get("icc_profile")
    if mode not in SPACES or not isinstance(written, bytes):
        return None
    if len(written) > MOST_PROFILE_BYTES or ENDLESS in written:
        return None
    with suppress(OSError, ValueError, ImageCms.PyCMSError):
        profile = ImageCms.ImageCmsProfile(io.BytesIO(written))
        space = profile.profile.xcolor_space.strip()
        is_srgb = ImageCms.getProfileDescription(profile).startswith("sRGB")
        if space == SPACES[mode] and not is_srgb:
            shown = "RGBA" if mode == "RGBA" else "RGB"
            return ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, shown)
    return None
