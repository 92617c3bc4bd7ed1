#!/usr/bin/env bash
# deploy/setup/swift.sh against a file server on loopback, a toolchain of two lines and keys made
# for the occasion. Nothing outside a temporary folder is read or written.
. "$(dirname "$0")/check.sh"

case $(uname -m) in
    x86_64) folder=debian12 ;;
    *) folder=debian12-$(uname -m) ;;
esac
name=swift-6.3.1-RELEASE-$folder
place=swift-6.3.1-release/$folder/swift-6.3.1-RELEASE/$name.tar.gz
site=$work/site

make_swift() { # make_swift FILE VERSION
    mkdir -p "$(dirname "$1")"
    printf '#!/bin/sh\necho "Swift version %s (test)"\n' "$2" >"$1"
    chmod +x "$1"
}

make_archive() { # make_archive FILE VERSION
    local from=$work/archive.$RANDOM
    make_swift "$from/$name/usr/bin/swift" "$2"
    # Incompressible, so that half of the archive is really half of it.
    head -c 100000 /dev/urandom >"$from/$name/usr/ballast"
    mkdir -p "$(dirname "$1")"
    tar -czf "$1" -C "$from" "$name"
    rm -rf "$from"
}

make_key() { # make_key NAME [WHEN]; prints the fingerprint
    gpg --batch --quiet ${2:+--faked-system-time "$2"} --passphrase '' \
        --quick-gen-key "$1 <$1@example.com>" ed25519 sign 1y 2>/dev/null
    gpg --batch --armor --export "$1@example.com" >"$site/$1.asc"
    gpg --batch --with-colons --list-keys "$1@example.com" 2>/dev/null | awk -F: '/^fpr/ {print $10; exit}'
}

sign() { # sign KEY FILE [WHEN]
    gpg --batch --quiet --yes ${3:+--faked-system-time "$3"} --local-user "$1@example.com" \
        --output "$2.sig" --detach-sign "$2" 2>/dev/null
}

revoke() { # revoke NAME FINGERPRINT: gpg disarms the certificate it keeps with a colon
    sed 's/^:-----BEGIN/-----BEGIN/' "$GNUPGHOME/openpgp-revocs.d/$2.rev" |
        gpg --batch --quiet --import 2>/dev/null
    gpg --batch --armor --export "$1@example.com" >"$site/$1.asc"
}

# Every test's own copy of what lies on the server: site/SITE/…
lay_out() { # lay_out SITE KEY [WHEN]
    make_archive "$site/$1/$place" 6.3.1
    sign "$2" "$site/$1/$place" "${3:-}"
}

# install SITE [NAME=VALUE…]: runs swift.sh where an old swift is on PATH.
install() {
    local at=$1
    shift
    env PATH="$work/old:$PATH" SWIFT_HOME="$work/home/swift" SWIFT_RETRY_SECONDS=0 \
        SWIFT_DOWNLOAD_BASE="http://127.0.0.1:$port/$at" SWIFT_SIGNING_KEY="$release" \
        SWIFT_KEY_URL="http://127.0.0.1:$port/whole/release.asc" "$@" \
        "$project/deploy/setup/swift.sh"
}
installed() { [[ $("$work/home/swift/usr/bin/swift" --version) == *6.3.1* ]]; }
nothing_left() {
    local left
    left=$(cd "$work/home" 2>/dev/null && find . -mindepth 1 ! -name '*.lock') || true
    [[ -z $left ]] || { echo "left behind: $left"; return 1; }
}
requests_for() { grep -c "$1" "$work/requests"; }

