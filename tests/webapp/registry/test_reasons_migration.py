"""The migration 0007: a published version no longer says why it waits; others still do."""

from __future__ import annotations

import json

from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from webapp.app import create_app
from webapp.cli import add_migrations
from webapp.models import ModelVersion, TrainingRun
from webapp.platform.database import db, writing
from webapp.settings import Settings

NOTES = "Not published: it did not pass its evaluation."
PINNED = "The live version is pinned, so this one waits until somebody publishes it."
EVALUATION = {
    "passed": True,
    "summary": ["It passed its evaluation.", PINNED],
    "champion_id": None,
    "margin": 0.001,
    "results": [],
}
ROWS = (
    *(
        "insert into model_versions (created_at, origin, architecture, parameters, filename,"
        " sha256, size, scores, notes, evaluation) values (CURRENT_TIMESTAMP, 'trained', 'cnn', 1,"
        f" 'one.keras', '{sha256}', 1, '{{}}', '{NOTES}', '{json.dumps(EVALUATION)}')"
        for sha256 in ("published", "waiting")
    ),
    "insert into publications (model_version_id, published_at, trigger, pinned)"
    " values (1, CURRENT_TIMESTAMP, 'overridden', false)",
    "insert into training_runs (created_at, status, architecture, recipe, epochs, provenance)"
    " values (CURRENT_TIMESTAMP, 'done', 'cnn', 'quick', '[]', '{}')",
)


def test_reasons_for_waiting_are_kept_where_a_version_waits(settings: Settings) -> None:
    app = create_app(settings)
    add_migrations(app)
    with app.app_context():
        upgrade(revision="0005")
        with writing() as session:
            for row in ROWS:
                session.connection().exec_driver_sql(row)

        upgrade()

        with writing() as session:
            versions = session.scalars(ModelVersion.newest_first()).all()
            assert [version.notes for version in versions] == [NOTES, None]
            summaries = [(version.evaluation or {})["summary"] for version in versions]
            assert summaries == [["It passed its evaluation."]] * 2
            assert session.get_one(TrainingRun, 1).start_count == 0
        downgrade(revision="0005")
        assert len(db.session.execute(text("select id from model_versions")).all()) == 2
        db.engine.dispose()
