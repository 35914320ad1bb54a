"""The pages of the course."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from webapp.learn.chapters import BY_NAME, CHAPTERS, neighbours
from webapp.networks.digits import latest_digits
from webapp.networks.measurements import measurements
from webapp.platform.languages import current_language

pages = Blueprint("learn", __name__, url_prefix="/learn")


@pages.get("")
def index() -> str:
    return render_template("learn/index.html", chapters=CHAPTERS)


@pages.get("/teaching")
def teaching() -> str:
    """A plan for a class of 45 minutes, and a worksheet to print."""
    return render_template("learn/teaching.html", text=f"learn/teaching/{current_language()}.html")


@pages.get("/<chapter>")
def show(chapter: str) -> str:
    chosen = BY_NAME.get(chapter) or abort(404)
    before, after = neighbours(chosen)
    return render_template(
        "learn/show.html",
        chapter=chosen,
        number=CHAPTERS.index(chosen) + 1,
        count=len(CHAPTERS),
        before=before,
        after=after,
        text=f"learn/chapters/{chosen.name}.{current_language()}.html",
        digits=latest_digits(),
        mlp_accuracy=measurements().network("mlp").accuracy,
    )
