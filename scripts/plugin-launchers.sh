#!/bin/bash
# Without a C compiler the CNI executables are launchers of the TypeScript plugin: the same answers, slower.
set -euo pipefail
node=$1
root=$(dirname "$(dirname "$(readlink -f "$0")")")
echo "no C compiler: bin/ipam-plugin and bin/ipam-cni run on Node.js, which takes some 50 ms a call"
mkdir -p "$root/bin"
for name in ipam-plugin ipam-cni cni-plugin; do
  printf '#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nBERTH_PROGRAM=%s exec "%s" "$here/../src/main/cni-plugin.ts"\n' "$name" "$node" >"$root/bin/$name"
  chmod 755 "$root/bin/$name"
done
