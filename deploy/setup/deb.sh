#!/usr/bin/env bash
# Makes the Debian package of programs that are built already; `make deb` calls it.
#
#   deploy/setup/deb.sh [PROGRAMS [FOLDER]]    the folder the programs were built into; where the
#                                              package goes (.build/deb)
#
# Prints the package's path. The version is the program's own, which it is asked for. Everything is
# laid out below FOLDER/tree as Debian's tools want it; the project's top level stays as it is.
set -euo pipefail
cd "$(dirname "$0")/../.."

programs=${1:-.build/release}
folder=${2:-.build/deb}
said=$folder/build.txt

fail() { echo "deb.sh: $*" >&2; exit 1; }

[[ -x $programs/callbridge ]] || fail "$programs/callbridge is missing; run make build"
version=$("$programs/callbridge" --version)
version=${version##* }
[[ $version =~ ^[0-9][0-9A-Za-z.~+-]*$ ]] || fail "'$version' is no version"

tree=$folder/tree/callbridge-$version
rm -rf "$folder"
mkdir -p "$tree"/{bin,deploy,debian}
cp "$programs/callbridge" "$tree/bin/"
cp -r deploy/{callbridge-deploy,callbridge.catalog,systemd,nginx,prometheus,grafana,man} \
    deploy/{README,THREATS,CHANGELOG}.md "$tree/deploy/"
cp -r deploy/debian/. "$tree/debian/"
cp deploy/systemd/callbridge.tmpfiles "$tree/debian/"
# On a server nothing is answered before somebody has said how: production, and what it needs.
mkdir "$tree/config"
cp config/routing.json "$tree/config/"
sed 's/^#ENVIRONMENT=development$/ENVIRONMENT=production/' config/callbridge.conf \
    >"$tree/config/callbridge.conf"
grep -q '^ENVIRONMENT=production$' "$tree/config/callbridge.conf" ||
    fail "config/callbridge.conf has no line #ENVIRONMENT=development"

# The same programs give the same package: the date is that of the last commit.
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
export SOURCE_DATE_EPOCH
cat >"$tree/debian/changelog" <<CHANGES
callbridge ($version) bookworm; urgency=medium

  * See /usr/share/doc/callbridge/CHANGELOG.md.

 -- callbridge <callbridge@example.org>  $(LC_ALL=C date -R -d "@$SOURCE_DATE_EPOCH")
CHANGES

# Debugging information of everything Swift brings would be ten times the package.
(
    cd "$tree"
    DEB_BUILD_OPTIONS="noautodbgsym nocheck" DEB_BUILD_MAINT_OPTIONS=optimize=-lto \
        dpkg-buildpackage --build=binary --unsigned-source --unsigned-changes
) >"$said" 2>&1 || { tail -n 30 "$said" >&2; fail "dpkg-buildpackage failed; all it said is in $said"; }
mv "$folder"/tree/*.deb "$folder/"
ls "$folder"/*.deb
