# SPDX-License-Identifier: MIT
# The distribution's packages and the SDK.

# For the build: gcc (assembles), libc6-dev (test guests), lld, binutils. For images: GRUB for BIOS and UEFI, xorriso,
# mtools. To run: QEMU, its UEFI firmware, Bochs with a screen that needs none and its BIOS. For guests: busybox, cpio.
packages=(
    gcc libc6-dev lld binutils
    grub-common grub-pc-bin grub-efi-amd64-bin xorriso mtools
    qemu-system-x86 ovmf
    bochs bochs-term bochsbios vgabios
    busybox-static cpio
)

# Those of the packages named that are not installed.
missing_packages() {
    local installed
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p')
    printf "%s\n" "$@" | grep -vxF "$installed" || true
}

# The programs that are not there, for a distribution whose packages have other names.
missing_programs() {
    local program
    for program in gcc ld.lld addr2line grub-mkrescue grub-mkimage xorriso mformat qemu-system-x86_64 \
        bochs-bin busybox cpio setpriv; do
        command -v "$program" >/dev/null || echo "$program"
    done
}

# Those that are named, or all of the list.
install_packages() {
    local missing
    [ $# -gt 0 ] || set -- "${packages[@]}"
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        missing=$(missing_programs | xargs)
        [ -z "$missing" ] || fail "this is neither Debian nor Ubuntu; install by hand what these programs come from:" \
            "  $missing" "  and UEFI firmware as /usr/share/OVMF/OVMF_CODE_4M.fd and OVMF_VARS_4M.fd"
        return 0
    fi

    missing=$(missing_packages "$@" | xargs)
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        fail "these packages are missing: $missing" "as root, run:" \
            "  apt-get update && apt-get install -y --no-install-recommends $missing"
    fi

    say "installing $missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    if ! apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1; then
        quietly "reading the list of packages" artifacts/apt-update.log apt-get update
        quietly "installing packages" artifacts/apt-install.log apt-get install -y --no-install-recommends $missing
    fi
}

require_some_sdk() {
    if ! command -v dotnet >/dev/null; then
        fail "the .NET 10 SDK is missing." \
            "It comes from https://dotnet.microsoft.com/download/dotnet/10.0 (the SDK for Linux x64);" \
            "on Ubuntu also as the package dotnet-sdk-10.0. Put 'dotnet' into PATH and start again."
    fi
}

require_sdk() {
    local found said
    require_some_sdk
    # Asked once for each SDK and global.json: the question takes as long as all the rest of a build with nothing to do.
    found=artifacts/sdk.found
    if [ ! "$found" -nt global.json ] || [ ! "$found" -nt "$(readlink -f "$(command -v dotnet)")" ]; then
        said=$(dotnet --version 2>&1) || fail "the .NET SDK here does not run, or does not fit global.json; it says:" \
            "$(head -n 3 <<<"$said")" \
            "The .NET 10 SDK comes from https://dotnet.microsoft.com/download/dotnet/10.0"
        mkdir -p artifacts
        touch "$found"
    fi
}
