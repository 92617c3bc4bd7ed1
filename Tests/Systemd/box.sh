# A box: a Debian that is booted with systemd as its PID 1, in namespaces of its own, over an overlay
# that is thrown away. Source it after alone_with_mounts, in a script that runs as root.
#
#   box_boot ROOT              boots one; $box_root is its file system as seen from here
#   in_box COMMAND…            runs a command in it, outside any unit
#   box_end                    shuts it down and removes everything of it
#
# systemd-nspawn does it, unregistered: no machined and no dbus are needed here. What it leaves out,
# where this machine's memory and processor controllers are on cgroup v1: MemoryMax=, CPUQuota= and
# TasksMax= are accepted and not enforced.
box_seconds=60
# Not in /tmp, which may be of a kind that no overlay can lie on.
box_cache=${XDG_CACHE_HOME:-$HOME/.cache}/callbridge

# The script goes on in a mount namespace of its own: what it mounts ends with it, however it ends.
alone_with_mounts() { # alone_with_mounts "$0" "$@"
    [[ ${BOX_UNSHARED:-} == "$$" ]] && return
    export BOX_UNSHARED=$$
    exec unshare --mount --propagation private -- "$@"
}

# True when nspawn can be had here; else says why not.
box_is_possible() {
    [[ $(id -u) == 0 ]] || { echo "a real systemd is booted by systemd-nspawn, which only root may"; return 1; }
    command -v systemd-nspawn >/dev/null ||
        { echo "systemd-nspawn is missing; deploy/setup/packages.sh test installs it"; return 1; }
    [[ -n $(box_groups) ]] || { echo "this machine has no control groups for a systemd of its own"; return 1; }
}

# The hierarchies that a systemd needs, where they are writable.
box_groups() {
    local group
    for group in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
        [[ -w $group/cgroup.procs ]] && echo "$group"
    done
    true
}

box_boot() {
    local group state end=$((SECONDS + box_seconds))
    box_remains
    box=callbridge-box$$-$((++box_count))
    box_folder=$box_cache/$box box_root=$box_folder/root
    mkdir -p "$box_folder"/{upper,work,root}
    mount -t overlay overlay -o \
        "lowerdir=$1,upperdir=$box_folder/upper,workdir=$box_folder/work" "$box_root"
    for group in $(box_groups); do mkdir "$group/$box"; done
    (
        # Of a group of its own, or it would make its own in the root one; two boxes would collide.
        for group in $(box_groups); do echo "$BASHPID" >"$group/$box/cgroup.procs"; done
        # bpf: IPAddressDeny= is silently not enforced without. A killed test takes its box along.
        SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec setpriv --pdeathsig KILL systemd-nspawn --quiet \
            --directory="$box_root" --machine="$box" --hostname=box --register=no --keep-unit \
            --capability=CAP_BPF,CAP_NET_ADMIN,CAP_PERFMON --system-call-filter=bpf \
            --private-network --link-journal=no --resolv-conf=off --timezone=off --console=pipe \
            --bind-ro="$programs:/opt/callbridge" --kill-signal=SIGRTMIN+4 --boot </dev/null
    ) >"$box_folder/console" 2>&1 &
    box_nspawn=$!
    until box_first=$(pgrep -P "$box_nspawn" | head -n1) && [[ -n $box_first ]] &&
        [[ $(cat "/proc/$box_first/comm" 2>/dev/null) == systemd ]]; do
        box_waits "$end" || return 1
    done
    until state=$(in_box systemctl is-system-running 2>/dev/null) || [[ $state == degraded ]]; do
        box_waits "$end" || return 1
    done
    [[ $state == running ]] || { echo "the box is $state"; in_box systemctl --failed; }
}

# What is left of a test that was killed: its processes are gone with it, not its groups and folders.
box_remains() {
    local group left owner
    for left in $(for group in $(box_groups); do echo "$group"/callbridge-box*; done) \
        "$box_cache"/callbridge-box*; do
        owner=${left##*/callbridge-box} owner=${owner%-*}
        [[ -d $left && ! -e /proc/$owner ]] || continue
        if [[ $left == "$box_cache"/* ]]; then
            rm -rf "$left"
        else
            [[ ! -e $left/cgroup.kill ]] || echo 1 >"$left/cgroup.kill"
            find "$left" -depth -type d -exec rmdir {} + 2>/dev/null || true
        fi
    done
}

box_waits() { # box_waits END
    if [[ ! -e /proc/$box_nspawn ]] || ((SECONDS >= $1)); then
        echo "the box did not boot:"
        tail -n 20 "$box_folder/console"
        return 1
    fi
    sleep 0.05
}

# Not in a unit: it sees the box as its root does at a terminal.
in_box() {
    nsenter -t "$box_first" -m -u -i -n -p -C -r -w \
        env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LANG=C.UTF-8 TERM=dumb SYSTEMD_COLORS=0 SYSTEMD_PAGER=cat DEBIAN_FRONTEND=noninteractive \
        "$@"
}

box_end() {
    local group tries
    [[ -n ${box:-} ]] || return 0
    if [[ -n ${box_first:-} && -e /proc/$box_first ]]; then
        # What tests started in it with in_box would stop with it and keep nsenter waiting for ever.
        in_box pkill -KILL -f ^/opt/callbridge/ 2>/dev/null || true
        # systemd's own signal for: power off, in order.
        kill -s RTMIN+4 "$box_first"
        for tries in $(seq 200); do
            [[ -e /proc/$box_nspawn ]] || break
            sleep 0.05
        done
        [[ ! -e /proc/$box_nspawn ]] || kill -KILL "$box_first" "$box_nspawn" 2>/dev/null
    fi
    wait "$box_nspawn" 2>/dev/null || true
    for group in $(box_groups); do
        for tries in $(seq 40); do
            find "$group/$box" -depth -type d -exec rmdir {} + 2>/dev/null
            [[ -d $group/$box ]] || break
            sleep 0.05
        done
    done
    umount "$box_root"
    rm -rf "$box_folder"
    box='' box_first=
}
box_count=0
