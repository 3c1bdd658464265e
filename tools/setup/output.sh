# SPDX-License-Identifier: MIT
# What the build scripts say, and how they fail.

say() {
    echo "build.sh: $*" >&2
}

# A message, its lines as arguments, and the end.
fail() {
    local line
    for line in "$@"; do
        say "$line"
    done
    exit 1
}

# Runs a long command quietly: a line while it runs, its output only where it fails. $1 what it does, $2 log file.
quietly() {
    local what=$1 log=$2 status=0
    shift 2
    mkdir -p "$(dirname "$log")"
    if [ -t 2 ]; then
        printf '\e[2m%s ...\e[0m' "$what" >&2
    else
        say "$what"
    fi
    "$@" >"$log" 2>&1 </dev/null || status=$?
    [ ! -t 2 ] || printf '\r\e[K' >&2
    if [ $status -ne 0 ]; then
        grep -E 'error|warning|^E:' "$log" | sort -u | head -40 >&2 || tail -20 "$log" >&2
        fail "$what failed; all of its output is in $log"
    fi
}
