#!/bin/sh
# Pins every requirement with its hashes. The whole set is chosen first, so that the parts agree.
set -eu
cd "$(dirname "$0")/../requirements"

pin() {
    ../.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-annotate --no-emit-index-url --no-emit-find-links \
        --custom-compile-command "make lock" "$@"
}

pin --upgrade dev.in --output-file dev.txt
for part in web worker local; do
    pin --upgrade --constraint dev.txt "$part.in" --output-file "$part.txt"
done
