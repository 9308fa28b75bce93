#!/usr/bin/env bash
# Runs the tests of the library on CDK Terrain, cdktf's successor, and rehearses programs on it, through the alias that a
# user would write: a copy of the project in the folder given, in which `cdktf` is cdktn. What follows the folder goes to jest.
set -euo pipefail
folder=${1:?usage: cdktn.sh FOLDER [jest arguments]}
shift
version=0.24.0
mkdir -p "$folder"
git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -xf - -C "$folder"
cd "$folder"
node -e '
  const fs = require("fs");
  const manifest = JSON.parse(fs.readFileSync("package.json", "utf8"));
  manifest.devDependencies.cdktf = `npm:cdktn@${process.argv[1]}`;
  manifest.overrides = { ...manifest.overrides, cdktf: "$cdktf" };
  delete manifest.peerDependencies;
  fs.writeFileSync("package.json", JSON.stringify(manifest, null, 2));
' "$version"
npm install --no-audit --no-fund --ignore-scripts --legacy-peer-deps >/dev/null
node -p '`on ${require("cdktf/package.json").name} ${require("cdktf/package.json").version}`' >&2
npx tsc -b
npx jest test/constructs test/stacks test/lanes/cdktn test/src/rehearsal/corpus/programs.test.ts "$@"
