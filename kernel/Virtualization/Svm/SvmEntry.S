# SPDX-License-Identifier: MIT
#
# The way into an SVM guest and back. Offsets.inc comes from the C# types Vmcb, SvmContext and GuestRegisters.
# HvSvmRun, step by step:
#   1. keep what System V says is the caller's, and the two addresses on top of the stack
#   2. RIP, RSP, RFLAGS and RAX go to the VMCB, XMM0, XMM1, XMM8 and the other registers into the processor
#   3. global interrupts off, interrupts on (so that the host's end guest mode), VMLOAD, VMRUN, VMSAVE
#   4. everything back into the record; the host's own VMLOAD state
#   5. global interrupts on: what ended guest mode is taken here

#include "Offsets.inc"
#include "../GuestState.inc"

        .intel_syntax noprefix
        .text

// Between the record at RDI and the VMCB at RBP.
#define IN_VMCB(move)           move(RAX) move(RSP) move(RIP) move(RFLAGS)
#define TO_VMCB(name)           mov rax, [rdi + GUEST_##name]; mov [rbp + VMCB_##name], rax;
#define FROM_VMCB(name)         mov rax, [rbp + VMCB_##name]; mov [rdi + GUEST_##name], rax;

        .global HvSvmRun
        .type HvSvmRun, @function
HvSvmRun:                               # rdi = SvmContext, rsi = GuestRegisters
        KEEP_CALLER
        mov     rbx, rdi
        mov     rdi, rsi
        mov     rbp, [rbx + SVM_VMCB]
        IN_VMCB(TO_VMCB)
        VECTORS(LOAD_VECTOR)
        cmp     dword ptr [rbx + SVM_WORK], 0
        jne     .Lbefore_entry
.Lenter:
        mov     rax, [rbx + SVM_VMCB_PHYSICAL]
        GENERAL(LOAD)
        mov     rdi, [rdi + GUEST_RDI]
        clgi
        sti
        vmload  rax
        vmrun   rax
        vmsave  rax
        push    rdi
        mov     rdi, [rsp + 8]
        GENERAL(STORE)
        mov     rbx, [rsp + 16]
        pop     rax
        mov     [rdi + GUEST_RDI], rax
        VECTORS(STORE_VECTOR)
        mov     rbp, [rbx + SVM_VMCB]
        IN_VMCB(FROM_VMCB)
        cmp     dword ptr [rbx + SVM_WORK], 0
        jne     .Lafter_exit
.Lleave:
        mov     rax, [rbx + SVM_HOST_PHYSICAL]
        vmload  rax
        stgi
        RETURN_TO_CALLER

# The rare work. rbx = context, rbp = VMCB, rdi = registers stay; rax, rcx, rdx are free.
.Lbefore_entry:
        test    dword ptr [rbx + SVM_WORK], WORK_SPECULATION_CONTROL
        jz      2f
        WRITE_SPECULATION SVM_GUEST_SPECULATION
2:      test    dword ptr [rbx + SVM_WORK], WORK_CLEAR_BUFFERS
        jz      .Lenter
        CLEAR_BUFFERS
        jmp     .Lenter

.Lafter_exit:
        test    dword ptr [rbx + SVM_WORK], WORK_FILL_RETURN_STACK
        jz      3f
        FILL_RETURN_STACK
3:      test    dword ptr [rbx + SVM_WORK], WORK_SPECULATION_CONTROL
        jz      .Lleave
        WRITE_SPECULATION SVM_HOST_SPECULATION
        jmp     .Lleave

        .global HvSvmSave
        .type HvSvmSave, @function
HvSvmSave:                              # rdi = host-physical address of a page
        mov     rax, rdi
        vmsave  rax
        ret

        .section .note.GNU-stack,"",@progbits
