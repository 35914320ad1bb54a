"""The array types of the recogniser: their shapes, value ranges and meanings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]  # (height, width) grey or (height, width, 3) RGB, 0..255
Grey = NDArray[np.float32]  # (height, width), 0..1
Mask = NDArray[np.bool_]  # (height, width)
Ink = NDArray[np.float32]  # (28, 28), 0..1, white ink on black, in MNIST's format

Images = NDArray[np.uint8]  # (n, 28, 28), 0..255, white ink on black
Labels = NDArray[np.uint8]  # (n,), 0..9 or NO_DIGIT
Logits = NDArray[np.float32]  # (n, 10), raw scores before the softmax

NO_DIGIT = 10  # the label of the eleventh class, which has a fixed score of zero
