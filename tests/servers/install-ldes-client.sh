#!/bin/sh
# Installs the client that the feeds are read with (https://github.com/rdf-connect/ldes-client), of a fixed version.
# The folder may be chosen: LDES_CLIENT=/some/folder tests/servers/install-ldes-client.sh
set -eu
folder=${LDES_CLIENT:-$(dirname "$0")/.ldes-client}
mkdir -p "$folder"
cd "$folder"
[ -x node_modules/.bin/ldes-client ] && exit 0
npm install --silent --no-audit --no-fund --ignore-scripts --no-save ldes-client@0.3.0
