#!/bin/bash
# Writes the TypeScript types of our contract into a folder. The options are those of src/api/proto.ts.
set -euo pipefail
out=$(readlink -f "$1" 2>/dev/null || echo "$1")
cd "$(dirname "$(dirname "$(readlink -f "$0")")")"
rm -rf "$out"
mkdir -p "$out"
proto-loader-gen-types --longs=String --enums=String --defaults --oneofs --keepCase \
  --grpcLib=@grpc/grpc-js --targetFileExtension=.ts --importFileExtension=.ts \
  --outDir="$out" proto/ipam.proto proto/cluster.proto proto/store.proto proto/peers.proto proto/topology.proto
