#!/bin/sh
# Everything an offline machine needs, in one folder: this release, its Python packages (locked, with digests) and the Debian packages.
# Runs where there is a network, on the same Debian release, and processor as the machine it is for; as any user, with python3-pip and git.
#
#     deploy/wheelhouse.sh FOLDER        carry FOLDER over and run FOLDER/install.sh there
#     deploy/wheelhouse.sh FOLDER s3     with the packages for an S3-like bucket (docs/scaling.md)
set -eu
[ $# -eq 1 ] || [ "$#${2:-}" = 2s3 ] || { echo "Usage: $0 FOLDER [s3]" >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1/wheels" "$1/debs/partial"
out=$(cd "$1" && pwd)
rm -f "$out"/*.tar "$out/SHA256SUMS"

version=$(git -C "$root" log -1 --date=format:%Y%m%d --format=%cd-%h)
git -C "$root" archive --format=tar --prefix="$version/" -o "$out/sunlot-$version.tar" HEAD
cp "$root/deploy/install.sh" "$out/install.sh"

echo "Python packages …"
# Debian's own Python, because the other machine has that one: some packages are for some versions of it alone.
/usr/bin/python3 -m pip download --quiet --disable-pip-version-check --only-binary :all: --require-hashes \
    -r "$root/config/requirements.txt" -d "$out/wheels"
rm -f "$out"/wheels/boto3-*.whl # install.sh installs the extra where it lies here
[ "${2:-}" != s3 ] || /usr/bin/python3 -m pip download --quiet --disable-pip-version-check --only-binary :all: --require-hashes --no-deps \
    -r "$root/config/requirements-s3.txt" -d "$out/wheels"

echo "Debian packages …"
# As if nothing were installed here: the folder holds the whole closure, and apt takes of it what the other machine lacks.
nothing=$(mktemp -d)
trap 'rm -rf "$nothing"' EXIT
: > "$nothing/status"
grep -v '^#' "$root/deploy/debian-packages.txt" | xargs apt-get --quiet --quiet --yes --no-install-recommends --download-only \
    -o Dir::State::status="$nothing/status" -o Dir::Cache::archives="$out/debs" -o Debug::NoLocking=1 -o APT::Sandbox::User=root install
rm -rf "$out/debs/partial" "$out/debs/lock"
for deb in "$out"/debs/*.deb; do
    dpkg-deb -f "$deb"
    echo "Filename: ./$(basename "$deb")"
    echo "Size: $(stat -c %s "$deb")"
    echo "SHA256: $(sha256sum "$deb" | cut -d' ' -f1)"
    echo
done > "$out/debs/Packages"

(cd "$out" && find . -type f ! -name SHA256SUMS | sort | xargs -d '\n' sha256sum > SHA256SUMS)
echo "$out: $version, $(ls "$out/wheels" | wc -l) Python and $(ls "$out/debs" | grep -c '\.deb$') Debian packages, $(du -sh "$out" | cut -f1)."
echo "Read this digest to whoever installs it: $(sha256sum "$out/SHA256SUMS" | cut -c1-64)"
