"""The ledger of a chaos run: the database itself records every settling."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Row, create_engine, text
from sqlalchemy.pool import NullPool

from webapp.platform.storage import PICTURE

ROUNDING = 1e-3  # of a probability, from one batch to another

SETTLED = "('done', 'refused', 'failed')"

TABLES = (
    "CREATE TABLE chaos_settlings (prediction_id TEXT, status TEXT, model_version_id INTEGER)",
    "CREATE TABLE chaos_resurrections (prediction_id TEXT)",
)
SQLITE_TRIGGERS = (
    f"""
CREATE TRIGGER chaos_on_settling AFTER UPDATE OF status ON predictions
WHEN NEW.status IN {SETTLED} BEGIN
    INSERT INTO chaos_settlings VALUES (NEW.id, NEW.status, NEW.model_version_id);
END
""",
    f"""
CREATE TRIGGER chaos_on_resurrection AFTER UPDATE OF status ON predictions
WHEN OLD.status IN {SETTLED} AND NEW.status NOT IN {SETTLED} BEGIN
    INSERT INTO chaos_resurrections VALUES (NEW.id);
END
""",
)
POSTGRESQL_TRIGGERS = (
    f"""
CREATE FUNCTION chaos_record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.status IN {SETTLED} THEN
        INSERT INTO chaos_settlings VALUES (NEW.id, NEW.status, NEW.model_version_id);
    ELSIF OLD.status IN {SETTLED} THEN
        INSERT INTO chaos_resurrections VALUES (NEW.id);
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE TRIGGER chaos_on_update AFTER UPDATE OF status ON predictions
FOR EACH ROW EXECUTE FUNCTION chaos_record()
""",
)


@dataclass(frozen=True)
class Reading:
    """What a picture reads as by one version."""

    status: str
    version: int | None
    probabilities: tuple[float, ...]  # ten of its first digit; none without a digit

    def is_like(self, other: Reading) -> bool:
        """Whether both came from the same network, but for rounding."""
        if len(self.probabilities) != len(other.probabilities):
            return False
        pairs = zip(self.probabilities, other.probabilities, strict=True)
        return self.status == other.status and all(abs(a - b) < ROUNDING for a, b in pairs)


@dataclass
class Tally:
    """What came of the uploads; everything but `rows`, `accepted` and `once` should be nothing."""

    accepted: int
    rows: int  # also those whose 202 was lost on its way, as the web was killed
    once: int = 0
    twice: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # not what the named version reads
    given_up: list[str] = field(default_factory=list)
    without_file: list[str] = field(default_factory=list)
    damage: str = ""  # in the database

    @property
    def is_clean(self) -> bool:
        blemishes = (self.twice, self.lost, self.unsettled, self.wrong, self.without_file)
        return not any(blemishes) and not self.damage


class Ledger:
    """Reads a site's database from outside."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=NullPool)
        self._is_sqlite = self._engine.dialect.name == "sqlite"

    def open(self) -> None:
        """Let the database record each settling from now on."""
        triggers = SQLITE_TRIGGERS if self._is_sqlite else POSTGRESQL_TRIGGERS
        with self._engine.begin() as connection:
            for statement in TABLES + triggers:
                connection.exec_driver_sql(statement)

    def unsettled(self, until: str | None = None) -> int:
        """How many rows wait for their answer, among those made until a moment (UTC)."""
        question = f"SELECT count(*) FROM predictions WHERE status NOT IN {SETTLED}"
        if until:
            return int(self._ask(f"{question} AND created_at <= :until", until=until)[0][0])
        return int(self._ask(question)[0][0])

    def is_settled(self, prediction_id: str) -> bool:
        question = f"SELECT 1 FROM predictions WHERE id = :id AND status IN {SETTLED}"
        return bool(self._ask(question, id=prediction_id))

    def holders(self) -> list[str]:
        """The workers that hold rows at this moment."""
        question = "SELECT DISTINCT claimed_by FROM predictions WHERE status = 'reading'"
        return [name for (name,) in self._ask(question)]

    def has_claimed(self, pid: int) -> bool:
        """Whether the worker with this process id has taken up work since it started."""
        question = "SELECT 1 FROM predictions WHERE claimed_by LIKE :name LIMIT 1"
        return bool(self._ask(question, name=f"%-{pid}-%"))

    def readings(self) -> dict[str, Reading]:
        """What every row says."""
        question = (
            "SELECT p.id, p.status, p.model_version_id, d.probabilities FROM predictions p"
            " LEFT JOIN digits d ON d.prediction_id = p.id AND d.position = 0"
        )
        return {
            key: Reading(status, version, _probabilities(probabilities))
            for key, status, version, probabilities in self._ask(question)
        }

    def tally(
        self, accepted: dict[str, int], expected: dict[tuple[int, int], Reading], uploads: Path
    ) -> Tally:
        """Count what came of the uploads.

        `accepted` maps ids to pictures; `expected` maps a picture and a version to what this
        version reads in it when all is quiet.
        """
        rows = self.readings()
        settled = Counter(key for (key,) in self._ask("SELECT prediction_id FROM chaos_settlings"))
        resurrected = {key for (key,) in self._ask("SELECT * FROM chaos_resurrections")}
        tally = Tally(len(accepted), len(rows), damage=self._damage())
        tally.lost = [key for key in accepted if key not in rows]
        for key, reading in rows.items():
            if settled[key] == 0:
                tally.unsettled.append(key)
            elif settled[key] > 1 or key in resurrected:
                tally.twice.append(key)
            else:
                tally.once += 1
            if not (uploads / key[:2] / key / PICTURE).is_file():
                tally.without_file.append(key)
            if reading.status == "failed":
                tally.given_up.append(key)
            elif key in accepted and settled[key]:
                right = expected.get((accepted[key], reading.version or 0))
                if right is None or not reading.is_like(right):
                    tally.wrong.append(key)
        return tally

    def _damage(self) -> str:
        found = self._ask("PRAGMA integrity_check")[0][0] if self._is_sqlite else "ok"
        doubled = self._ask(
            "SELECT count(*) FROM (SELECT 1 FROM digits GROUP BY prediction_id, position"
            " HAVING count(*) > 1) AS doubled"
        )[0][0]
        if found != "ok":
            return str(found)
        return f"{doubled} digits are doubled" if doubled else ""

    def _ask(self, question: str, **values: object) -> Sequence[Row[Any]]:
        with self._engine.connect() as connection:
            return connection.execute(text(question), values).all()


def _probabilities(stored: Any) -> tuple[float, ...]:
    """JSON comes as text from SQLite, and as a list from PostgreSQL."""
    return tuple(json.loads(stored or "[]") if not isinstance(stored, list) else stored)