test_a_good_archive_is_installed_and_leaves_nothing_else() {
    lay_out good release
    works install whole/good
    says "older than 6.3.1"
    installed
    [[ $(ls "$work/home") == swift ]]
}
test_a_second_run_asks_nobody_and_says_nothing() {
    lay_out again release
    works install whole/again
    works install whole/nowhere
    silent
}
test_a_new_enough_swift_on_the_path_is_used() {
    works install whole/nowhere PATH="$work/new:$PATH"
    silent
    nothing_left
}
test_an_archive_signed_by_another_key_is_refused() {
    lay_out stranger stranger
    cat "$site/stranger.asc" "$site/release.asc" >"$site/both.asc"
    fails install whole/stranger SWIFT_KEY_URL="http://127.0.0.1:$port/whole/both.asc"
    says "is not signed by key $release"
    nothing_left
}
test_another_key_under_the_right_address_is_refused() {
    lay_out swapped stranger
    fails install whole/swapped SWIFT_KEY_URL="http://127.0.0.1:$port/whole/stranger.asc"
    says "is not signed by key $release"
    nothing_left
}
test_an_archive_changed_after_signing_is_refused() {
    lay_out changed release
    printf x >>"$site/changed/$place"
    fails install whole/changed
    says "is not signed by key $release"
    nothing_left
}
test_a_truncated_archive_is_refused() {
    lay_out cut release
    fails install cut/cut
    says "is not signed by key $release"
    nothing_left
}
test_a_missing_archive_is_told() {
    fails install whole/empty
    says "the server answers 404"
    says "nothing was installed"
    nothing_left
}
test_a_missing_signature_installs_nothing() {
    lay_out unsigned release
    rm "$site/unsigned/$place.sig"
    fails install whole/unsigned
    says "$place.sig: the server answers 404"
    says "without the signature nothing is installed"
    [[ ! -e $work/home/swift ]]
}
test_a_missing_key_installs_nothing() {
    lay_out keyless release
    fails install whole/keyless SWIFT_KEY_URL="http://127.0.0.1:$port/whole/nobody.asc"
    says "without the signing key nothing is installed"
    [[ ! -e $work/home/swift ]]
}
test_a_dropped_connection_is_taken_up_where_it_broke() {
    lay_out drop release
    works install drops1/drop
    installed
    [[ $(awk '/drop\/.*gz / {print $2}' "$work/requests" | sort -n | tail -n1) -gt 0 ]]
}
test_a_server_without_ranges_is_asked_again_from_the_start() {
    lay_out plain release
    works install plain/plain
    installed
}
test_a_line_that_always_drops_fails_and_the_next_run_goes_on() {
    lay_out bad release
    fails install drops/bad
    says "broke off 5 times"
    says "nothing was installed"
    [[ ! -e $work/home/swift ]]
    works install whole/bad
    installed
    [[ $(awk '/whole\/bad\/.*gz / {print $2}' "$work/requests") -gt 50000 ]]
}
test_a_key_that_expired_after_signing_is_accepted() {
    lay_out expired expired 20200201T000000
    works install whole/expired SWIFT_SIGNING_KEY="$expired" \
        SWIFT_KEY_URL="http://127.0.0.1:$port/whole/expired.asc"
    installed
}
test_a_revoked_key_is_refused() {
    lay_out revoked revoked
    revoke revoked "$revoked"
    fails install whole/revoked SWIFT_SIGNING_KEY="$revoked" \
        SWIFT_KEY_URL="http://127.0.0.1:$port/whole/revoked.asc"
    says "is not signed by key $revoked"
    nothing_left
}
test_a_checksum_of_ones_own_replaces_the_signature() {
    lay_out summed stranger
    works install whole/summed SWIFT_SHA256="$(sha256sum <"$site/summed/$place" | cut -c1-64)"
    installed
}
test_a_wrong_checksum_is_refused() {
    lay_out wrong release
    fails install whole/wrong SWIFT_SHA256="$(sha256sum </dev/null | cut -c1-64)"
    says "is not what SWIFT_SHA256 says"
    nothing_left
}
test_a_swift_that_does_not_run_is_not_kept() {
    make_archive "$site/old/$place" 5.0
    sign release "$site/old/$place"
    fails install whole/old
    says "does not run here"
    [[ ! -e $work/home/swift ]]
}
test_two_runs_at_once_download_once() {
    lay_out twice release
    install whole/twice 2>/dev/null &
    works install whole/twice
    wait $!
    installed
    [[ $(requests_for "twice/.*gz ") == 1 ]]
}
test_setup_off_leaves_the_machine_alone() {
    works install whole/nowhere SETUP=off
    silent
    nothing_left
}

before_each() {
    rm -rf "$work/home"
    : >"$work/requests"
}

mkdir -p "$site"
make_swift "$work/old/swift" 5.10.1
make_swift "$work/new/swift" 6.4
# A short path: gpg's agent listens on a socket in it.
GNUPGHOME=$(mktemp -d /tmp/gpg.XXXXXX)
export GNUPGHOME
release=$(make_key release)
make_key stranger >/dev/null
expired=$(make_key expired 20200101T000000)
revoked=$(make_key revoked)
python3 "$project/Tests/Setup/file_server.py" "$site" "$work/port" "$work/requests" &
server=$!
end() {
    kill "$server" 2>/dev/null
    gpgconf --kill gpg-agent 2>/dev/null
    rm -rf "$work" "$GNUPGHOME"
}
trap end EXIT
until [[ -s $work/port ]]; do kill -0 "$server" || exit 1; done
port=$(<"$work/port")

run_tests
