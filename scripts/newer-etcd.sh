#!/bin/bash
# Prints the path of a newer etcd than Debian 12's: that of BERTH_NEWER_ETCD when set, else Debian 13's, fetched once as
# a package and unpacked outside the checkout; nothing is installed. With --find it fetches nothing. Progress goes to
# standard error. Exit status 3: there is none, with the reason on standard error.
set -euo pipefail

if [ -n "${BERTH_NEWER_ETCD:-}" ]; then
  [ -x "$BERTH_NEWER_ETCD" ] || { echo "BERTH_NEWER_ETCD is no program: $BERTH_NEWER_ETCD" >&2; exit 1; }
  readlink -f "$BERTH_NEWER_ETCD"
  exit 0
fi

suite=trixie # Debian 13: etcd 3.5
cache=${BERTH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/berth}
result=$cache/etcd-$suite-$(uname -m)/etcd

if [ -x "$result" ]; then
  echo "$result"
  exit 0
fi
none() {
  echo "no newer etcd: $*; set BERTH_NEWER_ETCD" >&2
  exit 3
}
[ "${1:-}" = --find ] && none "not fetched yet (make newer-etcd)"
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || none "this is no Debian"

mkdir -p "$cache"
work=$(mktemp -d "$cache/etcd-fetching.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial}

# The mirror that this machine has its own packages from.
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
every() {
  for file in "$@"; do if [ -f "$file" ]; then cat "$file"; fi; done
}
mirror=$(every /etc/apt/sources.list /etc/apt/sources.list.d/*.list |
  sed -nE "s/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+)[[:space:]]+$codename[[:space:]].*/\2/p")
mirror=${mirror%%$'\n'*}
if [ -z "$mirror" ]; then
  mirror=$(every /etc/apt/sources.list.d/*.sources |
    awk -v suite="$codename" '/^URIs:/ { uri = $2 } /^Suites:/ { for (i = 2; i <= NF; i++) if ($i == suite && found == "") found = uri } END { print found }')
fi
[ -n "$mirror" ] || none "no Debian mirror in /etc/apt"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"
apt_options=(
  -o "Dir::Etc::sourcelist=$work/sources.list"
  -o Dir::Etc::sourceparts=/dev/null
  -o "Dir::State::lists=$work/lists"
  -o "Dir::Cache=$work/cache"
  -o APT::Sandbox::User=
)
echo "etcd of Debian's $suite: fetching" >&2
apt-get "${apt_options[@]}" update >"$work/log" 2>&1 || none "the mirror has no $suite ($(tail -n 1 "$work/log"))"
(cd "$work" && apt-get "${apt_options[@]}" download "etcd-server/$suite") >"$work/log" 2>&1 ||
  none "the mirror has no etcd-server of $suite ($(tail -n 1 "$work/log"))"
dpkg-deb -x "$work"/etcd-server_*.deb "$work/unpacked"
"$work/unpacked/usr/bin/etcd" --version >"$work/log" 2>&1 || none "Debian's $suite has one that does not run here"
mkdir -p "$(dirname "$result")"
mv -f "$work/unpacked/usr/bin/etcd" "$result"
echo "$result"
