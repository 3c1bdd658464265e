# SPDX-License-Identifier: MIT
#
# The short way through a VM-owned lock. GS points at the context, whose list of held locks is cut when a fault unwinds.
# TryTake:  1. interrupts off  2. take the word  3. link the lock in front of the list  4. interrupts as they were
# TryGive:  1. only the newest of the list  2. free the word first, so that the list forbids preemption until then
#           3. off the list

# Never left in the middle by a fault or the watchdog: the word and the list must agree.

#include "Offsets.inc"

        .intel_syntax noprefix
        .section .text.critical, "ax", @progbits

        .global HvVmLockTryTake
        .type HvVmLockTryTake, @function
HvVmLockTryTake:                        # rdi = the word, rsi = the lock's link, rdx = the lock; the result is 1 or 0
        mov     eax, 1
        pushfq
        cli
        xchg    [rdi], eax
        test    eax, eax
        jnz     1f
        mov     rcx, gs:[CONTEXT_VM_LOCKS]
        mov     [rsi], rcx
        mov     gs:[CONTEXT_VM_LOCKS], rdx
        popfq
        mov     eax, 1
        ret
1:      popfq
        xor     eax, eax
        ret

        .global HvVmLockTryGive
        .type HvVmLockTryGive, @function
HvVmLockTryGive:                        # rdi = the word, rsi = the lock's link, rdx = the lock; the result is 1 or 0
        xor     eax, eax
        cmp     gs:[CONTEXT_VM_LOCKS], rdx
        jne     2f
        mov     rcx, [rsi]
        mov     dword ptr [rdi], 0
        mov     gs:[CONTEXT_VM_LOCKS], rcx
        mov     eax, 1
2:      ret

        .section .note.GNU-stack,"",@progbits
