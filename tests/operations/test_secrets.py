"""`make secrets` chooses what .env lacks, once."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from webapp.settings import ROOT


def choose_secrets(folder: Path) -> dict[str, str]:
    (folder / "scripts").mkdir(exist_ok=True)
    shutil.copy(ROOT / "scripts" / "secrets.sh", folder / "scripts")
    subprocess.run(["sh", "scripts/secrets.sh"], cwd=folder, check=True)
    lines = (folder / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_both_secrets_are_chosen_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    chosen = choose_secrets(tmp_path)

    assert chosen.keys() == {"SECRET_KEY", "POSTGRES_PASSWORD"}
    assert all(len(value) == 64 for value in chosen.values())
    assert len(set(chosen.values())) == 2
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=8001\nSECRET_KEY=the-key-of-make-run")  # no line end

    first = choose_secrets(tmp_path)

    assert first["SECRET_KEY"] == "the-key-of-make-run"
    assert first["PORT"] == "8001"
    assert len(first["POSTGRES_PASSWORD"]) == 64
    assert choose_secrets(tmp_path) == first
