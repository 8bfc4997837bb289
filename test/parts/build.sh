#!/usr/bin/env bash
# Builds FerretDB, a registry of images and nats-server into test/parts/build, with Go.
set -euo pipefail
cd "$(dirname "$0")"
exec go build -buildvcs=false -tags ferretdb_no_sqlite -o build/ ./ferretdb ./registry github.com/nats-io/nats-server/v2
