# SPDX-License-Identifier: MIT
# Kernels for guests, and what goes with them: downloaded as packages of the distribution, unpacked into a cache, never
# installed.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/hypervisor

# What there is, by kind: the packages to try, one after the other (Debian's, then Ubuntu's). A meta package stands for
# the kernel that it depends on.
packages_of() {
    case $1 in
        cloud) echo linux-image-cloud-amd64 linux-image-virtual linux-image-kvm ;;
        standard) echo linux-image-amd64 linux-image-generic ;;
        686 | 686-pae) echo "linux-image-$1" ;;
        mach) echo gnumach-image-1-486 ;;
        memtest) echo memtest86+ ;;
        busybox-686) echo busybox-static ;;
    esac
}

# The file in the package, and what it is called in the cache.
file_of() {
    case $1 in
        mach) echo './boot/gnumach-*.gz' gnumach ;;
        memtest) echo './boot/memtest86+ia32.bin' memtest ;;
        busybox-686) echo './bin/busybox' busybox ;;
        *) echo './boot/vmlinuz-*' vmlinuz ;;
    esac
}

# The architecture whose packages these are; empty for this system's own.
architecture_of() {
    case $1 in
        *686*) echo i386 ;;
    esac
}

# Downloads and unpacks what the cache has not. $1 kind, $2 suite, empty for this system's own. Afterwards the file is
# $cache/KIND[-SUITE]/NAME.
fetch_kernel() {
    local kind=$1 suite=${2:-} pattern file folder
    read -r pattern file <<<"$(file_of "$kind")"
    folder=$cache/$kind${suite:+-$suite}
    [ ! -s "$folder/$file" ] || return 0
    mkdir -p "$folder"
    if ! (unpack_kernel "$kind" "$suite" "$folder") >"$folder/log" 2>&1; then
        sed 's/^/  /' "$folder/log" | tail -5 >&2
        say "$file of ${folder##*/} could not be had; the whole story is in $folder/log." \
            "One of your own does as well: put it there as $folder/$file."
        return 1
    fi
    say "$(cat "$folder/version") for guests is in $folder"
}

# Runs in a shell of its own; everything it says goes to a log. Judged by what is there at its end: apt-get complains of
# much.
unpack_kernel() {
    local kind=$1 suite=$2 folder=$3 options=() architecture package work pattern file found
    command -v apt-get >/dev/null || { echo "apt-get is not there"; return 1; }
    read -r pattern file <<<"$(file_of "$kind")"
    architecture=$(architecture_of "$kind")
    work=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" EXIT
    [ -z "$suite" ] || use_suite "$work/apt" "$suite"
    [ -z "$architecture" ] || use_own_lists "$work/apt" -o "APT::Architecture=$architecture" \
        -o "APT::Architectures=$architecture"
    package=$(concrete_package "$kind" "${options[@]}")
    if [ -z "$package" ] && [ -z "$suite$architecture" ]; then
        # The system's lists are empty or old, and only root may renew them.
        use_own_lists "$work/apt"
        package=$(concrete_package "$kind" "${options[@]}")
    fi
    [ -n "$package" ] || { echo "no package was found ($(packages_of "$kind"))"; return 1; }

    echo "package $package"
    (cd "$work" && apt-get "${options[@]}" -o APT::Sandbox::User=root download "$package") || return 1
    mkdir "$work/files"
    dpkg-deb --fsys-tarfile "$work"/"$package"_*.deb | tar -x -C "$work/files" --wildcards "$pattern" || return 1
    found=$(find "$work/files" -type f | head -1)
    [ -n "$found" ] || { echo "$package has no $pattern"; return 1; }
    echo "${package/#linux-image-/Linux }" >"$folder/version"
    case $pattern in
        *.gz) gunzip -c "$found" >"$folder/$file.part" && mv "$folder/$file.part" "$folder/$file" ;;
        *) mv "$found" "$folder/$file" ;;
    esac
}

# The package with the file itself, for kind $1: of a meta package the kernel that it depends on; the rest goes to
# apt-cache.
concrete_package() {
    local name kind=$1
    shift
    for name in $(packages_of "$kind"); do
        apt-cache "$@" show "$name" 2>/dev/null |
            sed -n -e 's/^Depends:.*\(\(linux\|gnumach\)-image-[0-9][^ ,]*\).*/\1/p' \
                -e 's/^Package: \([^-]*\|busybox-static\)$/\1/p' |
            sort -V | tail -1
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

# The same from another suite, $2: from where this system gets its own release. $3 deb, or deb-src for sources.
use_suite() {
    local root=$1 suite=$2 type=${3:-deb} key
    key=/usr/share/keyrings/$(. /etc/os-release && echo "$ID")-archive-keyring.gpg
    [ -e "$key" ] || key=
    [ -n "$(own_archive)" ] || use_own_lists "$root"
    mkdir -p "$root/parts"
    echo "$type ${key:+[signed-by=$key] }$(own_archive "${options[@]}") $suite main" >"$root/sources.list"
    use_own_lists "$root/suite" -o "Dir::Etc::SourceList=$root/sources.list" -o "Dir::Etc::SourceParts=$root/parts"
}

# Where this system gets the main part of its own release from.
own_archive() {
    apt-get "$@" indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
        sed -n "s/^$(. /etc/os-release && echo "$VERSION_CODENAME") main //p" | head -1
}
