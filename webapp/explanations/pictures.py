"""The pictures of an explanation, for the owner of the prediction and for admins."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, request

from webapp.explanations.asking import computed
from webapp.models.explanation import NETWORK, SUBJECT
from webapp.platform.array_archive import ArchiveError
from webapp.platform.image_response import image_response

pages = Blueprint(
    "explanation_pictures",
    __name__,
    url_prefix="/predictions/<prediction_id>/explanation/pictures",
)

NAME = re.compile(r"[a-z0-9.-]{1,40}")
ENLARGED = 280  # pixels of a single map's longest side


@pages.get("/<name>")
def show(prediction_id: str, name: str) -> Response:
    """One picture; ?map= cuts a single map out of a sheet and enlarges it."""
    subject = request.args.get("subject", NETWORK)
    if not (NAME.fullmatch(name) and SUBJECT.fullmatch(subject)):
        abort(404)
    asked = computed(prediction_id, subject)
    assert asked.numbers is not None and asked.network is not None
    source = asked.network if name.endswith(".weights") else asked.numbers
    try:
        content = source.picture(name)
        number = request.args.get("map", type=int)
        if number is not None:
            layer = source.facts["layers"][int(name.partition(".")[0])]
            content = _single_map(content, layer[_sheet_name(name)], number)
    except (ArchiveError, KeyError, ValueError, IndexError):
        abort(404)
    return image_response(content, "image/png")


def _sheet_name(name: str) -> str:
    return {"heads": "heads_sheet", "weights": "weights_sheet"}.get(name.partition(".")[2], "sheet")


def _single_map(content: bytes, sheet: Mapping[str, Any], number: int) -> bytes:
    """One map of a sheet, enlarged without smoothing. Raises IndexError where there is none."""
    from PIL import Image  # noqa: PLC0415 (the web needs it for few pages only)

    columns: int = sheet["columns"]
    height, width = sheet["cell"]
    left, top = number % columns * (width + 1), number // columns * (height + 1)
    with Image.open(io.BytesIO(content)) as whole:
        if number < 0 or top + height > whole.height:
            raise IndexError(number)
        single = whole.crop((left, top, left + width, top + height))
    times = max(1, ENLARGED // max(height, width))
    enlarged = single.resize((width * times, height * times), Image.Resampling.NEAREST)
    target = io.BytesIO()
    enlarged.save(target, "PNG")
    return target.getvalue()
