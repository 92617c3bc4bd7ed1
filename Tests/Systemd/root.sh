#!/usr/bin/env bash
# Makes, or takes from the cache, a Debian with systemd, nginx and what the package depends on; prints
# where it is. Nobody writes to it: every box lays an overlay over it.
#
#   Tests/Systemd/root.sh PACKAGE…     the Debian packages besides
#
# Half a minute the first time, then nothing: ${XDG_CACHE_HOME:-~/.cache}/callbridge, 300 MB. Needs root.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/callbridge
packages=systemd,systemd-sysv,dbus,libnss-systemd,ca-certificates,curl,iproute2,procps,nginx-light
for each in "$@"; do packages+=,$each; done
sources=/etc/apt/sources.list.d/debian.sources
[[ -e $sources ]] || sources=/etc/apt/sources.list
# Another list of packages, other sources or another way to make it is another root.
key=$(cat "$sources" "$0" - <<<"$packages" | sha256sum | cut -c1-12)
root=$cache/systemd-$key

# Units that want a real machine or the network, and would only slow the boot.
masked="apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
    e2scrub_reap.service systemd-timesyncd.service console-getty.service getty.target"

make_root() {
    local new=$root.new unit
    "$project/deploy/setup/packages.sh" fresh
    rm -rf "$new"
    echo "root.sh: making a Debian with systemd in $root" >&2
    mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
        --aptopt='Acquire::Check-Valid-Until "false"' bookworm "$new" - <"$sources"
    for unit in $masked; do ln -sf /dev/null "$new/etc/systemd/system/$unit"; done
    : >"$new/etc/machine-id"
    # An older one serves nobody any more.
    find "$cache" -maxdepth 1 -name 'systemd-*' ! -name '*.new' -mtime +7 -exec rm -rf {} +
    mv -T "$new" "$root"
}

mkdir -p "$cache"
(
    flock 9
    [[ -d $root ]] || make_root >&2
) 9>"$cache/lock"
echo "$root"
