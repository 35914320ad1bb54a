"""Standard terms for columns, and evaluation pictures in a table of their own"""

import base64

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DATASETS = {"Held-out corrections": "Validation corrections"}
SENTENCES = {  # of an evaluation's summary
    "It passed its exam.": "It passed its evaluation.",
    "It did not pass its exam.": "It did not pass its evaluation.",
}
NOTES = {
    "Not published: it did not pass its exam.": "Not published: it did not pass its evaluation."
}


def upgrade() -> None:
    _rename_owner("visitor", "owner_id")
    with op.batch_alter_table("predictions") as table:
        table.alter_column("attempts", new_column_name="claim_count")
    with op.batch_alter_table("publications") as table:
        table.drop_constraint(table.f("ck_publications_known_occasion"), type_="check")
        table.alter_column("occasion", new_column_name="trigger")
    with op.batch_alter_table("publications") as table:
        table.create_check_constraint(
            table.f("ck_publications_known_trigger"),
            "trigger in ('installed', 'passed', 'chosen', 'rolled back', 'overridden')",
        )
    _rename_audit_action("deed", "action")
    op.create_table(
        "evaluation_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.String(length=40), nullable=False),
        sa.Column("truth", sa.Integer(), nullable=True),
        sa.Column("challenger", sa.Integer(), nullable=True),
        sa.Column("champion", sa.Integer(), nullable=True),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("ink_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_versions.id"],
            name=op.f("fk_evaluation_pictures_model_version_id_model_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_pictures")),
        sa.UniqueConstraint(
            "model_version_id", "position", name=op.f("uq_evaluation_pictures_model_version_id")
        ),
    )
    op.create_index(op.f("ix_evaluation_pictures_ink_sha256"), "evaluation_pictures", ["ink_sha256"])
    with op.batch_alter_table("model_versions") as table:
        table.alter_column("exam", new_column_name="evaluation")
    _move_pictures_into_rows()


def downgrade() -> None:
    _move_pictures_into_json()
    with op.batch_alter_table("model_versions") as table:
        table.alter_column("evaluation", new_column_name="exam")
    op.drop_index(op.f("ix_evaluation_pictures_ink_sha256"), "evaluation_pictures")
    op.drop_table("evaluation_pictures")
    _rename_audit_action("action", "deed")
    with op.batch_alter_table("publications") as table:
        table.drop_constraint(table.f("ck_publications_known_trigger"), type_="check")
        table.alter_column("trigger", new_column_name="occasion")
    with op.batch_alter_table("publications") as table:
        table.create_check_constraint(
            table.f("ck_publications_known_occasion"),
            "occasion in ('installed', 'passed', 'chosen', 'rolled back', 'overridden')",
        )
    with op.batch_alter_table("predictions") as table:
        table.alter_column("claim_count", new_column_name="attempts")
    _rename_owner("owner_id", "visitor")


def _rename_owner(old: str, new: str) -> None:
    """Rename the column in the three tables, with its indexes and constraints."""
    with op.batch_alter_table("predictions") as table:
        table.drop_index(f"ix_predictions_{old}_created_at")
        table.alter_column(old, new_column_name=new)
    op.create_index(f"ix_predictions_{new}_created_at", "predictions", [new, "created_at"])
    with op.batch_alter_table("corrections") as table:
        table.drop_index(table.f(f"ix_corrections_{old}"))
        table.alter_column(old, new_column_name=new)
    op.create_index(op.f(f"ix_corrections_{new}"), "corrections", [new])
    with op.batch_alter_table("users") as table:
        table.drop_constraint(table.f(f"uq_users_{old}"), type_="unique")
        table.alter_column(old, new_column_name=new)
    with op.batch_alter_table("users") as table:
        table.create_unique_constraint(table.f(f"uq_users_{new}"), [new])


def _rename_audit_action(old: str, new: str) -> None:
    """The triggers that protect the log refuse updates, not a new name for a column."""
    op.execute(f"alter table audit_entries rename column {old} to {new}")


