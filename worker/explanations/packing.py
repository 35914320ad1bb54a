"""Packing: the contents of an explanation as the bytes of an array archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from webapp.explanations.files import FORMAT
from webapp.platform.array_archive import pack
from worker.serving.step_pictures import png

if TYPE_CHECKING:
    from worker.recognition.explanation.contents import Contents


def packed(contents: Contents) -> bytes:
    return pack(
        {**contents.facts, "format": FORMAT},
        {
            name: (numbers.shape, np.ascontiguousarray(numbers, "<f4").tobytes())
            for name, numbers in contents.arrays.items()
        },
        {name: png(picture) for name, picture in contents.pictures.items()},
    )
