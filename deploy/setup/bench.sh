#!/usr/bin/env bash
# Measures callbridge under load, with callbench as both of its other sides; `make bench` calls it.
#
#   deploy/setup/bench.sh PROGRAMS [ARGUMENT…]    the folder the programs were built into; the
#                                                 arguments go to callbench (--help tells them)
#
# Figures depend on the kernel's TCP. A machine may be set to bbr, which gives every connection a
# timer of its own to spread what it sends, and costs a third more for small frames. Where that
# is so the measurement runs in a network namespace of its own, with reno.
#
# YARDSTICK is the folder of another bridge to compare with: the least C program that relays at all.
# It is no part of this project; without the variable there is nothing to compare with.
set -euo pipefail
cd "$(dirname "$0")/../.."

programs=${1:-.build/release}
(($# > 0)) && shift
yardstick=${YARDSTICK:-}

say() { echo "bench: $*" >&2; }

for program in callbridge callbench; do
    [[ -x $programs/$program ]] || { say "$programs/$program is missing; run make build"; exit 1; }
done

command=("$programs/callbench" --daemon "$programs/callbridge")
if [[ -z $yardstick ]]; then
    say "YARDSTICK names no other bridge; going on without a comparison"
elif [[ -e $yardstick/nullbridge || -e $yardstick/Makefile ]]; then
    command+=(--yardstick "$yardstick")
else
    say "there is no yardstick at $yardstick"
    exit 1
fi
command+=("$@")

# A daemon that runs already is in this namespace, not in another.
is_running=
for argument in "$@"; do
    [[ $argument == --url || $argument == --url=* ]] && is_running=1
done
congestion=$(cat /proc/sys/net/ipv4/tcp_congestion_control 2>/dev/null || echo unknown)
[[ $congestion == bbr && -z $is_running ]] || exec "${command[@]}"

# Root has the right to a namespace; others may become root in one of users where the kernel lets.
inside='ip link set lo up && echo reno >/proc/sys/net/ipv4/tcp_congestion_control'
for unshare in "unshare --net" "unshare --map-root-user --net"; do
    $unshare bash -c "$inside" 2>/dev/null || continue
    exec $unshare bash -c "$inside"' && exec "$@"' bench "${command[@]}"
done
say "TCP is bbr here and a network namespace is not to be had: figures are worse for it"
exec "${command[@]}"
