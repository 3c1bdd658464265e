# SPDX-License-Identifier: MIT
# Builds with MSBuild only where a source is newer than the last build: MSBuild needs seconds to find out that.

sources=(boot drivers kernel tests tools
    Directory.Build.props Freestanding.props Hypervisor.sln global.json .editorconfig)

# $1 a stamp file: something was changed, added or removed since.
changed_since() {
    [ ! -e "$1" ] || [ -n "$(find "${sources[@]}" -newer "$1" -print -quit 2>/dev/null)" ]
}

# Runs MSBuild and leaves a stamp of the moment before it. $1 stamp, $2 what, then the arguments of dotnet build.
build_once() {
    local stamp=$1 what=$2
    shift 2
    mkdir -p artifacts
    exec 9>artifacts/build.lock
    flock -n 9 || { echo "build.sh: waiting for another build" >&2; flock 9; }
    if changed_since "$stamp"; then
        touch "$stamp.part"
        # A compiler server stays behind for a while: it must not hold the lock.
        quietly "building $what" artifacts/build.log dotnet build "$@" -nodeReuse:false -v quiet --nologo 9>&-
        mv "$stamp.part" "$stamp"
    fi
    exec 9>&-
}

build_everything() {
    build_once artifacts/everything.stamp everything Hypervisor.sln
    touch -r artifacts/everything.stamp artifacts/hv.stamp artifacts/hypervisor-release.stamp
}

# The tool and the hypervisor. $1 release or checked.
build_tool() {
    local flavour=${1:-release}
    build_once artifacts/hv.stamp "the tool" tools/Hv/Hv.csproj
    build_once "artifacts/hypervisor-$flavour.stamp" "the hypervisor" boot/Hypervisor.Boot.csproj -c "${flavour^}"
}
