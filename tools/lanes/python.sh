#!/usr/bin/env bash
# Makes a virtual environment with what the Python lane needs, in the folder given, unless it is there already.
set -euo pipefail
folder=${1:?usage: python.sh FOLDER}
requirements=$(dirname "$0")/../../test/lanes/python/requirements.txt
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
if ! cmp -s "$requirements" "$folder/requirements.txt"; then
  "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
  cp "$requirements" "$folder/requirements.txt"
fi
