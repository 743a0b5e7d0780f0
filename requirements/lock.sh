#!/usr/bin/env bash
# Renew every lock file from pyproject.toml. The files carry hashes and name no index host.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() { # NAME EXTRA...
    local name=$1
    shift
    uv pip compile "${source:-pyproject.toml}" "$@" --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --quiet --output-file "requirements/$name.lock"
}

lock oracles --extra dev --extra oracles
lock dev --extra dev --constraint requirements/oracles.lock
lock run --constraint requirements/oracles.lock
printf 'hatchling\neditables\n' | source=- lock build --constraint requirements/oracles.lock
