# SPDX-License-Identifier: MIT
# The files of the sample guests and of the tests' guests, in examples/guests and artifacts/guests.

# The sample guests of the README: a Linux kernel from the cache with an initial RAM disk with busybox, and a tiny one.
prepare_guests() {
    fetch_kernel cloud || exit 1
    mkdir -p examples/guests
    ln -sfn "$cache/cloud/vmlinuz" examples/guests/vmlinuz
    if [ ! examples/guests/initrd.img -nt examples/linux/init ]; then
        make_shell_initrd examples/guests/initrd.img
        say "made examples/guests/initrd.img (busybox)"
    fi
    make_tiny_guest
}

# A guest without an operating system, of 32 bits, linked for 1 MiB.
make_tiny_guest() {
    local source=examples/tiny/tiny.c guest=examples/guests/tiny
    [ ! $guest -nt $source ] || return 0
    gcc -m32 -O2 -Wall -Wextra -Werror -ffreestanding -fno-pic -no-pie -nostdlib -static -s \
        -mgeneral-regs-only -fno-stack-protector -fno-asynchronous-unwind-tables \
        -Wl,-Ttext-segment=0x100000,-e,start,--build-id=none,-z,noexecstack,-z,noseparate-code -o $guest $source
    say "made $guest"
}

# What the tests need beside that: the exit benchmark as a guest's init, and other kernels where they can be had.
prepare_test_guests() {
    local folder=artifacts/guests
    mkdir -p $folder
    if [ ! $folder/exitbench.img -nt tests/Guests/exitbench.c ]; then
        gcc -O2 -static -o $folder/exitbench tests/Guests/exitbench.c
        make_initrd $folder/exitbench.img $folder/exitbench init
    fi
    # Not every system can offer these; a test that needs one is skipped without it.
    local kind
    for kind in standard 686 686-pae memtest mach busybox-686; do
        fetch_kernel $kind || true
    done
    fetch_kernel cloud trixie || true
    make_shell_initrd_686
}

# The shell for a processor of 32 bits, beside its busybox in the cache.
make_shell_initrd_686() {
    local busybox=$cache/busybox-686/busybox initrd=$cache/busybox-686/initrd.img
    [ -e "$busybox" ] || return 0
    if [ ! "$initrd" -nt "$busybox" ] || [ ! "$initrd" -nt examples/linux/init ]; then
        make_shell_initrd "$initrd" "$busybox"
    fi
}

# $1 the file to make, $2 the busybox for it; this system's own where none is given.
make_shell_initrd() {
    local root
    root=$(mktemp -d)
    mkdir -p "$root"/{bin,dev,etc,proc,sys,tmp,root}
    cp "${2:-$(command -v busybox)}" "$root/bin/busybox"
    cp examples/linux/init "$root/init"
    chmod 755 "$root/bin/busybox" "$root/init"
    pack_initrd "$root" "$1"
}

# An initial RAM disk of one program. $1 the file to make, $2 the program, $3 its name.
make_initrd() {
    local root
    root=$(mktemp -d)
    cp "$2" "$root/$3"
    chmod 755 "$root/$3"
    pack_initrd "$root" "$1"
}

# Packs folder $1 into $2 and removes the folder; the same content gives the same bytes.
pack_initrd() {
    find "$1" -exec touch -h -d @0 {} +
    (cd "$1" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0 --reproducible) | gzip -9n >"$2.part"
    mv "$2.part" "$2"
    rm -rf "$1"
}
