#!/bin/bash
# Without a C compiler the CNI executables are launchers of the TypeScript plugin: the same answers, slower.
# usage: plugin-launchers.sh NODE ROOT TARGET
set -euo pipefail
node=$1 root=$2 target=$3
echo "no C compiler: ipam-plugin and ipam-cni run on Node.js, which takes some 50 ms a call"
mkdir -p "$target"
for name in ipam-plugin ipam-cni cni-plugin kube-ipam; do
  [ "$name" != kube-ipam ] || "$(dirname "$0")/is-free.sh" "$target/$name" || continue
  rm -f "$target/$name"
  printf '#!/bin/sh\nBERTH_PROGRAM=%s exec "%s" "%s/build/main/cni-plugin.js" "$@"\n' "$name" "$node" "$root" >"$target/$name"
  chmod 755 "$target/$name"
done
