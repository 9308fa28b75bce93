#!/usr/bin/env bash
# Builds OpenTofu (`tofu`) from its Go module into the folder given, unless it is there already. Where it cannot be built,
# a file `unproven` beside it says why, and the lane's tests say that they were not run.
set -euo pipefail
folder=${1:?usage: opentofu.sh FOLDER}
version=1.12.6
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
built() { [ -x "$1" ] && "$1" version | grep -qx "OpenTofu v$version"; }
built "$folder/tofu" && exit 0
rm -f "$folder/tofu" "$folder/unproven"

work=$(mktemp -d)
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"

build() {
  local source
  go mod download -json "github.com/opentofu/opentofu@v$version" > module.json || return
  source=$(sed -n 's/.*"Dir": "\(.*\)",*/\1/p' module.json)
  # `go install` refuses a module that replaces others; a wrapper may replace them itself, by the same lines.
  {
    echo 'module plinth.dev/opentofu-lane'
    sed -n 's/^go /go /p' "$source/go.mod"
    echo "require github.com/opentofu/opentofu v$version"
    go mod edit -json "$source/go.mod" | node -e '
      const { Replace, Exclude } = JSON.parse(require("fs").readFileSync(0, "utf8"));
      const at = ({ Path, Version = "" }) => `${Path} ${Version}`.trim();
      for (const { Old, New } of Replace ?? [])
        if (!New.Path.startsWith(".")) console.log(`replace ${at(Old)} => ${at(New)}`);
      for (const excluded of Exclude ?? []) console.log(`exclude ${at(excluded)}`);
    '
  } > go.mod
  printf '//go:build lane\npackage lane\n\nimport _ "github.com/opentofu/opentofu/cmd/tofu"\n' > main.go
  go mod tidy -e >/dev/null 2>&1 || true
  # As its releases are built; otherwise it calls itself a -dev, which no required_version allows.
  go build -mod=mod -ldflags '-s -w -X github.com/opentofu/opentofu/version.dev=no' -o tofu \
    github.com/opentofu/opentofu/cmd/tofu && built ./tofu
}

if build 2> build.log; then
  mv tofu "$folder/tofu"
else
  { echo "OpenTofu $version could not be built from its Go module:"; tail -5 build.log; } | tee "$folder/unproven" >&2
fi
