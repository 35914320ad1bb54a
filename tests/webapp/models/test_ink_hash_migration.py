"""The migration of ink hashes: from PNG files to pixels, and back."""

from __future__ import annotations

from hashlib import sha256

from flask import Flask
from flask_migrate import downgrade, stamp, upgrade
from PIL import Image
from sqlalchemy import text

from tests.webapp.factories import picture
from webapp.cli import add_migrations
from webapp.platform.database import writing

DIGIT = (
    "insert into digits (id, prediction_id, position, row, label, confidence, probabilities,"
    " x, y, width, height, ink_png) values (:id, 'one', :id, 0, 7, 0.9, '[]', 0, 0, 28, 28, :png)"
)
CORRECTION = (
    "insert into corrections (id, created_at, digit_id, owner_id, label, read_as, ink_sha256,"
    " verdict) values (:id, '2026-01-01', :id, 'ana', 1, 7, :hash, 'approved')"
)
PREDICTION = (
    "insert into predictions (id, owner_id, created_at, status, filename, media_type, width,"
    " height, claim_count)"
    " values ('one', 'ana', '2026-01-01', 'refused', 'a.png', 'image/png', 28, 28, 1)"
)
VERSION = (
    "insert into model_versions (id, created_at, origin, architecture, parameters, filename,"
    " sha256, size, scores) values (1, '2026-01-01', 'trained', 'cnn', 1, 'a', 'b', 1, '{}')"
)
PICTURE = (
    "insert into evaluation_pictures (model_version_id, position, dataset, png, ink_sha256)"
    " values (1, 0, 'Validation corrections', :png, :hash)"
)


def test_hashes_of_png_files_become_hashes_of_pixels_and_back(app: Flask) -> None:
    pixels = Image.effect_noise((28, 28), 80)
    pngs = [picture(pixels, compress_level=level) for level in (0, 9)]
    of_files = [sha256(png).hexdigest() for png in pngs]
    of_pixels = sha256(pixels.tobytes()).hexdigest()
    add_migrations(app)
    with app.app_context():
        stamp()  # the fixture has created the latest tables
        downgrade(revision="0005")
        with writing() as session:
            session.execute(text(PREDICTION))
            session.execute(text(VERSION))
            for number, (png, old) in enumerate(zip(pngs, of_files, strict=True)):
                session.execute(text(DIGIT), {"id": number, "png": png})
                session.execute(text(CORRECTION), {"id": number, "hash": old})
            session.execute(text(PICTURE), {"png": pngs[0], "hash": of_files[0]})

        upgrade(revision="0008")
        assert hashes("corrections") == [of_pixels, of_pixels]
        assert hashes("evaluation_pictures") == [of_pixels]

        downgrade(revision="0005")
        assert hashes("corrections") == of_files
        assert hashes("evaluation_pictures")[0] in of_files


def hashes(table: str) -> list[str]:
    with writing() as session:
        return list(session.scalars(text(f"select ink_sha256 from {table} order by id")))
