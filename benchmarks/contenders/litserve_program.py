"""A LitServe server around Cifra's decoder and reader: `python -m … PORT`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "2")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "2")

import litserve
import numpy as np

from webapp.imaging.decoding import decode
from webapp.settings import ROOT

MAX_PIXELS = 64_000_000
MODEL = ROOT / "models" / "cifra.keras"


class ReaderApi(litserve.LitAPI):  # type: ignore[misc]
    """One picture a request, read in batches of what waits."""

    def setup(self, device: str) -> None:  # noqa: ARG002
        from worker.recognition.network.classifier import Classifier  # noqa: PLC0415
        from worker.recognition.reader import Reader  # noqa: PLC0415

        self.reader = Reader(Classifier.load(Path(MODEL)))

    def decode_request(self, request):  # type: ignore[no-untyped-def]
        """A form with a file; LitServe takes an annotation here for the type of a JSON body."""
        data = request["image"].file.read()
        return np.asarray(decode(data, max_pixels=MAX_PIXELS).image)

    def predict(self, pictures: Any) -> Any:
        return [reading.number for reading in self.reader.read(pictures)]

    def batch(self, inputs: list[Any]) -> list[Any]:
        return inputs

    def unbatch(self, output: list[Any]) -> list[Any]:
        return output

    def encode_response(self, output: str | None) -> dict[str, str | None]:
        return {"number": output}


def main() -> None:
    api = ReaderApi(max_batch_size=8, batch_timeout=0.005, api_path="/")
    server = litserve.LitServer(api, accelerator="cpu")
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)


if __name__ == "__main__":
    main()
