#!/bin/sh
# Installs what building and testing need beside the .NET SDK, if it is missing: one line a command, with its Debian package.
missing=$(while read -r command package; do
    command -v "$command" >/dev/null 2>&1 || echo "$package"
done <<LIST
flock util-linux
find findutils
git git
LIST
)
[ -z "$missing" ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "error PITH9008: missing packages:" $missing >&2
    echo "hint: install them with the system's package manager, as root" >&2
    exit 4
fi
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >&2
