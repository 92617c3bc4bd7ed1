#!/usr/bin/env bash
# Makes sure there is a Swift at least as new as the one callbridge is built with. One that is on
# PATH and new enough is used; else swift.org's build for Debian 12 is downloaded, checked and put
# into a folder of its own, touching nothing else of the machine.
#
#   deploy/setup/swift.sh          install if need be; says nothing when all is well
#   deploy/setup/swift.sh --home   print that folder; its usr/bin belongs in front of PATH
#
# What may be set:
#   SWIFT_HOME           the folder (~/.local/share/swift-6.3.1)
#   SWIFT_DOWNLOAD_BASE  another place with swift.org's layout, a mirror (https://download.swift.org)
#   SWIFT_KEY_URL        where the signing key lies (https://www.swift.org/keys/release-key-swift-6.x.asc)
#   SWIFT_SIGNING_KEY    its fingerprint, for a mirror that signs with a key of its own
#   SWIFT_SHA256         the archive's SHA-256; when set it is checked instead of the signature
#   SWIFT_PLATFORM       debian12
#
# How the archive is trusted. swift.org publishes no checksums, it publishes a detached OpenPGP
# signature beside every archive. So what is pinned below is the fingerprint of the key, as it stands
# on swift.org's own page of keys and in the Dockerfiles of the official images; the key itself may
# come from anywhere, for another key has another fingerprint. One fingerprint covers both processors
# and later versions, where a checksum written here would only say what one person once downloaded.
# Whoever has a checksum of their own (a mirror behind a firewall, without signatures) sets
# SWIFT_SHA256. Nothing is unpacked before one of the two has matched. A key that has expired since is
# accepted: the signature was made while it lived. A revoked one is not.
set -euo pipefail

version=6.3.1
home=${SWIFT_HOME:-${XDG_DATA_HOME:-$HOME/.local/share}/swift-$version}
base=${SWIFT_DOWNLOAD_BASE:-https://download.swift.org}
key_url=${SWIFT_KEY_URL:-https://www.swift.org/keys/release-key-swift-6.x.asc}
# "Swift 6.x Release Signing Key", made 2024-09-16.
fingerprint=${SWIFT_SIGNING_KEY:-52BB7E3DE28A71BE22EC05FFEF80A866B47A981F}
platform=${SWIFT_PLATFORM:-debian12}
# Beside the final folder, so that one rename puts a whole toolchain there.
unpacking=$home.unpacking
attempts_max=5
retry_seconds=${SWIFT_RETRY_SECONDS:-3}
# The archive is about 1 GB and unpacks to 3.3 GB.
space_needed_kib=$((5 * 1024 * 1024))

say() { echo "swift.sh: $*" >&2; }
fail() { say "$@"; exit 1; }

# new_enough SWIFT: true when that program runs and is not older than the pinned version.
new_enough() {
    local found
    found=$("$1" --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][^ ]*\).*/\1/p') || return 1
    [[ -n $found && $(printf '%s\n%s\n' "$version" "$found" | sort -V | head -n1) == "$version" ]]
}

# The archive's name as swift.org builds it: the processor is named only where it is not x86_64.
archive_name() {
    case $(uname -m) in
        x86_64) echo "swift-$version-RELEASE-$platform" ;;
        aarch64) echo "swift-$version-RELEASE-$platform-aarch64" ;;
        *) fail "swift.org builds for x86_64 and aarch64, this machine is $(uname -m)" ;;
    esac
}

# fetch URL FILE: downloads, going on where a broken connection (or an earlier run) stopped.
fetch() {
    local url=$1 file=$2 attempt status http
    for ((attempt = 1; attempt <= attempts_max; attempt++)); do
        status=0
        http=$(curl --fail --location --silent --show-error --continue-at - \
            --connect-timeout 20 --speed-limit 1000 --speed-time 60 \
            --output "$file.part" --write-out '%{http_code}' "$url") || status=$?
        case $status in
            0) mv "$file.part" "$file"; return ;;
            # 33: this server cannot go on in the middle.
            33) rm -f "$file.part" ;;
            22) [[ $http == 5* ]] || { say "$url: the server answers $http"; return 1; } ;;
            23) say "cannot write $file.part: is the disk full?"; return 1 ;;
        esac
        ((attempt < attempts_max)) && sleep "$retry_seconds"
    done
    say "$url: broke off $attempts_max times (curl's error $status)."
    say "What has come is kept; the next run goes on from there."
    return 1
}

