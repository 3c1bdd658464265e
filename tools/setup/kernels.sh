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

# Downloads and unpacks a kernel where the cache has none. $1 kind (cloud, standard), $2 suite, empty for this system's own.
# Afterwards the kernel is $cache/KIND[-SUITE]/vmlinuz.
fetch_kernel() {
    local kind=$1 suite=${2:-} name folder
    name=$kind${suite:+-$suite}
    folder=$cache/$name
    [ ! -s "$folder/vmlinuz" ] || return 0
    mkdir -p "$folder"
    if ! (set -e; unpack_kernel "$kind" "$suite" "$folder") >"$folder/log" 2>&1; then
        sed 's/^/  /' "$folder/log" | tail -5 >&2
        say "no Linux kernel ($name) could be had; the whole story is in $folder/log." \
            "A kernel of your own does as well: put it there as $folder/vmlinuz."
        return 1
    fi
    say "Linux $(cat "$folder/version") for guests is in $folder"
}

# Runs in a shell of its own; everything it says goes to a log.
unpack_kernel() {
    local kind=$1 suite=$2 folder=$3 options=() meta package
    command -v apt-get >/dev/null || { echo "apt-get is not there"; return 1; }
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    if [ -n "$suite" ]; then
        private_apt "$work/apt" "$suite"
        mapfile -t options <"$work/apt/options"
    fi

    for meta in $(kernel_packages "$kind"); do
        package=$(concrete_kernel "$meta" "${options[@]}")
        if [ -z "$package" ] && [ -z "$suite" ]; then
            # The system's lists are empty or old, and only root may renew them: lists of our own.
            private_apt "$work/apt" ""
            mapfile -t options <"$work/apt/options"
            package=$(concrete_kernel "$meta" "${options[@]}")
        fi
        [ -z "$package" ] || break
    done
    [ -n "$package" ] || { echo "no package of a kernel was found ($(kernel_packages "$kind"))"; return 1; }

    echo "package $package"
    (cd "$work" && apt-get "${options[@]}" -o APT::Sandbox::User=root download "$package")
    mkdir "$work/files"
    dpkg-deb --fsys-tarfile "$work"/"$package"_*.deb | tar -x -C "$work/files" --wildcards './boot/vmlinuz-*'
    echo "${package#linux-image-}" >"$folder/version"
    mv "$work"/files/boot/vmlinuz-* "$folder/vmlinuz"
}

# The package with the kernel itself, which the meta package of it depends on.
concrete_kernel() {
    local meta=$1
    shift
    apt-cache "$@" show "$meta" 2>/dev/null |
        sed -n 's/^Depends:.*\(linux-image-[0-9][^ ,]*\).*/\1/p' | sort -V | tail -1
}

# Lists of packages of our own in folder $1: of this system's sources, or of another suite of them ($2). No root needed.
private_apt() {
    local root=$1 suite=$2 key uri release component
    mkdir -p "$root"/{lists/partial,archives/partial,parts}
    {
        printf '%s\n' -o "Dir::State::Lists=$root/lists" -o "Dir::Cache::Archives=$root/archives" \
            -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" -o APT::Sandbox::User=root -o Debug::NoLocking=1
    } >"$root/options"
    if [ -n "$suite" ]; then
        # Where this system gets its own release from, with the other release's name.
        key=/usr/share/keyrings/$(. /etc/os-release && echo "$ID")-archive-keyring.gpg
        [ -e "$key" ] || key=
        apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
            while read -r uri release component; do
                [ "$component" != main ] || [ "$release" != "$(. /etc/os-release && echo "$VERSION_CODENAME")" ] ||
                    echo "deb ${key:+[signed-by=$key] }$uri $suite main"
            done | sort -u >"$root/sources.list"
        printf '%s\n' -o "Dir::Etc::SourceList=$root/sources.list" -o "Dir::Etc::SourceParts=$root/parts" >>"$root/options"
    fi
    mapfile -t options <"$root/options"
    apt-get "${options[@]}" update
}
