#!/bin/sh
# Install from npm what checks the pages of the site: the W3C's checker of HTML (needs Java), axe-core and Lighthouse.
# Where they cannot be had, those tests are skipped aloud.
set -eu
FOLDER="${1:-build/checkers}"
[ -f "$FOLDER/node_modules/vnu-jar/build/dist/vnu.jar" ] && [ -f "$FOLDER/node_modules/axe-core/axe.min.js" ] &&
  [ -f "$FOLDER/node_modules/lighthouse/cli/index.js" ] && exit 0
if command -v npm >/dev/null; then
  mkdir -p "$FOLDER"
  npm install --prefix "$FOLDER" --ignore-scripts --no-audit --no-fund --silent vnu-jar@26.9.27 axe-core@4.14.1 lighthouse@12.8.2 >/dev/null && exit 0
fi
echo "vnu-jar, axe-core and Lighthouse cannot be installed here: the tests that need them will be skipped" >&2
