"""The inspection: Keras receives no class that does more than calculate, and no foreign file."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from tests.support.servers import ROOT
from worker.model_files import inspection
from worker.model_files.inspection import SuspectFileError, inspect
from worker.recognition.network import architectures as network

SUFFIXES = (".keras", ".h5")

Config = dict[str, Any]


def saved(path: Path, *layers: keras.Layer) -> Path:
    """A network with these layers between its 28×28 pixels and its ten scores."""
    ends = [keras.layers.Flatten(), keras.layers.Dense(10)]
    keras.Sequential([keras.Input((28, 28, 1)), *layers, *ends]).save(path)
    return path


def rewritten(path: Path, change: Callable[[Config], None]) -> Path:
    """The same file with another configuration."""
    if path.suffix == ".h5":
        with h5py.File(path, "a") as file:
            config = json.loads(file.attrs["model_config"])
            change(config)
            file.attrs["model_config"] = json.dumps(config)
        return path
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(entries["config.json"])
    change(config)
    return zipped(path, entries | {"config.json": json.dumps(config).encode()})


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("architecture", network.ARCHITECTURES)
def test_the_networks_of_the_catalogue_are_accepted(
    tmp_path: Path, architecture: str, suffix: str
) -> None:
    model = network.build(architecture)
    model.compile("adam", "mse")
    model.save(tmp_path / f"network{suffix}")

    inspect(tmp_path / f"network{suffix}")


def test_the_inspection_of_a_file_imports_no_keras(tmp_path: Path) -> None:
    file = saved(tmp_path / "network.keras")
    program = (
        "import sys; from pathlib import Path; from worker.model_files.inspection import inspect;"
        f"inspect(Path({str(file)!r})); print({{'keras', 'tensorflow'}} & set(sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_lambda_layer_is_refused(tmp_path: Path, suffix: str) -> None:
    file = saved(tmp_path / f"code{suffix}", keras.layers.Lambda(lambda ink: ink * 2))

    with pytest.raises(SuspectFileError, match="program code"):
        inspect(file)


def name_another_class(config: Config) -> None:
    config["config"]["layers"][1]["class_name"] = "StringLookup"  # would read a vocabulary file


def name_another_module(config: Config) -> None:
    config["config"]["layers"][1]["module"] = "os"


def name_a_registered_class(config: Config) -> None:
    config["config"]["layers"][1]["registered_name"] = "theirs>Flatten"


def name_a_function(config: Config) -> None:
    config["config"]["layers"][2]["config"]["activation"] = {
        "module": "keras.utils",
        "class_name": "function",
        "config": "get_file",
        "registered_name": "function",
    }


def hide_it_in_a_training(config: Config) -> None:
    """Keras compiles nested models, even where it is not to compile the whole."""
    config["config"]["layers"][2]["compile_config"] = {
        "optimizer": {"module": "keras.utils", "class_name": "get_file", "config": {}}
    }


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "change",
    [
        name_another_class,
        name_another_module,
        name_a_registered_class,
        name_a_function,
        hide_it_in_a_training,
    ],
)
def test_a_class_that_does_more_than_calculate_is_refused(
    tmp_path: Path, change: Callable[[Config], None], suffix: str
) -> None:
    file = rewritten(saved(tmp_path / f"theirs{suffix}"), change)

    with pytest.raises(SuspectFileError, match="needs"):
        inspect(file)


@pytest.mark.parametrize("name", ["../../escaped", "/etc/passwd", "assets/vocabulary.txt"])
def test_an_entry_that_no_network_needs_is_refused(tmp_path: Path, name: str) -> None:
    file = saved(tmp_path / "network.keras")
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, "whatever")

    with pytest.raises(SuspectFileError, match="no network needs"):
        inspect(file)


def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    file = saved(tmp_path / "network.keras")
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("config.json", "{}")

    with pytest.raises(SuspectFileError, match="the same name"):
        inspect(file)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = zipped(
        tmp_path / "bomb.keras",
        {"config.json": b"{}", "metadata.json": b"{}", "model.weights.h5": bytes(20 * 1024**2)},
    )
    assert bomb.stat().st_size < 50_000
    monkeypatch.setattr(inspection, "MAX_UNPACKED", 10 * 1024**2)

    with pytest.raises(SuspectFileError, match="Unpacked it is larger"):
        inspect(bomb)


def test_weights_that_unpack_to_terabytes_are_refused(tmp_path: Path) -> None:
    file = saved(tmp_path / "network.h5")
    with h5py.File(file, "a") as weights:
        weights.create_dataset("huge", (1_000_000, 1_000_000), "f4", compression="gzip")
    assert file.stat().st_size < 100_000

    with pytest.raises(SuspectFileError, match="Unpacked it is larger"):
        inspect(file)


def point_to_another_file(weights: h5py.File) -> None:
    weights["theirs"] = h5py.ExternalLink("/etc/passwd", "/")


def lie_in_another_file(weights: h5py.File) -> None:
    weights.create_dataset("theirs", (10,), "u1", external=[("/etc/passwd", 0, 10)])


def be_made_of_other_files(weights: h5py.File) -> None:
    layout = h5py.VirtualLayout((10,), "u1")
    layout[:] = h5py.VirtualSource("/tmp/other.h5", "theirs", shape=(10,))
    weights.create_virtual_dataset("theirs", layout)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "change", [point_to_another_file, lie_in_another_file, be_made_of_other_files]
)
def test_weights_that_point_to_other_files_are_refused(
    tmp_path: Path, change: Callable[[h5py.File], None], suffix: str
) -> None:
    file = saved(tmp_path / f"network{suffix}")
    if suffix == ".h5":
        with h5py.File(file, "a") as weights:
            change(weights)
    else:
        with zipfile.ZipFile(file) as archive:
            entries = {name: archive.read(name) for name in archive.namelist()}
        content = io.BytesIO(entries["model.weights.h5"])
        with h5py.File(content, "a") as weights:
            change(weights)
        zipped(file, entries | {"model.weights.h5": content.getvalue()})

    with pytest.raises(SuspectFileError, match="refers to other files"):
        inspect(file)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_truncated_file_is_refused_wherever_it_ends(tmp_path: Path, suffix: str) -> None:
    content = saved(tmp_path / f"whole{suffix}").read_bytes()
    broken = tmp_path / f"broken{suffix}"

    for length in range(0, len(content), 1021):
        broken.write_bytes(content[:length])
        with pytest.raises(SuspectFileError):
            inspect(broken)


@pytest.mark.parametrize("config", ["[]", "7", "{", '{"class_name": ["Sequential"]}', "[" * 90_000])
def test_an_invalid_configuration_is_refused(tmp_path: Path, config: str) -> None:
    file = zipped(tmp_path / "odd.keras", {"config.json": config.encode(), "metadata.json": b"{}"})

    with pytest.raises(SuspectFileError):
        inspect(file)


def test_random_damage_never_escapes_as_another_error(tmp_path: Path) -> None:
    """Only in a zip: damage in a plain .h5 can make HDF5 loop for ever, which the limits end."""
    random = np.random.default_rng(0)
    whole = np.frombuffer(saved(tmp_path / "whole.keras").read_bytes(), np.uint8)
    broken = tmp_path / "broken.keras"
    for _ in range(200):
        content = whole.copy()
        content[random.integers(len(content), size=20)] = random.integers(256, size=20)
        broken.write_bytes(content.tobytes())
        with suppress(SuspectFileError):
            inspect(broken)
