"""The inspection: an untrusted model file is checked before anything in it is built.

Keras builds any class that a file's configuration names, and reads any file that its weights
refer to. Here both are read as plain data, and only layers that calculate are accepted.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import h5py

MEGABYTE = 1024 * 1024
MAX_FILE = 256 * MEGABYTE  # the network that ships has 4
MAX_UNPACKED = 512 * MEGABYTE
MAX_CONFIG = 4 * MEGABYTE
TOO_LARGE = f"Unpacked it is larger than {MAX_UNPACKED // MEGABYTE} MB."

CONFIG = "config.json"
WEIGHTS = "model.weights.h5"
ENTRIES = {"metadata.json", CONFIG, WEIGHTS, "cifra.json"}  # of a .keras zip
LEGACY_CONFIG = "model_config"  # an attribute of an .h5 file's root
NUMBERS = "fiub"  # NumPy's kinds: float, signed, unsigned, bool

CODE = {"Lambda", "__lambda__", "TFOpLambda", "SlicingOpLambda"}
MODELS = {"Functional", "Model", "Sequential"}
LAYERS = {
    "Activation", "Add", "AdditiveAttention", "AlphaDropout", "Attention", "Average",
    "AveragePooling1D", "AveragePooling2D", "BatchNormalization", "Bidirectional", "Concatenate",
    "Conv1D", "Conv2D", "Conv2DTranspose", "Cropping2D", "Dense", "DepthwiseConv2D", "Dot",
    "Dropout", "ELU", "EinsumDense", "Flatten", "GRU", "GRUCell", "GaussianDropout",
    "GaussianNoise", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D",
    "GlobalMaxPooling2D", "GroupNormalization", "InputLayer", "LSTM", "LSTMCell",
    "LayerNormalization", "LeakyReLU", "MaxPooling1D", "MaxPooling2D", "Maximum", "Minimum",
    "MultiHeadAttention", "Multiply", "PReLU", "Permute", "RNN", "ReLU", "RepeatVector",
    "Rescaling", "Reshape", "SeparableConv2D", "SimpleRNN", "SimpleRNNCell", "Softmax",
    "SpatialDropout1D", "SpatialDropout2D", "StackedRNNCells", "Subtract", "TimeDistributed",
    "UnitNormalization", "UpSampling2D", "ZeroPadding2D",
}  # fmt: skip
INITIALIZERS = {
    "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity",
    "LecunNormal", "LecunUniform", "Ones", "Orthogonal", "RandomNormal", "RandomUniform",
    "TruncatedNormal", "VarianceScaling", "Zeros",
}  # fmt: skip
REGULARIZERS = {"L1", "L2", "L1L2", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"}
ANNOTATIONS = {"DTypePolicy", "Policy", "__keras_tensor__"}  # types and shapes
HARMLESS = MODELS | LAYERS | INITIALIZERS | REGULARIZERS | ANNOTATIONS

MODULES = {
    "keras",
    "keras.constraints",
    "keras.initializers",
    "keras.layers",
    "keras.models",
    "keras.regularizers",
    "keras.src.models.functional",
    "keras.src.models.sequential",
    "keras.src.ops.numpy",  # the + and × between layers
}

# The errors of zipfile, json and h5py for malformed files.
MALFORMED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    SystemError,  # of h5py, when an error occurs under its own lock
    TypeError,
    ValueError,
)


class SuspectFileError(Exception):
    """The file contains more than layers that calculate. The text is a sentence that says what."""


def inspect(path: Path) -> None:
    """Check a .keras or .h5 file without building anything. Raises SuspectFileError."""
    if path.stat().st_size > MAX_FILE:
        raise SuspectFileError(f"The file is larger than {MAX_FILE // MEGABYTE} MB.")
    try:
        if path.suffix == ".h5":
            with path.open("rb") as file:
                _inspect_legacy(file)
        else:
            with zipfile.ZipFile(path) as archive:
                _inspect_archive(archive)
    except MALFORMED as error:
        raise SuspectFileError(f"The file is damaged or no Keras model: {error}") from error


def _inspect_archive(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    unknown = sorted(set(names) - ENTRIES)
    if unknown:
        raise SuspectFileError(f"The file contains an entry that no network needs: {unknown[0]!r}.")
    if len(names) != len(set(names)):
        raise SuspectFileError("The file contains two entries of the same name.")
    # zipfile reads no more of an entry than its declared size.
    if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
        raise SuspectFileError(TOO_LARGE)
    if archive.getinfo(CONFIG).file_size > MAX_CONFIG:
        raise SuspectFileError("The file's configuration is too long.")
    config = json.loads(archive.read(CONFIG))
    if isinstance(config, dict):
        config.pop("compile_config", None)  # settings for further training, which are never loaded
    _require_harmless(config)
    _inspect_weights(io.BytesIO(archive.read(WEIGHTS)))


def _inspect_legacy(content: BinaryIO) -> None:
    _inspect_weights(content)
    with h5py.File(content) as file:
        config = file.attrs.get(LEGACY_CONFIG)
    if config is None:
        raise SuspectFileError("The file contains weights alone, and no network.")
    if len(config) > MAX_CONFIG:
        raise SuspectFileError("The file's configuration is too long.")
    _require_harmless(json.loads(config))


def _inspect_weights(content: BinaryIO) -> None:
    """HDF5 can read its numbers from other files, and can declare more than it contains."""
    with h5py.File(content) as file:
        links: list[tuple[str, Any]] = []
        # An error inside the visit crashes h5py, so that the links are checked afterwards.
        file.visititems_links(lambda name, link: links.append((name, link)))
        total = 0
        for name, link in links:
            if not isinstance(link, h5py.HardLink):
                raise SuspectFileError("The file refers to other files.")
            node = file[name]
            if isinstance(node, h5py.Dataset):
                _require_numbers(node)
                total += node.nbytes
        if total > MAX_UNPACKED:
            raise SuspectFileError(TOO_LARGE)


def _require_numbers(node: h5py.Dataset) -> None:
    if node.external or node.is_virtual:
        raise SuspectFileError("The file refers to other files.")
    if node.dtype.kind not in NUMBERS:
        raise SuspectFileError("The file's weights are not numbers.")


def _require_harmless(config: Any) -> None:
    """Every class that a configuration names, at any depth, is one of those above."""
    if not isinstance(config, dict) or config.get("class_name") not in MODELS:
        raise SuspectFileError("The file contains no network.")
    waiting: list[Any] = [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "class_name" in part:
                _require_known(part)
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _require_known(part: dict[str, Any]) -> None:
    name, module = str(part["class_name"]), part.get("module")
    if name in CODE:
        raise SuspectFileError("The file contains program code (a Lambda layer).")
    if name not in HARMLESS or part.get("registered_name") not in (None, name):
        raise SuspectFileError(f"The file needs {name!r}, which is not a known layer.")
    if module is not None and module not in MODULES:
        raise SuspectFileError(f"The file needs {name!r} from {module!r}, which is not Keras.")
