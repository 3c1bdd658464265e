# SPDX-License-Identifier: MIT
# Linux kernels for guests: downloaded as packages of the distribution, unpacked into a cache, never installed.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/hypervisor

# Kernels by kind: the meta packages to try, one after the other (Debian's, then Ubuntu's).
kernel_packages() {
    case $1 in
        cloud) echo linux-image-cloud-amd64 linux-image-virtual linux-image-kvm ;;
        standard) echo linux-image-amd64 linux-image-generic ;;
    esac
}

# Downloads and unpacks a kernel where the cache has none. $1 kind (cloud, standard), $2 suite, empty for this system's
# own. Afterwards the kernel is $cache/KIND[-SUITE]/vmlinuz.
fetch_kernel() {
    local kind=$1 suite=${2:-} name folder
    name=$kind${suite:+-$suite}
    folder=$cache/$name
    [ ! -s "$folder/vmlinuz" ] || return 0
    mkdir -p "$folder"
    if ! (unpack_kernel "$kind" "$suite" "$folder") >"$folder/log" 2>&1; then
        sed 's/^/  /' "$folder/log" | tail -5 >&2
        say "no Linux kernel ($name) could be had; the whole story is in $folder/log." \
            "A kernel of your own does as well: put it there as $folder/vmlinuz."
        return 1
    fi
    say "Linux $(cat "$folder/version") for guests is in $folder"
}

# Runs in a shell of its own; everything it says goes to a log. Judged by what is there at its end: apt-get complains of
# much.
unpack_kernel() {
    local kind=$1 suite=$2 folder=$3 options=() meta package work
    command -v apt-get >/dev/null || { echo "apt-get is not there"; return 1; }
    work=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" EXIT
    [ -z "$suite" ] || use_suite "$work/apt" "$suite"
    package=$(concrete_kernel "$kind" "${options[@]}")
    if [ -z "$package" ] && [ -z "$suite" ]; then
        # The system's lists are empty or old, and only root may renew them.
        use_own_lists "$work/apt"
        package=$(concrete_kernel "$kind" "${options[@]}")
    fi
    [ -n "$package" ] || { echo "no package of a kernel was found ($(kernel_packages "$kind"))"; return 1; }

    echo "package $package"
    (cd "$work" && apt-get "${options[@]}" -o APT::Sandbox::User=root download "$package") || return 1
    mkdir "$work/files"
    dpkg-deb --fsys-tarfile "$work"/"$package"_*.deb \
        | tar -x -C "$work/files" --wildcards './boot/vmlinuz-*' || return 1
    echo "${package#linux-image-}" >"$folder/version"
    mv "$work"/files/boot/vmlinuz-* "$folder/vmlinuz"
}

# The package with the kernel itself, which a meta package of the kind $1 depends on; the rest goes to apt-cache.
concrete_kernel() {
    local meta kind=$1
    shift
    for meta in $(kernel_packages "$kind"); do
        apt-cache "$@" show "$meta" 2>/dev/null |
            sed -n 's/^Depends:.*\(linux-image-[0-9][^ ,]*\).*/\1/p' | sort -V | tail -1
    done | head -1
}

# Lists of packages of our own in folder $1, from this system's sources or what the other arguments tell apt; "options"
# of the caller makes apt use them. They need no root.
use_own_lists() {
    local root=$1
    shift
    mkdir -p "$root"/{lists/partial,archives/partial,parts}
    options=(-o "Dir::State::Lists=$root/lists" -o "Dir::Cache::Archives=$root/archives" -o Dir::Cache::pkgcache=
        -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root -o Debug::NoLocking=1 "$@")
    apt-get "${options[@]}" update
}

# The same from another suite, $2: from where this system gets its own release.
use_suite() {
    local root=$1 suite=$2 key
    key=/usr/share/keyrings/$(. /etc/os-release && echo "$ID")-archive-keyring.gpg
    [ -e "$key" ] || key=
    [ -n "$(own_archive)" ] || use_own_lists "$root"
    mkdir -p "$root/parts"
    echo "deb ${key:+[signed-by=$key] }$(own_archive "${options[@]}") $suite main" >"$root/sources.list"
    use_own_lists "$root/suite" -o "Dir::Etc::SourceList=$root/sources.list" -o "Dir::Etc::SourceParts=$root/parts"
}

# Where this system gets the main part of its own release from.
own_archive() {
    apt-get "$@" indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
        sed -n "s/^$(. /etc/os-release && echo "$VERSION_CODENAME") main //p" | head -1
}
