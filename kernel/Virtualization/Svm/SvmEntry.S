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

# A guest's registers between the record at RDI and the processor: all but RAX and RSP, which the VMCB has, and RDI.
#define GENERAL(move) \
        move(rcx, GUEST_RCX) move(rdx, GUEST_RDX) move(rbx, GUEST_RBX) move(rbp, GUEST_RBP) move(rsi, GUEST_RSI) \
        move(r8, EXTENDED(8)) move(r9, EXTENDED(9)) move(r10, EXTENDED(10)) move(r11, EXTENDED(11)) \
        move(r12, EXTENDED(12)) move(r13, EXTENDED(13)) move(r14, EXTENDED(14)) move(r15, EXTENDED(15))
#define EXTENDED(number)        GUEST_GENERAL + 8 * number
#define LOAD(register, at)      mov register, [rdi + at];
#define STORE(register, at)     mov [rdi + at], register;

# Between the record at RDI and the VMCB at RBP.
#define IN_VMCB(move)           move(RAX) move(RSP) move(RIP) move(RFLAGS)
#define TO_VMCB(name)           mov rax, [rdi + GUEST_##name]; mov [rbp + VMCB_##name], rax;
#define FROM_VMCB(name)         mov rax, [rbp + VMCB_##name]; mov [rdi + GUEST_##name], rax;

        .global HvSvmRun
        .type HvSvmRun, @function
HvSvmRun:                               # rdi = SvmContext, rsi = GuestRegisters
        .irp    register, rbp, rbx, r12, r13, r14, r15, rdi, rsi
        push    \register
        .endr
        mov     rbx, rdi
        mov     rdi, rsi
        mov     rbp, [rbx + SVM_VMCB]
        IN_VMCB(TO_VMCB)
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movups  xmm\number, [rdi + GUEST_VECTOR + 16 * \number]
        .endr
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
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movups  [rdi + GUEST_VECTOR + 16 * \number], xmm\number
        .endr
        mov     rbp, [rbx + SVM_VMCB]
        IN_VMCB(FROM_VMCB)
        cmp     dword ptr [rbx + SVM_WORK], 0
        jne     .Lafter_exit
.Lleave:
        mov     rax, [rbx + SVM_HOST_PHYSICAL]
        vmload  rax
        stgi
        add     rsp, 16
        .irp    register, r15, r14, r13, r12, rbx, rbp
        pop     \register
        .endr
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
