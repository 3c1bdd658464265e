# SPDX-License-Identifier: MIT
#
# The way into an SVM guest and back. Offsets.inc comes from the C# types Vmcb, SvmContext and GuestRegisters.
# HvSvmRun, step by step:
#   1. keep what System V says is the caller's, and the two addresses on top of the stack
#   2. RIP, RSP, RFLAGS and RAX go to the VMCB, the low halves of XMM0-15 and the other registers into the processor
#   3. global interrupts off, interrupts on (so that the host's end guest mode), VMLOAD, VMRUN, VMSAVE
#   4. everything back into the record; the host's own VMLOAD state
#   5. global interrupts on: what ended guest mode is taken here

#include "Offsets.inc"

        .intel_syntax noprefix
        .text

        .equ WORK_SPECULATION, 1
        .equ WORK_BREAKPOINTS, 2
        .equ WORK_FILL_RETURN_STACK, 4
        .equ WORK_CLEAR_BUFFERS, 8
        .equ MSR_SPEC_CTRL, 0x48
        .equ RETURN_STACK_ENTRIES, 32

        .macro VECTORS operation, from_register
        .set index, 0
        .rept 16
        .if \from_register
        VECTOR_STORE %index
        .else
        VECTOR_LOAD %index
        .endif
        .set index, index + 1
        .endr
        .endm

        .altmacro
        .macro VECTOR_STORE number
        movups  [rdi + GUEST_VECTOR + 16 * \number], xmm\number
        .endm

        .macro VECTOR_LOAD number
        movups  xmm\number, [rdi + GUEST_VECTOR + 16 * \number]
        .endm

        .global HvSvmRun
        .type HvSvmRun, @function
HvSvmRun:                               # rdi = SvmContext, rsi = GuestRegisters
        push    rbp
        push    rbx
        push    r12
        push    r13
        push    r14
        push    r15
        push    rdi
        push    rsi
        mov     rbx, rdi
        mov     rdi, rsi
        mov     rbp, [rbx + SVM_VMCB]
        mov     rax, [rdi + GUEST_RAX]
        mov     [rbp + VMCB_RAX], rax
        mov     rax, [rdi + GUEST_RSP]
        mov     [rbp + VMCB_RSP], rax
        mov     rax, [rdi + GUEST_RIP]
        mov     [rbp + VMCB_RIP], rax
        mov     rax, [rdi + GUEST_RFLAGS]
        mov     [rbp + VMCB_RFLAGS], rax
        VECTORS load, 0
        cmp     dword ptr [rbx + SVM_WORK], 0
        jne     .Lbefore_entry
.Lenter:
        mov     rax, [rbx + SVM_VMCB_PHYSICAL]
        mov     rcx, [rdi + GUEST_RCX]
        mov     rdx, [rdi + GUEST_RDX]
        mov     rbx, [rdi + GUEST_RBX]
        mov     rbp, [rdi + GUEST_RBP]
        mov     rsi, [rdi + GUEST_RSI]
        mov     r8, [rdi + GUEST_GENERAL + 8 * 8]
        mov     r9, [rdi + GUEST_GENERAL + 8 * 9]
        mov     r10, [rdi + GUEST_GENERAL + 8 * 10]
        mov     r11, [rdi + GUEST_GENERAL + 8 * 11]
        mov     r12, [rdi + GUEST_GENERAL + 8 * 12]
        mov     r13, [rdi + GUEST_GENERAL + 8 * 13]
        mov     r14, [rdi + GUEST_GENERAL + 8 * 14]
        mov     r15, [rdi + GUEST_GENERAL + 8 * 15]
        mov     rdi, [rdi + GUEST_RDI]
        clgi
        sti
        vmload  rax
        vmrun   rax
        vmsave  rax
        push    rdi
        mov     rdi, [rsp + 8]
        mov     [rdi + GUEST_RCX], rcx
        mov     [rdi + GUEST_RDX], rdx
        mov     [rdi + GUEST_RBX], rbx
        mov     [rdi + GUEST_RBP], rbp
        mov     [rdi + GUEST_RSI], rsi
        mov     [rdi + GUEST_GENERAL + 8 * 8], r8
        mov     [rdi + GUEST_GENERAL + 8 * 9], r9
        mov     [rdi + GUEST_GENERAL + 8 * 10], r10
        mov     [rdi + GUEST_GENERAL + 8 * 11], r11
        mov     [rdi + GUEST_GENERAL + 8 * 12], r12
        mov     [rdi + GUEST_GENERAL + 8 * 13], r13
        mov     [rdi + GUEST_GENERAL + 8 * 14], r14
        mov     [rdi + GUEST_GENERAL + 8 * 15], r15
        mov     rbx, [rsp + 16]
        pop     rax
        mov     [rdi + GUEST_RDI], rax
        VECTORS store, 1
        mov     rbp, [rbx + SVM_VMCB]
        mov     rax, [rbp + VMCB_RAX]
        mov     [rdi + GUEST_RAX], rax
        mov     rax, [rbp + VMCB_RSP]
        mov     [rdi + GUEST_RSP], rax
        mov     rax, [rbp + VMCB_RIP]
        mov     [rdi + GUEST_RIP], rax
        mov     rax, [rbp + VMCB_RFLAGS]
        mov     [rdi + GUEST_RFLAGS], rax
        cmp     dword ptr [rbx + SVM_WORK], 0
        jne     .Lafter_exit
.Lleave:
        mov     rax, [rbx + SVM_HOST_PHYSICAL]
        vmload  rax
        stgi
        add     rsp, 16
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        pop     rbp
        ret

# The rare work. rbx = context, rbp = VMCB, rdi = registers stay; rax, rcx, rdx are free.
.Lbefore_entry:
        test    dword ptr [rbx + SVM_WORK], WORK_BREAKPOINTS
        jz      1f
        mov     rax, [rbp + VMCB_DR7]
        mov     dr7, rax
1:      test    dword ptr [rbx + SVM_WORK], WORK_SPECULATION
        jz      2f
        mov     ecx, MSR_SPEC_CTRL
        mov     eax, [rbx + SVM_GUEST_SPECULATION]
        mov     edx, [rbx + SVM_GUEST_SPECULATION + 4]
        wrmsr
2:      test    dword ptr [rbx + SVM_WORK], WORK_CLEAR_BUFFERS
        jz      .Lenter
        sub     rsp, 8
        mov     [rsp], ss
        verw    word ptr [rsp]
        add     rsp, 8
        jmp     .Lenter

.Lafter_exit:
        test    dword ptr [rbx + SVM_WORK], WORK_FILL_RETURN_STACK
        jz      3f
        .rept RETURN_STACK_ENTRIES
        call    4f
        int3
4:
        .endr
        add     rsp, 8 * RETURN_STACK_ENTRIES
3:      test    dword ptr [rbx + SVM_WORK], WORK_SPECULATION
        jz      5f
        mov     ecx, MSR_SPEC_CTRL
        mov     eax, [rbx + SVM_HOST_SPECULATION]
        mov     edx, [rbx + SVM_HOST_SPECULATION + 4]
        wrmsr
5:      test    dword ptr [rbx + SVM_WORK], WORK_BREAKPOINTS
        jz      .Lleave
        mov     eax, 0x400              # DR7 as it is after reset: nothing armed
        mov     dr7, rax
        jmp     .Lleave

        .global HvSvmSave
        .type HvSvmSave, @function
HvSvmSave:                              # rdi = host-physical address of a page
        mov     rax, rdi
        vmsave  rax
        ret

        .section .note.GNU-stack,"",@progbits
