#!/usr/bin/env bash
# `npm run test:node -- 24 [names]`: the tests on another version of Node, from 22 on, which npm's package `node` brings. What is checked out is installed and
# tried in a folder of its own, as that version's users would. The folder stays, so that a second run begins at once: MUSTER_TEST_NODE_FOLDER names it.
# `--production [names]`: the scenarios over the production wiring.
set -euo pipefail
cd "$(dirname "$0")/.."
version="${1:?which version of Node: 24, 22.20.0}"
shift
folder="${MUSTER_TEST_NODE_FOLDER:-${TMPDIR:-/tmp}/muster-node-$version}"
mkdir -p "$folder/node" "$folder/muster"

[[ -x "$folder/node/node_modules/node/bin/node" ]] || npm install --silent --no-audit --no-fund --prefix "$folder/node" "node@$version"
export PATH="$folder/node/node_modules/node/bin:$PATH"

# What was there before goes, but for what is expensive to make and looked after by those who make it.
find "$folder/muster" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name dist ! -name bundle -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do [[ ! -e $file ]] || printf '%s\0' "$file"; done | xargs -0 cp --parents -t "$folder/muster"
[[ -d test/parts/build ]] && cp -r test/parts/build "$folder/muster/test/parts/"
[[ -d $folder/muster/dist || ! -d dist ]] || cp -r dist "$folder/muster/"
installed="$PWD/node_modules"
cd "$folder/muster"
echo "Node $(node --version), in $folder"
if ! cmp -s package-lock.json "$folder/installed"; then
  # SQLite for Node 20 is the one package that has to be built, and is not used here. What is the same for both versions of Node is copied where it was installed already.
  if [[ -d $installed ]]; then
    rm -rf node_modules
    cp -a "$installed" node_modules
    npm install --silent --ignore-scripts --no-audit --no-fund
  else
    npm ci --silent --ignore-scripts --no-audit --no-fund
  fi
  cp package-lock.json "$folder/installed"
fi
npm run --silent build
exec node dist/test/main.js "$@"