# signed_by_pinned_key ARCHIVE SIGNATURE KEYS: true when the signature is good and the pinned key's.
signed_by_pinned_key() {
    local ring status
    ring=$(mktemp -d)
    gpg --homedir "$ring" --batch --quiet --no-autostart --import "$3" 2>/dev/null || true
    status=$(gpg --homedir "$ring" --batch --no-autostart --status-fd 1 --verify "$2" "$1" \
        2>/dev/null) || true
    rm -rf "$ring"
    # VALIDSIG ends with the fingerprint of the primary key (GnuPG, doc/DETAILS).
    grep -q "^\[GNUPG:\] VALIDSIG .* $fingerprint\$" <<<"$status" &&
        ! grep -qE '^\[GNUPG:\] (BADSIG|ERRSIG|EXPSIG|REVKEYSIG) ' <<<"$status"
}

# verify DIRECTORY NAME URL: returns only when the archive there may be trusted; else it is removed.
verify() {
    local archive=$1/$2.tar.gz
    if [[ -n ${SWIFT_SHA256:-} ]]; then
        if ! sha256sum --check --quiet --status <<<"$SWIFT_SHA256  $archive"; then
            rm -rf "$1"
            fail "$3 is not what SWIFT_SHA256 says; it was removed, nothing was installed"
        fi
        return
    fi
    # Small, so never continued: an old piece of another key would spoil them.
    rm -f "$1"/{signature,keys}*
    fetch "$3.sig" "$1/signature" || fail "without the signature nothing is installed"
    fetch "$key_url" "$1/keys" || fail "without the signing key nothing is installed"
    if ! signed_by_pinned_key "$archive" "$1/signature" "$1/keys"; then
        rm -rf "$1"
        say "$3 is not signed by key $fingerprint."
        fail "It was removed, nothing was installed."
    fi
}

install_swift() {
    local name folder url directory=$home.download
    name=$(archive_name)
    folder=${name#"swift-$version-RELEASE-"}
    url=$base/swift-$version-release/${folder//./}/swift-$version-RELEASE/$name.tar.gz
    mkdir -p "${home%/*}"
    # Two makes at once: the second waits, then finds the work done.
    exec 9>"$directory.lock"
    flock 9
    new_enough "$home/usr/bin/swift" && return
    mkdir -p "$directory"
    [[ $(df --output=avail -k "$directory" | tail -n1) -ge $space_needed_kib ]] ||
        fail "Swift needs 5 GB free in ${home%/*}"

    if [[ ! -e $directory/$name.tar.gz ]]; then
        say "downloading Swift $version, about 1 GB, from $url"
        if ! fetch "$url" "$directory/$name.tar.gz"; then
            rmdir --ignore-fail-on-non-empty "$directory"
            fail "Swift $version could not be downloaded; nothing was installed"
        fi
    fi
    verify "$directory" "$name" "$url"

    # Under its final name only when whole: a folder of that name can be trusted.
    rm -rf "$unpacking" "$home"
    mkdir -p "$unpacking"
    trap 'rm -rf "$unpacking"' EXIT
    tar -xzf "$directory/$name.tar.gz" -C "$unpacking" --strip-components=1 --no-same-owner ||
        fail "the archive could not be unpacked into ${home%/*}"
    new_enough "$unpacking/usr/bin/swift" || fail "the Swift that was unpacked does not run here"
    mv -T "$unpacking" "$home"
    rm -rf "$directory" "$directory.lock"
    say "Swift $version is in $home"
}

if [[ ${1:-} == --home ]]; then
    echo "$home"
    exit
fi
[[ ${SETUP:-on} == off ]] && exit 0
new_enough "$home/usr/bin/swift" && exit 0
found=$(command -v swift || true)
[[ -n $found ]] && new_enough "$found" && exit 0
[[ -z $found ]] || say "$found is older than $version; it stays as it is"
"$(dirname "$0")/packages.sh" toolchain
install_swift
