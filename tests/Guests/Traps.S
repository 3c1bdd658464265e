# SPDX-License-Identifier: MIT
#
# Interrupts and exceptions of the test guest, and the runner of machine code under test.

#include "Offsets.inc"

        .intel_syntax noprefix

#define SAVED_XMM       0x210           // FXSAVE's area, aligned by hand

        .text

# One stub of 16 bytes for each vector: 1. an error code where the processor pushes none; 2. the vector; 3. the common
# part.
        .balign 16
TrapStubs:
        .set    vector, 0
        .rept   256
        .balign 16
        .set    has_code, vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21
        .if     !(has_code || vector == 29 || vector == 30)
        push    0
        .endif
        push    vector
        jmp     TrapCommon
        .set    vector, vector + 1
        .endr

# 1. a TrapFrame on the stack; 2. the SSE state beside it; 3. GuestTrap(frame), which may edit the frame; 4. back.
TrapCommon:
        .irp    register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
        push    \register
        .endr
        mov     rdi, rsp
        mov     rbx, rsp
        sub     rsp, SAVED_XMM
        and     rsp, -16
        clts
        fxsave64 [rsp]
        cld
        call    GuestTrap
        fxrstor64 [rsp]
        mov     rsp, rbx
        .irp    register, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax
        pop     \register
        .endr
        add     rsp, 16
        iretq

        .global GuestTrapStubs
GuestTrapStubs:
        lea     rax, [rip + TrapStubs]
        ret

        .global GuestProbe
GuestProbe:
        lea     rax, [rip + Probe]
        ret

# int GuestExecute(RegisterFile*): 1. what callees keep goes on the stack, which the probe remembers; 2. all registers
# from the file; 3. the code; 4. all registers back into the file; -1, or the vector of the exception that ended the
# code (then the file is as it was).
        .global GuestExecute
GuestExecute:
        .irp    register, rbx, rbp, r12, r13, r14, r15, rdi
        push    \register
        .endr
        mov     [rip + Probe + PROBE_STACK_POINTER], rsp
        lea     rax, [rip + Faulted]
        mov     [rip + Probe + PROBE_RETURN_ADDRESS], rax
        mov     [rip + File], rdi
        push    qword ptr [rdi + REGISTERS_FLAGS]
        popfq
        mov     rax, [rdi + REGISTERS_RAX]
        mov     rcx, [rdi + REGISTERS_RCX]
        mov     rdx, [rdi + REGISTERS_RDX]
        mov     rbx, [rdi + REGISTERS_RBX]
        mov     rbp, [rdi + REGISTERS_RBP]
        mov     rsi, [rdi + REGISTERS_RSI]
        mov     r8, [rdi + REGISTERS_R8]
        mov     r9, [rdi + REGISTERS_R9]
        mov     r10, [rdi + REGISTERS_R10]
        mov     r11, [rdi + REGISTERS_R11]
        mov     r12, [rdi + REGISTERS_R12]
        mov     r13, [rdi + REGISTERS_R13]
        mov     r14, [rdi + REGISTERS_R14]
        mov     r15, [rdi + REGISTERS_R15]
        push    [rdi + REGISTERS_CODE]
        mov     rdi, [rdi + REGISTERS_RDI]
        call    [rsp]
        mov     [rsp], rdi
        mov     rdi, [rip + File]
        mov     [rdi + REGISTERS_RAX], rax
        mov     [rdi + REGISTERS_RCX], rcx
        mov     [rdi + REGISTERS_RDX], rdx
        mov     [rdi + REGISTERS_RBX], rbx
        mov     [rdi + REGISTERS_RBP], rbp
        mov     [rdi + REGISTERS_RSI], rsi
        mov     [rdi + REGISTERS_R8], r8
        mov     [rdi + REGISTERS_R9], r9
        mov     [rdi + REGISTERS_R10], r10
        mov     [rdi + REGISTERS_R11], r11
        mov     [rdi + REGISTERS_R12], r12
        mov     [rdi + REGISTERS_R13], r13
        mov     [rdi + REGISTERS_R14], r14
        mov     [rdi + REGISTERS_R15], r15
        pop     [rdi + REGISTERS_RDI]
        pushfq
        pop     [rdi + REGISTERS_FLAGS]
        cld
        mov     qword ptr [rip + Probe + PROBE_STACK_POINTER], 0
        mov     eax, -1
Faulted:
        cld
        .irp    register, rdi, r15, r14, r13, r12, rbp, rbx
        pop     \register
        .endr
        ret

        .bss
        .balign 8
Probe:  .skip   PROBE_SIZE
File:   .skip   8

        .section .note.GNU-stack, "", @progbits
