#!/bin/sh
# Writes the two lock files anew. Needs uv on the PATH. The locks carry hashes and no index address.
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate "$@" pyproject.toml
}
compile --upgrade --extra embedded --extra build -o requirements.lock
compile --upgrade --extra embedded --extra build --extra dev -c requirements.lock -o requirements-dev.lock
