#!/usr/bin/env bash
# `npm run test:node -- 24 [files]`: the tests on another major version of Node, which npm's package `node` brings (with its headers). What is checked
# out is tried in a folder of its own, with the one native addon built for that version; nothing here is touched.
set -euo pipefail
cd "$(dirname "$0")/.."
version="${1:?which major version of Node: 24}"
shift
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

npm install --silent --no-audit --no-fund --prefix "$folder/node" "node@$version"
export PATH="$folder/node/node_modules/node/bin:$PATH"
headers="$(dirname "$(dirname "$(dirname "$(find "$folder/node" -name node_version.h | head -n 1)")")")"
[[ -d "$headers/include" ]] || { echo "npm's package node@$version came without headers" >&2; exit 1; }

git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$folder"
[[ -d test/parts/build ]] && cp -r test/parts/build "$folder/test/parts/"
cp -r node_modules/. "$folder/node_modules"
cd "$folder"
rm -rf node_modules/better-sqlite3/build
npm_config_nodedir="$headers" npm rebuild --silent --build-from-source better-sqlite3
echo "Node $(node --version)"
npx --no-install tsc -b
if [[ $# -eq 0 ]]; then set -- 'dist/test/**/*.test.js'; fi
npx --no-install tap --reporter=node --reporter-arg=dist/test/report/main.js "$@"
