#!/usr/bin/env bash
# Runs a command as somebody would who has just installed Debian 12 and cloned this project: on a
# Debian nobody has touched, in a clone of what is committed here. Everything is gone afterwards; this
# machine is not written to, but for a cache of that Debian (190 MB, made once in half a minute).
#
#   Tests/Setup/newcomer.sh [--as USER] [--offline] [--swift FOLDER] CMD…
#   Tests/Setup/newcomer.sh bash -c 'apt-get update && apt-get install -y make && make test'
#
#   --as USER       as this user, without rights; root otherwise
#   --offline       loopback only
#   --swift FOLDER  put this toolchain on PATH, read-only; else `make` has to get its own
#
# SWIFT_… of the environment is handed on: SWIFT_DOWNLOAD_BASE may point to a mirror on loopback.
# git is installed before, for somebody cloned the project. Needs root.
set -euo pipefail

[[ $(id -u) == 0 ]] || { echo "newcomer.sh: needs root, to make a Debian" >&2; exit 2; }
# A mount namespace of our own: whatever is mounted here ends with this script.
if [[ ${NEWCOMER_UNSHARED:-} != "$$" ]]; then
    export NEWCOMER_UNSHARED=$$
    exec unshare --mount --propagation private -- "$0" "$@"
fi

project=$(cd "$(dirname "$0")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/callbridge
user=root net=() swift=
while (($#)); do
    case $1 in
        --as) user=$2; shift 2 ;;
        --offline) net=(--net); shift ;;
        --swift) swift=$(realpath "$2"); shift 2 ;;
        *) break ;;
    esac
done
(($#)) || { echo "newcomer.sh: no command" >&2; exit 2; }

# make_debian FOLDER: a minimal Debian that gets its packages as this machine does.
make_debian() {
    local new=$1.new
    "$project/deploy/setup/packages.sh" fresh
    rm -rf "$new"
    echo "newcomer.sh: making a Debian in $1" >&2
    mmdebstrap --quiet --mode=root --variant=minbase --include=git \
        --aptopt='Acquire::Check-Valid-Until "false"' bookworm "$new" - \
        < <(cat /etc/apt/sources.list.d/debian.sources 2>/dev/null || cat /etc/apt/sources.list)
    # What this machine had to tell its apt about the network holds there too.
    grep -lE '^Acquire' /etc/apt/apt.conf.d/* 2>/dev/null |
        xargs -r cp -t "$new/etc/apt/apt.conf.d"
    mv -T "$new" "$1"
}

mkdir -p "$cache"
base=$cache/debian-12
(
    flock 9
    [[ -d $base ]] || make_debian "$base" >&2
) 9>"$cache/lock"

top=$(mktemp -d "$cache/newcomer.XXXXXX")
root=$top/root
end() {
    umount -R "$root" 2>/dev/null || umount -lR "$root" 2>/dev/null || true
    rm -rf "$top"
}
trap end EXIT
trap 'exit 130' INT TERM
mkdir "$top"/{written,work,root}
mount -t overlay overlay -o "lowerdir=$base,upperdir=$top/written,workdir=$top/work" "$root"
mount --rbind /dev "$root/dev"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
# What may only be done to a machine that is thrown away looks for this.
touch "$root/etc/callbridge-newcomer"
path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
if [[ -n $swift ]]; then
    mkdir "$root/opt/swift"
    mount --bind -o ro "$swift" "$root/opt/swift"
    path=$path:/opt/swift/usr/bin
fi

[[ $user == root ]] || chroot "$root" useradd --create-home --shell /bin/bash "$user"
home=$(chroot "$root" sh -c "echo ~$user")
git -c safe.directory='*' clone --quiet --no-hardlinks "$project" "$root$home/callbridge"
chroot "$root" chown -R "$user:" "$home/callbridge"

handed_on=()
for name in $(compgen -e SWIFT_); do handed_on+=("$name=${!name}"); done
# In namespaces of their own, so that what the command leaves running ends with it.
inside='mount -t proc proc "$1/proc"; ip link set lo up 2>/dev/null || true
root=$1 user=$2; shift 2
exec chroot --userspec="$user" "$root" "$@"'
status=0
unshare --pid --fork --kill-child --mount --ipc --uts "${net[@]}" bash -c "$inside" - "$root" "$user" \
    env -i HOME="$home" USER="$user" LANG=C.UTF-8 TERM=dumb DEBIAN_FRONTEND=noninteractive \
    PATH="$path" "${handed_on[@]}" \
    bash -c 'cd ~/callbridge && exec "$@"' - "$@" </dev/null || status=$?
echo "newcomer.sh: $SECONDS s, $(du -sh "$top/written" 2>/dev/null | cut -f1) written, status $status" >&2
exit "$status"
