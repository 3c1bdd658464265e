#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fails where compiled code uses a vector register that entries and exits do not keep: see GuestState.inc.
set -euo pipefail

used=$(objdump -d --no-show-raw-insn "$1" | grep -oE '%[xyz]mm[0-9]+' | sort -u)
others=$(grep -vxE '%xmm(0|1|8)' <<<"$used" || true)
if [ -n "$others" ] || [ -z "$used" ]; then
    echo "$1 : error HVI002: XMM0, XMM1 and XMM8 are to be used and no other vector register, but:" ${used:-none}
    exit 1
fi
