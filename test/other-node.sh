#!/usr/bin/env bash
# `test/other-node.sh 24 [names]` runs the tests on another version of Node (22 or later) from npm's package `node`. The checkout is installed and
# tested in a separate folder, as users of that version would do. The folder stays, so that the next run starts at once. MUSTER_TEST_NODE_FOLDER names
# it. `--production [names]` runs the scenarios over the production wiring.
set -euo pipefail
cd "$(dirname "$0")/.."
version="${1:?which version of Node: 24, 22.20.0}"
shift
folder="${MUSTER_TEST_NODE_FOLDER:-${TMPDIR:-/tmp}/muster-node-$version}"
mkdir -p "$folder/node" "$folder/muster"

[[ -x "$folder/node/node_modules/node/bin/node" ]] || npm install --silent --no-audit --no-fund --prefix "$folder/node" "node@$version"
export PATH="$folder/node/node_modules/node/bin:$PATH"

# Removes earlier files, except build results that are expensive to make and that their tools update.
find "$folder/muster" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name dist ! -name bundle -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do [[ ! -e $file ]] || printf '%s\0' "$file"; done | xargs -0 cp --parents -t "$folder/muster"
[[ -d test/parts/build ]] && cp -r test/parts/build "$folder/muster/test/parts/"
[[ -d $folder/muster/dist || ! -d dist ]] || cp -r dist "$folder/muster/"
installed="$PWD/node_modules"
cd "$folder/muster"
echo "Node $(node --version), in $folder"
if ! cmp -s package-lock.json "$folder/installed"; then
  # Only the SQLite package for Node 20 must be built, and it is not used here. All others work with both versions of Node, so an existing install is
  # copied.
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
