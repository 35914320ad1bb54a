"""Colour profiles: the conversion of a picture's ICC profile to sRGB."""

from __future__ import annotations

import io
from contextlib import suppress

from PIL import Image, ImageCms

MAX_PROFILE_BYTES = 4 * 1024 * 1024  # the largest profiles in use are those of printing presses
# A multiProcessElementsType can name one step a million times. Ordinary profiles do not use it.
UNBOUNDED_ELEMENT = b"mpet"
SPACES = {"RGB": "RGB", "RGBA": "RGB", "L": "GRAY", "CMYK": "CMYK"}  # signatures of ICC.1


def to_srgb(image: Image.Image, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The transform from this picture's colours, once it is in that mode, to sRGB as RGB or RGBA.

    None where the pixel values are used unchanged: they are sRGB already, or the profile is
    missing, broken, too large, for another colour space, or of a kind with unbounded cost.
    """
    profile_bytes = image.info.get("icc_profile")
    if mode not in SPACES or not isinstance(profile_bytes, bytes):
        return None
    if len(profile_bytes) > MAX_PROFILE_BYTES or UNBOUNDED_ELEMENT in profile_bytes:
        return None
    with suppress(OSError, ValueError, ImageCms.PyCMSError):
        profile = ImageCms.ImageCmsProfile(io.BytesIO(profile_bytes))
        space = profile.profile.xcolor_space.strip()
        is_srgb = ImageCms.getProfileDescription(profile).startswith("sRGB")
        if space == SPACES[mode] and not is_srgb:
            output = "RGBA" if mode == "RGBA" else "RGB"
            return ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), mode, output)
    return None
