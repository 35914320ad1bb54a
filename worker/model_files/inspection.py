"""The inspection: a stranger's model file is looked at before anything in it is built.

Keras builds whatever class a file's configuration names, and reads whatever files its weights
point to. Here both are read as plain data, and only layers that calculate are let through.
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
LARGEST_FILE = 256 * MEGABYTE  # the network that ships has 4
LARGEST_UNPACKED = 512 * MEGABYTE
LARGEST_CONFIG = 4 * MEGABYTE
TOO_LARGE = f"Unpacked it is larger than {LARGEST_UNPACKED // MEGABYTE} MB."

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
CONDITIONS = {"L1", "L2", "L1L2", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"}
MARKS = {"DTypePolicy", "Policy", "__keras_tensor__"}  # types and shapes, and nothing that acts
HARMLESS = MODELS | LAYERS | INITIALIZERS | CONDITIONS | MARKS

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

# What zipfile, json and h5py raise at files that are not what they should be.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    SystemError,  # h5py's, where its own lock meets an error of the file
    TypeError,
    ValueError,
)


class SuspectFileError(Exception):
    """The file asks for more than to calculate. Its text says what, in a sentence."""


def inspect(path: Path) -> None:
    """Look at a .keras or .h5 file without building anything. Raises SuspectFileError."""
    if path.stat().st_size > LARGEST_FILE:
        raise SuspectFileError(f"The file is larger than {LARGEST_FILE // MEGABYTE} MB.")
    try:
        if path.suffix == ".h5":
            with path.open("rb") as file:
                _inspect_legacy(file)
        else:
            with zipfile.ZipFile(path) as archive:
                _inspect_archive(archive)
    except DAMAGE as error:
        raise SuspectFileError(f"The file is damaged or no Keras model: {error}") from error


def _inspect_archive(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    strange = sorted(set(names) - ENTRIES)
    if strange:
        raise SuspectFileError(f"The file holds what no network needs: {strange[0]!r}.")
    if len(names) != len(set(names)):
        raise SuspectFileError("The file holds two entries of the same name.")
    # zipfile reads no more of an entry than its declared size, so that the declared is the most.
    if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
        raise SuspectFileError(TOO_LARGE)
    if archive.getinfo(CONFIG).file_size > LARGEST_CONFIG:
        raise SuspectFileError("The file's configuration is too long.")
    config = json.loads(archive.read(CONFIG))
    if isinstance(config, dict):
        config.pop("compile_config", None)  # it tells how to train on, and is never loaded
    _require_harmless(config)
    _inspect_weights(io.BytesIO(archive.read(WEIGHTS)))


def _inspect_legacy(content: BinaryIO) -> None:
    _inspect_weights(content)
    with h5py.File(content) as file:
        config = file.attrs.get(LEGACY_CONFIG)
    if config is None:
        raise SuspectFileError("The file holds weights alone, and no network.")
    if len(config) > LARGEST_CONFIG:
        raise SuspectFileError("The file's configuration is too long.")
    _require_harmless(json.loads(config))


def _inspect_weights(content: BinaryIO) -> None:
    """HDF5 can fetch its numbers from other files, and can promise more than it holds."""
    with h5py.File(content) as file:
        links: list[tuple[str, Any]] = []
        # h5py does not bear an error inside its visit, so that the looking comes afterwards.
        file.visititems_links(lambda name, link: links.append((name, link)))
        total = 0
        for name, link in links:
            if not isinstance(link, h5py.HardLink):
                raise SuspectFileError("The file points to others.")
            node = file[name]
            if isinstance(node, h5py.Dataset):
                _require_numbers(node)
                total += node.nbytes
        if total > LARGEST_UNPACKED:
            raise SuspectFileError(TOO_LARGE)


def _require_numbers(node: h5py.Dataset) -> None:
    if node.external or node.is_virtual:
        raise SuspectFileError("The file points to others.")
    if node.dtype.kind not in NUMBERS:
        raise SuspectFileError("The file's weights are not numbers.")


def _require_harmless(config: Any) -> None:
    """Every class that a configuration names, however deep, is one of those above."""
    if not isinstance(config, dict) or config.get("class_name") not in MODELS:
        raise SuspectFileError("The file holds no network.")
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
        raise SuspectFileError(f"The file asks for {name!r}, which is no layer known here.")
    if module is not None and module not in MODULES:
        raise SuspectFileError(f"The file asks for {name!r} from {module!r}, which is not Keras.")
