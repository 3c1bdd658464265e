# SPDX-License-Identifier: MIT
# Bochs 3.0, built from Debian 13's source package with two of its faults corrected, in the cache. Guests die of both:
# - a processor of several goes back to an old RIP where an interrupt of the host comes right after an exception
#   (cpu_run_trace, unlike cpu_loop, does not take RIP over after one);
# - a virtual interrupt of VT-x that pends is delivered to a guest with interrupts off, when an interrupt of the host
#   comes (HandleExtInterrupt).

# Builds it where the cache has none. Returns 1, with the reason, where that cannot be done.
build_bochs() {
    # The tool looks for it there: tools/Hv/Emulation/BochsBuild.cs.
    local folder=$cache/bochs-3.0-corrected
    [ ! -x "$folder/bochs-bin" ] || return 0
    (install_packages g++ make xz-utils) || return 1
    mkdir -p "$folder"
    say "building Bochs 3.0 (a minute or some, once)"
    if ! (make_bochs "$folder") >"$folder/log" 2>&1 </dev/null; then
        grep -iE 'error|^E:' "$folder/log" | tail -5 | sed 's/^/  /' >&2
        say "Bochs 3.0 could not be built; the whole story is in $folder/log."
        return 1
    fi
    say "Bochs 3.0 is in $folder"
}

# Runs in a shell of its own. $1 the folder for the program.
make_bochs() {
    local folder=$1 options=() work
    command -v apt-get >/dev/null || { echo "E: apt-get is not there"; return 1; }
    work=$(mktemp -d)
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" EXIT
    use_suite "$work/apt" trixie deb-src || return 1
    cd "$work" || return 1
    apt-get "${options[@]}" source --download-only --tar-only bochs || return 1
    tar -xf bochs_3.0*.orig.tar.xz --one-top-level=source --strip-components=1 || return 1
    cd source || return 1
    correct_bochs || return 1

    # Debian's processors, without its debugger and its screens; and without the alarm that tells how fast it is: that
    # waits for ever for the log's lock where it comes while something else is written there.
    CXXFLAGS=-O2 CFLAGS=-O2 ./configure --enable-smp --enable-cpu-level=6 --enable-x86-64 --enable-vmx=2 --enable-svm \
        --enable-3dnow --enable-avx --enable-evex --enable-amx --enable-cet --enable-uintr --enable-protection-keys \
        --enable-memtype --enable-pci --enable-all-optimizations --with-nogui --disable-show-ips \
        --disable-docbook || return 1
    make -j"$(nproc)" bochs || return 1
    strip -o "$folder/bochs-bin.part" bochs || return 1
    mv "$folder/bochs-bin.part" "$folder/bochs-bin"
}

# In the folder of the source. Virtual interrupts are in the log no more, where they were several lines each.
correct_bochs() {
    local take_rip='BX_CPU_THIS_PTR prev_rip = RIP; BX_CPU_THIS_PTR speculative_rsp = false;'
    local event='(BX_EVENT_PENDING_VMX_VIRTUAL_INTR)'
    sed -i "/^void BX_CPU_C::cpu_run_trace(void)/,/^{/ s/^{/{ $take_rip/" cpu/cpu.cc
    sed -i "s/if (is_pending$event)/if (is_unmasked_event_pending$event)/" cpu/event.cc
    sed -i "s/BX_INFO(/BX_DEBUG(/" cpu/vapic.cc
    if ! grep -qF "{ $take_rip" cpu/cpu.cc || ! grep -qF "if (is_unmasked_event_pending$event)" cpu/event.cc; then
        echo "E: this source is not the one that is corrected here"
        return 1
    fi
}
