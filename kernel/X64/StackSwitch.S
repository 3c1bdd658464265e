# SPDX-License-Identifier: MIT
#
# Switching between the stacks of one processor: the exit stack and those of host tasks.

        .intel_syntax noprefix
        .text

# HvSwitchStack(RDI = where to store this stack's pointer, RSI = the stack to go on on)
# What happens: 1. the registers that a callee keeps are pushed; 2. the stack pointers change places; 3. the other
# stack's registers are popped and its caller goes on. Flags and XMM registers are the callers' own business.
        .global HvSwitchStack
        .type HvSwitchStack, @function
HvSwitchStack:
        .irp    register, rbp, rbx, r12, r13, r14, r15
        push    \register
        .endr
        mov     [rdi], rsp
        mov     rsp, rsi
        .irp    register, r15, r14, r13, r12, rbx, rbp
        pop     \register
        .endr
        ret

# The first instructions of a task: RSP is 16-byte aligned, RBX holds the argument. HvTaskEntry never returns.
TaskStart:
        sti
        mov     rdi, rbx
        call    HvTaskEntry
        ud2

# HvTaskStart() -> RAX = where a new stack's first switch is to return to
        .global HvTaskStart
        .type HvTaskStart, @function
HvTaskStart:
        lea     rax, [rip + TaskStart]
        ret

        .section .note.GNU-stack, "", @progbits
