#!/bin/sh
# The view a node has of the machine's file system, for as long as this process lives: all of it, but /etc, /opt and
# /var are copies on write, and the folders where nodes keep their own start out empty.
# usage: node-root.sh FOLDER PRIVATE-FOLDER...
set -eu
folder=$1
shift
for name in etc opt var; do
  mkdir -p "$folder/overlay/$name/upper" "$folder/overlay/$name/work"
  mount -t overlay overlay -o "lowerdir=/$name,upperdir=$folder/overlay/$name/upper,workdir=$folder/overlay/$name/work" "/$name"
done
for path in "$@"; do
  mkdir -p "$folder/root$path" "$path"
  mount --bind "$folder/root$path" "$path"
done
mkdir -p /run/netns /run/lock
# kubelet sets these for the whole machine; here it gets files to write to.
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  [ -e "/proc/sys/$setting" ] || continue
  copy=$folder/sysctl/$setting
  mkdir -p "$(dirname "$copy")"
  cat "/proc/sys/$setting" >"$copy"
  mount --bind "$copy" "/proc/sys/$setting"
done
# A Pod may ask for mounts that are passed on; these stay within this node.
mount --make-rshared /
echo $$ >"$folder/pid.new"
mv "$folder/pid.new" "$folder/pid"
exec sleep infinity
