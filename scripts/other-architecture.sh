#!/bin/bash
# Puts what is compiled, of what `make install` made here, in place for another architecture: Node.js and native packages
# from npm's registry, each checked against a checksum of this checkout; our own C by a cross compiler.
# usage: NODE_VERSION=… NODE_SHA512=… other-architecture.sh ROOT PREFIX CNI_BIN ARCHITECTURE (as dpkg calls it)
set -euo pipefail
root=$1 prefix=$2 cni_bin=$3 architecture=$4
case $architecture in
arm64) npm=arm64 gnu=aarch64-linux-gnu ;;
amd64) npm=x64 gnu=x86_64-linux-gnu ;;
*) echo "no parts are known for $architecture: amd64 and arm64 are"; exit 1 ;;
esac
cc=${CROSS_CC:-$gnu-gcc} strip=${CROSS_STRIP:-$gnu-strip}
command -v "$cc" >/dev/null || { echo "$cc is missing: apt-get install gcc-$gnu libc6-dev-$architecture-cross"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lib=$root$prefix/lib/berth

# SPECIFIER SHA512 (hexadecimal) FOLDER
fetch() {
  (cd "$work" && rm -f ./*.tgz && npm pack --silent --loglevel=error "$1" >/dev/null)
  echo "$2  $(echo "$work"/*.tgz)" | sha512sum --check --status || { echo "$1 is not the package whose SHA-512 is in this checkout"; exit 1; }
  rm -rf "$3" && mkdir -p "$3" && tar xzf "$work"/*.tgz -C "$3" --strip-components=1
}

fetch "node-linux-$npm@$NODE_VERSION" "$NODE_SHA512" "$work/node"
install -m 755 "$work/node/bin/node" "$lib/node"

for folder in "$lib"/node_modules/@*/*-linux-*; do
  [ -d "$folder" ] || continue
  name=${folder#"$lib"/node_modules/}
  name=${name%-linux-*}-linux-$npm
  # The lock file has it as base64.
  read -r version sum < <("$NODE" -p "const { version, integrity } = require('./package-lock.json').packages['node_modules/$name']; \
    version + ' ' + Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')")
  rm -rf "$folder"
  fetch "$name@$version" "$sum" "$lib/node_modules/$name"
  find "$lib/node_modules/$name" -name '*.abi*.node' -delete
done

for file in native/*.c; do
  "$cc" -shared -fPIC -O2 -Wall -Wextra -Werror -std=gnu11 -I node_modules/node-api-headers/include \
    -o "$lib/build/native/$(basename "$file" .c).node" "$file"
done
make -s -C shim OUT="$work/cni" CC="$cc" STRIP="$strip"
for name in ipam-plugin ipam-cni cni-plugin kube-ipam; do
  [ ! -e "$root$cni_bin/$name" ] || install -m 755 "$work/cni/$name" "$root$cni_bin/$name"
done
chmod -R u=rwX,go=rX "$lib"
# What is left of this machine's would be found out by users.
while IFS= read -r file; do
  # Scripts have no header, and are for all.
  machine=$({ LC_ALL=C readelf -h "$file" 2>/dev/null || true; } | sed -n 's/^ *Machine: *//p')
  case $npm:$machine in *: | arm64:AArch64 | x64:*X86-64) ;; *) echo "$file is for $machine"; exit 1 ;; esac
done < <(find "$lib" "$root$cni_bin" -type f \( -name '*.node' -o -name node -o -perm -u+x \))
