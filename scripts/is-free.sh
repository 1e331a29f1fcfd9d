#!/bin/bash
# Exit status 0: the name is free, or one of our own executables has it. Else it says so: another program keeps its name.
# usage: is-free.sh FILE
set -euo pipefail
[ -e "$1" ] || exit 0
grep -q -e application/x-berth-cni -e BERTH_PROGRAM= "$1" && exit 0
echo "$1 is another program, and stays: its networks go on working. Remove it, and install again, to have Berth serve them"
exit 1
