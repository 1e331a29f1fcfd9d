#!/bin/bash
# Prints the folder with the Kubernetes binaries for the test cluster: that of KUBEBUILDER_ASSETS when set, else the
# one this script builds from Debian's source and keeps outside the checkout. With --find it builds nothing and fails
# when there is none. Progress goes to standard error. Exit status 3: this system cannot build them.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
  [ -x "$KUBEBUILDER_ASSETS/kube-apiserver" ] || { echo "KUBEBUILDER_ASSETS has no kube-apiserver: $KUBEBUILDER_ASSETS" >&2; exit 1; }
  readlink -f "$KUBEBUILDER_ASSETS"
  exit 0
fi

version=1.20.2 # Debian 12's, and the oldest we support
programs=(kube-apiserver kube-controller-manager kube-scheduler kubelet)
cache=${BERTH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/berth}
# Another way to build is another folder.
key=$(cat "$0" "$here/debian-packages-kubernetes.txt" | sha256sum | cut -c1-8)
result=$cache/kubernetes-$version-$(uname -m)-$key

if [ -d "$result" ]; then
  echo "$result"
  exit 0
fi
if [ "${1:-}" = --find ]; then
  echo "no Kubernetes binaries at $result: build them with make cluster-binaries, or set KUBEBUILDER_ASSETS" >&2
  exit 1
fi

if [ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" != bookworm ]; then
  echo "no Kubernetes for the test cluster: it is built on Debian 12 only; set KUBEBUILDER_ASSETS" >&2
  exit 3
fi

started=$SECONDS
say() { echo "kubernetes $version: $* ($((SECONDS - started)) s)" >&2; }

mkdir -p "$cache"
exec 9>"$cache/kubernetes.lock"
if ! flock -n 9; then
  say "another build is under way, waiting for it"
  flock 9
fi
if [ -d "$result" ]; then
  echo "$result"
  exit 0
fi
"$here/debian-packages.sh" "$here/debian-packages-kubernetes.txt" >&2

# Whoever holds the lock is the only one who builds: what is left here was interrupted.
rm -rf "$cache"/kubernetes-building.*
work=$(mktemp -d "$cache/kubernetes-building.XXXXXX")
chmod 755 "$work"
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
log=$work/log

step() {
  say "$1"
  shift
  if ! "$@" >"$log" 2>&1 9>&-; then
    tail -n 50 "$log" >&2
    exit 1
  fi
}

# The machine's own package sources, as sources of source; apt keeps its state in the work folder for this.
mkdir -p "$work"/apt/{sources,lists/partial,cache/archives/partial} "$work/out"
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -f "$file" ] || continue
  sed -n 's/^deb[[:space:]]/deb-src /p' "$file" >"$work/apt/sources/$(basename "$file" .list).list"
done
for file in /etc/apt/sources.list.d/*.sources; do
  [ -f "$file" ] || continue
  sed 's/^Types:.*/Types: deb deb-src/' "$file" >"$work/apt/sources/$(basename "$file")"
done
apt_options=(
  -o Dir::Etc::sourcelist=/dev/null
  -o "Dir::Etc::sourceparts=$work/apt/sources"
  -o "Dir::State::lists=$work/apt/lists"
  -o "Dir::Cache=$work/apt/cache"
  -o APT::Sandbox::User=
)

fetch_source() {
  # A third party without source packages fails here; what matters is whether the next line finds Kubernetes.
  apt-get "${apt_options[@]}" update || true
  cd "$work" && apt-get "${apt_options[@]}" source --only-source kubernetes
}
step "fetch Debian's source" fetch_source
unpacked=$(find "$work" -maxdepth 1 -type d -name "kubernetes-*$version")
if [ -z "$unpacked" ]; then
  echo "Debian's source here is not Kubernetes $version: set KUBEBUILDER_ASSETS to a folder with the binaries" >&2
  exit 1
fi

tree=$work/go/src/k8s.io/kubernetes
mkdir -p "$(dirname "$tree")"
mv "$unpacked" "$tree"

# The vendored 1.0.1 reaches into the runtime as it was before Go 1.18: the API server would die in map iteration.
reflect2=$tree/vendor/github.com/modern-go/reflect2
find "$reflect2" \( -name '*.go' -o -name '*.s' \) -delete
cp /usr/share/gocode/src/github.com/modern-go/reflect2/*.{go,s} "$reflect2/"
rm -f "$reflect2"/*_test.go

export PATH=/usr/lib/go-1.19/bin:$PATH GOPATH=$work/go GOCACHE=$work/go-cache GO111MODULE=off CGO_ENABLED=0 GOFLAGS= GOTOOLCHAIN=local
stamp=k8s.io/kubernetes/vendor/k8s.io/component-base/version
flags="-s -w -X $stamp.gitVersion=v$version -X $stamp.gitMajor=${version%%.*} -X $stamp.gitMinor=$(echo "$version" | cut -d. -f2)"
# Without the clouds there is much less to compile; without Docker, kubelet does not wait five seconds for it at each start.
compile() { (cd "$tree" && go build -trimpath -tags providerless,dockerless -ldflags "$flags" -o "$work/out/" "${@/#/./cmd/}"); }

# Without them the API server lacks its OpenAPI definitions, the only generated files that the source does not come with. The
# tree's own scripts generate all of them anew, and build six generators for it.
generate_definitions() (
  cd "$tree"
  generated=pkg/generated/openapi
  # What the tree's Makefile takes for these: whatever asks for definitions, but code generators and samples.
  inputs=$(grep -rlE '^// *\+k8s:openapi-gen=' --include='*.go' cmd pkg plugin staging/src |
    grep -vE '^staging/src/k8s.io/(code-generator|sample-apiserver)/' | xargs -n1 dirname | LC_ALL=C sort -u |
    sed 's,^staging/src/,vendor/,; s,^,k8s.io/kubernetes/,' | paste -sd,)
  go build -trimpath -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  "$work/openapi-gen" --logtostderr -i "$inputs" -p "k8s.io/kubernetes/$generated" -O zz_generated.openapi \
    -h vendor/k8s.io/code-generator/hack/boilerplate.go.txt -r "$work/violations"
  # The tree knows which rules its own kinds break: another list comes of other inputs.
  diff "$work/violations" api/api-rules/violation_exceptions.list
)
step "generate definitions" generate_definitions
step "compile ${programs[*]}" compile "${programs[@]}"

# kubectl is a package by itself, which need not be installed for it.
take_packaged_kubectl() {
  (cd "$work" && apt-get "${apt_options[@]}" download kubernetes-client && dpkg-deb -x kubernetes-client_*.deb client) &&
    install "$work/client/usr/bin/kubectl" "$work/out/kubectl"
}
say "take kubectl from Debian's package"
if ! take_packaged_kubectl >"$log" 2>&1 || ! "$work/out/kubectl" version --client >"$log" 2>&1; then
  step "compile kubectl, as there is no package" compile kubectl
fi

mv "$work/out" "$result"
say "done: $result"
echo "$result"
