#!/usr/bin/env bash
# Builds a real control plane (kube-apiserver, kube-controller-manager, kube-scheduler), kwok, which plays nodes and their
# pods, and helm from their Go modules into the folder given, and beside them the definitions of External Secrets'
# resources, generated from the Go types that are published with it. What is there already stays.
set -euo pipefail
folder=${1:?usage: kubernetes.sh FOLDER}
version=1.34.3
helm=3.22.0
kwok=0.8.0
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

work=$(mktemp -d)
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
if [ ! -d "$folder/external-secrets-crds" ]; then
  mkdir "$work/definitions"
  cd "$work/definitions"
  # The last version whose types are a Go module of their own repository's root; the API is the v1 that later ones serve.
  cat > go.mod <<'MOD'
module plinth.dev/definitions-lane
go 1.24.0
require (
  github.com/external-secrets/external-secrets v0.20.4
  sigs.k8s.io/controller-tools v0.19.0
)
MOD
  cat > tools.go <<'GO'
//go:build lane
package lane

import (
  _ "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
  _ "github.com/external-secrets/external-secrets/apis/generators/v1alpha1"
  _ "sigs.k8s.io/controller-tools/cmd/controller-gen"
)
GO
  export GOFLAGS=-mod=mod
  go build -tags lane -o controller-gen sigs.k8s.io/controller-tools/cmd/controller-gen
  apis=github.com/external-secrets/external-secrets/apis
  ./controller-gen crd:maxDescLen=0 "paths=$apis/externalsecrets/v1" "paths=$apis/generators/v1alpha1" \
    "output:crd:dir=$folder/external-secrets-crds"
  unset GOFLAGS
fi

[ -x "$folder/helm-$helm" ] || GOBIN=$work go install "helm.sh/helm/v3/cmd/helm@v$helm"
[ -x "$folder/kwok-$kwok" ] || GOBIN=$work go install "sigs.k8s.io/kwok/cmd/kwok@v$kwok"
if [ ! -f "$folder/kwok-stages.yaml" ]; then
  # How kwok lets nodes and pods live: its image brings these files, its module holds them.
  stages=$(go mod download -json "sigs.k8s.io/kwok@v$kwok" | sed -n 's/.*"Dir": "\(.*\)",*/\1/p')/kustomize/stage
  for stage in "$stages"/node/{fast,heartbeat}/node-*.yaml "$stages"/pod/fast/pod-*.yaml; do
    echo '---'
    cat "$stage"
  done > "$work/stages"
  mv "$work/stages" "$folder/kwok-stages.yaml"
fi
[ ! -x "$work/helm" ] || mv "$work/helm" "$folder/helm-$helm"
[ ! -x "$work/kwok" ] || mv "$work/kwok" "$folder/kwok-$kwok"

missing=()
for program in kube-apiserver kube-controller-manager kube-scheduler; do
  [ -x "$folder/$program-$version" ] || missing+=("$program")
done
[ ${#missing[@]} -gt 0 ] || exit 0
# The module's own go.mod replaces every staging module by a folder of its repository, so a wrapper module
# has to name them by version: v1.X.Y of Kubernetes is v0.X.Y of each.
mkdir "$work/server"
cd "$work/server"
go mod download -json "k8s.io/kubernetes@v$version" > module.json
source=$(sed -n 's/.*"Dir": "\(.*\)",*/\1/p' module.json)
{
  echo 'module plinth.dev/kubernetes-lane'
  sed -n 's/^go /go /p' "$source/go.mod"
  echo "require k8s.io/kubernetes v$version"
  sed -n "s#^\s*\(k8s.io/[a-z0-9.-]*\) => ./staging/.*#replace \1 => \1 v0.${version#1.}#p" "$source/go.mod"
} > go.mod
{
  printf '//go:build lane\npackage lane\n\nimport (\n'
  for program in kube-apiserver kube-controller-manager kube-scheduler; do echo "  _ \"k8s.io/kubernetes/cmd/$program/app\""; done
  echo ')'
} > main.go
go mod tidy -e >/dev/null 2>&1 || true
# Helm refuses a server that calls itself v0.0.0.
go build -mod=mod -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v$version -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34" \
  -o "$work/" "${missing[@]/#/k8s.io/kubernetes/cmd/}"
for program in "${missing[@]}"; do mv "$work/$program" "$folder/$program-$version"; done
