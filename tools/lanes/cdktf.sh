#!/usr/bin/env bash
# Installs cdktf-cli beside the project, in the folder given, unless it is there already: it brings packages that the
# library has no use for.
set -euo pipefail
folder=${1:?usage: cdktf.sh FOLDER}
version=0.21.0
[ -x "$folder/node_modules/.bin/cdktf" ] && exit 0
mkdir -p "$folder"
cd "$folder"
echo '{ "private": true }' > package.json
npm install --no-audit --no-fund --ignore-scripts "cdktf-cli@$version" >/dev/null
