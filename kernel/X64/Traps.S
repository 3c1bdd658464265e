// SPDX-License-Identifier: MIT
//
// The entry of every exception and interrupt: one stub for each vector, 16 bytes apart, and one common path to C#.
// A fault in here is never contained: the section is outside of what Memory/BootLayout.cs calls containable.

#include "Offsets.inc"

        .intel_syntax noprefix
        .section .text.critical, "ax", @progbits

// HvTrapStubs() -> RAX = the address of vector 0's stub
        .global HvTrapStubs
        .type HvTrapStubs, @function
HvTrapStubs:
        lea     rax, [rip + Stubs]
        ret

// What happens: 1. an error code of 0 where the processor pushes none; 2. the vector; 3. on to the common path.
        .p2align 4
Stubs:
        .set    vector, 0
        .rept   256
        .p2align 4
        .set    has_code, vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21
        .if     !(has_code || vector == 29 || vector == 30)
        push    0
        .endif
        push    vector
        jmp     Common
        .set    vector, vector + 1
        .endr

// What happens:
//  1. general registers and XMM0..15 are saved: with what the stub and the processor pushed this is a TrapFrame
//  2. a frame record {RBP, RIP} of the interrupted code, so that a walk along RBP shows it
//  3. HvTrap(frame); it may have changed the frame
//  4. where it says so (AL) the frame moves to the stack that was interrupted and a host task is switched away from
//     there: this stack serves the next interrupt
//  5. everything is restored, IRETQ; of the vector registers only those that compiled code uses: the others are a
//     vCPU's, which may have run since, where the interrupted task was preempted in 4
        .p2align 4
Common:
        .irp    register, rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
        push    \register
        .endr
        sub     rsp, TRAP_R15
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movaps  [rsp + 16 * \n], xmm\n
        .endr
        cld
        mov     rdi, rsp
        push    [rsp + TRAP_RIP]
        push    rbp
        mov     rbp, rsp
        call    HvTrap
        add     rsp, 16
        test    al, al
        jnz     Preempt
Restore:
        .irp    n, 0, 1, 8
        movaps  xmm\n, [rsp + 16 * \n]
        .endr
        add     rsp, TRAP_R15
        .irp    register, r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax
        pop     \register
        .endr
        add     rsp, 16
        iretq

Preempt:
        mov     rdi, [rsp + TRAP_RSP]
        sub     rdi, TRAP_SIZE
        and     rdi, -16
        mov     rsi, rsp
        mov     rsp, rdi
        mov     ecx, TRAP_SIZE / 8
        rep movsq
        push    [rsp + TRAP_RIP]
        push    [rsp + 8 + TRAP_RBP]
        mov     rbp, rsp
        call    HvPreempt
        add     rsp, 16
        jmp     Restore

        .section .note.GNU-stack, "", @progbits
