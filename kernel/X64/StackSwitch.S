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
        push    rbp
        push    rbx
        push    r12
        push    r13
        push    r14
        push    r15
        mov     [rdi], rsp
        mov     rsp, rsi
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        pop     rbp
        ret

# HvPrepareStack(RDI = top of an empty stack, 16-byte aligned; RSI = argument) -> RAX = what to switch to
# What happens: a frame is laid out as HvSwitchStack leaves it, with the argument in RBX and a null return address and
# frame pointer at the end for whoever walks the stack.
        .global HvPrepareStack
        .type HvPrepareStack, @function
HvPrepareStack:
        lea     rax, [rdi - 72]
        lea     rcx, [rip + TaskStart]
        mov     qword ptr [rax + 0], 0          # r15
        mov     qword ptr [rax + 8], 0          # r14
        mov     qword ptr [rax + 16], 0         # r13
        mov     qword ptr [rax + 24], 0         # r12
        mov     [rax + 32], rsi                 # rbx
        mov     qword ptr [rax + 40], 0         # rbp
        mov     [rax + 48], rcx                 # return address of the first switch
        mov     qword ptr [rax + 56], 0
        mov     qword ptr [rax + 64], 0
        ret

# The first instructions of a task: RSP is 16-byte aligned, RBX holds the argument. HvTaskEntry never returns.
TaskStart:
        sti
        mov     rdi, rbx
        call    HvTaskEntry
        ud2

        .section .note.GNU-stack, "", @progbits
