# SPDX-License-Identifier: MIT
# Bochs 3.0 of Debian 13 beside the distribution's: unpacked into the cache with the libraries it needs, not installed.

# Downloads and unpacks it where the cache has none: $cache/bochs3. The tool takes it in preference to an older one.
fetch_bochs3() {
    local folder=$cache/bochs3
    [ ! -s "$folder/version" ] || return 0
    mkdir -p "$cache"
    say "fetching Bochs 3.0 of Debian 13 (about 60 MB)"
    if ! (unpack_bochs "$folder") >"$cache/bochs3.log" 2>&1; then
        sed 's/^/  /' "$cache/bochs3.log" | tail -5 >&2
        fail "Bochs 3.0 could not be had; the whole story is in $cache/bochs3.log."
    fi
    say "Bochs $(cat "$folder/version") is in $folder"
}

# Runs in a shell of its own, as unpack_kernel does. $1 the folder to make.
unpack_bochs() {
    local folder=$1 options=() work deb file
    command -v apt-get >/dev/null || { echo "apt-get is not there"; return 1; }
    work=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$work' '$folder.part'" EXIT
    use_suite "$work/apt" trixie

    # As if nothing were installed: it has to bring along every library, the loader's too.
    : >"$work/status"
    mkdir -p "$work/debs/partial" "$work/all"
    apt-get "${options[@]}" -o "Dir::State::Status=$work/status" -o "Dir::Cache::Archives=$work/debs" \
        -y --no-install-recommends --download-only install bochs bochs-term bochsbios vgabios || return 1
    for deb in "$work"/debs/*.deb; do
        dpkg-deb -x "$deb" "$work/all" || return 1
    done
    keep_bochs "$work/all/usr" "$folder.part/usr" || return 1
    dpkg-deb -f "$work"/debs/bochs_*.deb Version >"$folder.part/version" || return 1
    rm -rf "$folder"
    mv "$folder.part" "$folder"
}

# Copies from the unpacked packages $1 what Bochs runs on: program, plugins, BIOS images, loader and libraries. $2 the
# folder to make.
keep_bochs() {
    local from=$1 to=$2 libraries=lib/x86_64-linux-gnu loader=lib64/ld-linux-x86-64.so.2
    mkdir -p "$to"/{bin,lib64,share/bochs,share/vgabios,$libraries}
    cp -L "$from/$loader" "$to/$loader"
    cp "$from/bin/bochs-bin" "$to/bin/"
    cp -r "$from/$libraries/bochs" "$to/$libraries/"
    cp -L "$from/share/bochs/BIOS-bochs-latest" "$to/share/bochs/"
    cp -L "$from/share/vgabios/vgabios.bin" "$to/share/vgabios/"
    "$from/$loader" --library-path "$from/$libraries" --list "$from/bin/bochs-bin" >"$from/libraries" || return 1
    "$from/$loader" --library-path "$from/$libraries" --list "$from/$libraries/bochs/plugins/libbx_term_gui.so" \
        >>"$from/libraries" || return 1
    sed -n "s|.* => \($from/.*\) (.*|\1|p" "$from/libraries" | sort -u | xargs cp -L -t "$to/$libraries"
}
