#!/bin/bash
# Installs the Debian packages of a list, by default those that demo, tests and benchmarks need; says exactly what is
# missing when it cannot.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
list=${1:-$here/debian-packages.txt}

if ! command -v dpkg-query >/dev/null; then
  echo "not a Debian system: install what $list lists by hand" >&2
  exit 0
fi

# We start daemons ourselves: etcd and containerd must not come up as services of the machine.
policy=${POLICY_RC_D:-/usr/sbin/policy-rc.d}
mark='# of Berth, while it installs packages'
if [ "$(id -u)" = 0 ]; then
  # One at a time. apt-get has the lock too, so that what a killed run left is taken away when its packages are in place.
  exec 9<"$(dirname "$policy")"
  flock 9
  if grep -qsxF "$mark" "$policy"; then rm -f "$policy"; fi
fi

missing=()
while read -r package _; do
  [ -n "$package" ] || continue
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done <"$list"
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" != 0 ]; then
  echo "missing Debian packages: ${missing[*]}" >&2
  echo "install them: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "installing Debian packages: ${missing[*]}"
log=$(mktemp)
own=
trap 'rm -f "$log" $own' EXIT
if [ ! -e "$policy" ]; then
  own=$policy
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
