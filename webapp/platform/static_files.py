"""Static files: each address holds a hash of the content, so that browsers keep it for a year.

A script imports others by their plain names. They are served with the hash of all scripts in those
names too, as a browser would otherwise ask for each of them again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

IMPORT = re.compile(r'(\b(?:from|import)\s+"\.{1,2}/[\w/.-]+\.js)"')
SCRIPTS = "js"  # the folder of the scripts
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}


def init_app(app: Flask) -> None:
    app.url_defaults(_add_version)
    app.view_functions["static"] = serve


def serve(filename: str) -> Response:
    """A file; text is held in memory, so that it can be compressed."""
    path = Path(filename)
    if path.suffix not in MEDIA_TYPES:
        return current_app.send_static_file(filename)
    served = current_app.send_static_file(filename)  # aborts with 404 outside of the folder
    served.close()
    content = (_folder() / filename).read_bytes()
    if path.suffix == ".js":
        content = with_versions(content.decode(), _scripts_version()).encode()
    response = Response(content, content_type=MEDIA_TYPES[path.suffix])
    response.add_etag()
    response.make_conditional(request)
    return response


def with_versions(script: str, version: str) -> str:
    """A script whose imports name the version of the scripts."""
    return IMPORT.sub(rf'\1?v={version}"', script)


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    """Add ?v=<hash> to the address of a static file."""
    if endpoint != "static" or "v" in values:
        return
    path = _folder() / values["filename"]
    is_script = path.suffix == ".js"
    values["v"] = _scripts_version() if is_script else _hash(path, path.stat().st_mtime_ns)


def _scripts_version() -> str:
    """One hash for all scripts, since each holds the addresses of those that it imports."""
    paths = sorted((_folder() / SCRIPTS).rglob("*.js"))
    return _hash_of_all(tuple((path, path.stat().st_mtime_ns) for path in paths))


def _folder() -> Path:
    return Path(current_app.static_folder or "")


@lru_cache(maxsize=256)
def _hash(path: Path, changed_at: int) -> str:  # noqa: ARG001 (a changed file is hashed anew)
    return sha256(path.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=4)
def _hash_of_all(files: tuple[tuple[Path, int], ...]) -> str:
    content = b"".join(path.name.encode() + path.read_bytes() for path, _ in files)
    return sha256(content).hexdigest()[:12]