def _move_pictures_into_rows() -> None:
    connection = op.get_bind()
    pictures = sa.table(
        "evaluation_pictures",
        *(sa.column(name) for name in ("model_version_id", "position", "dataset", "truth")),
        *(sa.column(name) for name in ("challenger", "champion", "ink_sha256")),
        sa.column("png", sa.LargeBinary),
    )
    versions = sa.table(
        "model_versions", sa.column("id"), sa.column("evaluation", sa.JSON), sa.column("notes")
    )
    stored = connection.execute(sa.select(versions.c.id, versions.c.evaluation)).all()
    for version_id, exam in stored:
        if not exam:
            continue
        rows = [
            {
                "model_version_id": version_id,
                "position": position,
                "dataset": DATASETS.get(picture["paper"], picture["paper"]),
                "truth": picture["truth"],
                "challenger": picture["challenger"],
                "champion": picture["champion"],
                "png": base64.b64decode(picture["png"]),
                "ink_sha256": picture.get("ink_sha256") or None,
            }
            for position, picture in enumerate(exam["pictures"])
            if picture is not None
        ]
        if rows:
            connection.execute(pictures.insert(), rows)
        evaluation = {
            "passed": exam["passed"],
            "summary": [_renamed(sentence, SENTENCES) for sentence in exam["verdict"]],
            "champion_id": exam["champion_id"],
            "margin": exam["margin"],
            "results": [
                {**paper, "name": DATASETS.get(paper["name"], paper["name"])}
                for paper in exam["papers"]
            ],
        }
        connection.execute(
            versions.update().where(versions.c.id == version_id).values(evaluation=evaluation)
        )
    for old, new in NOTES.items():
        connection.execute(versions.update().where(versions.c.notes == old).values(notes=new))


def _move_pictures_into_json() -> None:
    connection = op.get_bind()
    versions = sa.table(
        "model_versions", sa.column("id"), sa.column("evaluation", sa.JSON), sa.column("notes")
    )
    pictures = sa.table(
        "evaluation_pictures",
        *(sa.column(name) for name in ("model_version_id", "position", "dataset", "truth")),
        *(sa.column(name) for name in ("challenger", "champion", "ink_sha256")),
        sa.column("png", sa.LargeBinary),
    )
    datasets = {new: old for old, new in DATASETS.items()}
    sentences = {new: old for old, new in SENTENCES.items()}
    for version_id, evaluation in connection.execute(
        sa.select(versions.c.id, versions.c.evaluation)
    ).all():
        if not evaluation:
            continue
        rows = connection.execute(
            sa.select(pictures).where(pictures.c.model_version_id == version_id)
        ).mappings()
        kept = {row["position"]: row for row in rows}
        exam = {
            "passed": evaluation["passed"],
            "verdict": [_renamed(sentence, sentences) for sentence in evaluation["summary"]],
            "champion_id": evaluation["champion_id"],
            "margin": evaluation["margin"],
            "papers": [
                {**result, "name": datasets.get(result["name"], result["name"])}
                for result in evaluation["results"]
            ],
            "pictures": [
                _picture_as_json(kept[position], datasets) if position in kept else None
                for position in range(max(kept, default=-1) + 1)
            ],
        }
        connection.execute(
            versions.update().where(versions.c.id == version_id).values(evaluation=exam)
        )
    for old, new in NOTES.items():
        connection.execute(versions.update().where(versions.c.notes == new).values(notes=old))


def _picture_as_json(row: sa.RowMapping, datasets: dict[str, str]) -> dict[str, object]:
    return {
        "paper": datasets.get(row["dataset"], row["dataset"]),
        "truth": row["truth"],
        "challenger": row["challenger"],
        "champion": row["champion"],
        "png": base64.b64encode(row["png"]).decode(),
        "ink_sha256": row["ink_sha256"] or "",
        "number": -1,
    }


def _renamed(sentence: str, names: dict[str, str]) -> str:
    """A known sentence by its new wording, or one that begins with a dataset's name."""
    for old, new in (names | (DATASETS if names is SENTENCES else {})).items():
        if sentence.startswith(old):
            return new + sentence.removeprefix(old)
    return sentence
