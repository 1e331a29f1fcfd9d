#!/bin/bash
# Prints the launcher of a bundled program.
# usage: launcher.sh NAME NODE ROOT CACHE
set -euo pipefail
name=$1 node=$2 root=$3 cache=$4
case $name in
# A daemon on every node must be small: a young generation of 16 MiB, a compiler less, and collection when idle.
ipam-daemon) flags='--max-semi-space-size=16 --no-maglev --expose-gc' ;;
*) flags= ;;
esac
cat <<END
#!/bin/sh
export NODE_COMPILE_CACHE="\${NODE_COMPILE_CACHE-$cache}" MALLOC_ARENA_MAX="\${MALLOC_ARENA_MAX-2}"
exec "$node" $flags "$root/build/main/$name.js" "\$@"
END
