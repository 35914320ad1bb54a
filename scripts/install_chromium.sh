#!/bin/sh
# Makes sure that there is a Chromium for the tests to drive; installs Debian's where it may.
set -eu

for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done

if [ "$(id -u)" = 0 ]; then as_root=""
elif sudo -n true 2>/dev/null; then as_root="sudo"
else
    echo "The tests drive a real browser. Please install Chromium first: sudo apt-get install chromium" >&2
    exit 1
fi

echo "Installing Chromium for the tests."
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null
