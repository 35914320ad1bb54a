#!/bin/sh
# Chooses the secrets that .env lacks; those that are there stay. For `docker compose`, once.
set -eu
cd "$(dirname "$0")/.."
umask 077
touch .env

for name in SECRET_KEY POSTGRES_PASSWORD; do
    if ! grep -q "^$name=." .env; then
        [ -z "$(tail -c 1 .env)" ] || echo >> .env # the last line may lack its end
        echo "$name=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')" >> .env
        echo "Chose $name; .env keeps it."
    fi
done
