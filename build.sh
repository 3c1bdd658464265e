#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds, runs and tests everything; installs what that needs (Debian and Ubuntu) and says so.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1

source tools/setup/output.sh
source tools/setup/packages.sh
source tools/setup/kernels.sh
source tools/setup/bochs.sh
source tools/setup/guests.sh
source tools/setup/building.sh

usage() {
    cat <<'TEXT'
usage: ./build.sh COMMAND [ARGUMENTS]

  run [OPTIONS]   builds everything, packs the sample guests and boots them in QEMU, the console in this terminal;
                  the options are those of 'hv run'
  test [PART]     builds everything and runs all tests, or one part: unit, guests, emulator, size
  soak            the long tests
  report          lengths of files and functions, shares of comments and unsafe code
  bench           what an exit to the hypervisor costs, in instructions
  build           builds everything
  setup [--bochs] installs what is missing and fetches a Linux kernel for the guests; with --bochs it also builds
                  Bochs 3.0 without two faults that guests on VT-x die of (into the cache), as the tests do
  clean           removes everything that was built

The user's tool is ./hv.
TEXT
}

# Packages, SDK, guests: quick where nothing is missing.
setup() {
    require_some_sdk
    install_packages
    require_sdk
    prepare_guests
}

# What only the tests need; one that needs what this system cannot offer is skipped, by name.
prepare_tests() {
    prepare_test_guests
    build_bochs || true
}

# Runs a target of build.cake; the sum of its tests is the last line.
cake() {
    local status=0 summary=artifacts/results/summary.txt
    dotnet tool restore --verbosity quiet >/dev/null
    rm -f $summary
    dotnet cake build.cake --verbosity minimal "$@" || status=$?
    if [ -e $summary ]; then
        grep -q ' 0 failed' $summary || status=1
        cat $summary
    else
        [ $status -ne 0 ] || status=1
        say "the run ended without results"
    fi
    exit $status
}

command=${1:-help}
[ $# -eq 0 ] || shift
case $command in
    run)
        setup
        build_everything
        exec dotnet artifacts/bin/Hv/release/hv.dll run examples/three.toml "$@"
        ;;
    test)
        setup
        prepare_tests
        cake --target="${1:-test}"
        ;;
    soak | bench)
        setup
        prepare_tests
        cake --target="$command"
        ;;
    report)
        require_sdk
        cake --target=report
        ;;
    build)
        install_packages
        require_sdk
        build_everything
        ;;
    build-tool)
        require_sdk
        build_tool "$@"
        ;;
    setup)
        [ $# -eq 0 ] || [ "$*" = --bochs ] || { usage >&2; exit 2; }
        setup
        [ $# -eq 0 ] || build_bochs || exit 1
        say "everything is there"
        ;;
    clean)
        rm -rf artifacts examples/guests
        ;;
    help | -h | --help)
        usage
        ;;
    *)
        usage >&2
        exit 2
        ;;
esac
