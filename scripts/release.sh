#!/bin/bash
# What a release hands out, in one folder: packages, kubectl's plugin, an image, manifests, the chart, the notes,
# and checksums of all. Everything has the version of package.json, and is of one commit without changes beside it.
# usage: release.sh FOLDER VERSION ARCHITECTURE… (as dpkg calls them; the first is this machine's)
set -euo pipefail
folder=$1 version=$2
shift 2
architectures=("$@")
[ -n "${RELEASE_DIRTY:-}" ] || [ -z "$(git status --porcelain)" ] ||
  { echo "the checkout has changes that no commit has: commit them, or say RELEASE_DIRTY=1 for a trial"; exit 1; }
rm -rf "$folder" && mkdir -p "$folder"
# First what may be missing: the rest takes minutes.
"$NODE" scripts/release-notes.ts "${RELEASE_NOTES:-$version}" >"$folder/NOTES.md"
for architecture in "${architectures[@]}"; do
  make --no-print-directory deb DEB_ARCH="$architecture" DEB_OUT="$folder" >/dev/null
done
make --no-print-directory krew KREW_ARCHES="${architectures[*]}" KREW_URL="${RELEASE_URL:-file://$folder}" >/dev/null
mv build/berth.yaml build/kubectl-berth_"$version"_linux_*.tar.gz "$folder"
make --no-print-directory image >/dev/null
gzip -n <build/berth-image.tar >"$folder/berth-image_${version}_${architectures[0]}.tar.gz"
tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner deploy | gzip -n >"$folder/berth-deploy_$version.tar.gz"
"$(scripts/helm.sh)" package deploy/helm/berth --version "$version" --app-version "$version" --destination "$folder" >/dev/null
git rev-parse HEAD >"$folder/COMMIT"
(cd "$folder" && sha256sum -- * >SHA256SUMS.new && mv SHA256SUMS.new SHA256SUMS)
ls -l "$folder"
