# SPDX-License-Identifier: MIT
#
# The way into a VMX guest and back, and the instructions of VMX. Offsets.inc comes from the C# types VmxContext,
# GuestRegisters and the fields of the VMCS. HvVmxRun, step by step:
#   1. keep what System V says is the caller's, and the two addresses on top of the stack
#   2. RIP, RSP, RFLAGS and the host's stack go to the VMCS, XMM0, XMM1, XMM8 and the other registers into the
#      processor
#   3. VMLAUNCH the first time, VMRESUME from then on; interrupts stay off: the host's end guest mode all the same
#   4. everything back into the record, and what every exit's decoder asks for into the context
#   5. interrupts on: what ended guest mode is taken here, or a little before where the exit acknowledged it

#include "Offsets.inc"
#include "../GuestState.inc"

        .intel_syntax noprefix
        .text

        .equ EVENT_TYPE_MASK, 0x700
        .equ EVENT_TYPE_NMI, 0x200
        .equ EXTERNAL_INTERRUPT, 1

        # Between a field of the VMCS and a place in the record that the given register points at.
        .macro WRITE_FIELD field, record, place
        mov     eax, \field
        vmwrite rax, [\record + \place]
        .endm

        .macro READ_FIELD field, record, place
        mov     eax, \field
        vmread  [\record + \place], rax
        .endm

        .global HvVmxRun
        .type HvVmxRun, @function
HvVmxRun:                               # rdi = VmxContext, rsi = GuestRegisters
        KEEP_CALLER
        mov     rbx, rdi
        mov     rdi, rsi
        mov     eax, VMCS_HOST_RSP
        vmwrite rax, rsp
        WRITE_FIELD VMCS_GUEST_RIP, rdi, GUEST_RIP
        WRITE_FIELD VMCS_GUEST_RSP, rdi, GUEST_RSP
        WRITE_FIELD VMCS_GUEST_RFLAGS, rdi, GUEST_RFLAGS
        VECTORS(LOAD_VECTOR)
        mov     rax, [rbx + VMX_GUEST_CR2]
        mov     rcx, cr2
        cmp     rax, rcx
        jne     .Lload_cr2
.Lcr2_loaded:
        cmp     dword ptr [rbx + VMX_WORK], 0
        jne     .Lbefore_entry
.Lenter:
        cmp     dword ptr [rbx + VMX_IS_LAUNCHED], 0
        mov     rax, [rdi + GUEST_RAX]
        GENERAL(LOAD)
        mov     rdi, [rdi + GUEST_RDI]
        je      1f
        vmresume
        jmp     .Lrefused
1:      vmlaunch
.Lrefused:                              # no exit took place: the processor says why in a field
        mov     rdi, [rsp]
        mov     rbx, [rsp + 8]
        mov     qword ptr [rbx + VMX_EXIT_REASON], -1
        jmp     .Lafter_switch

        # An interrupt that the exit has acknowledged must be served: until then nothing may be left here.
        .section .text.critical, "ax", @progbits
        .global HvVmxExit
HvVmxExit:
        push    rdi
        mov     rdi, [rsp + 8]
        GENERAL(STORE)
        mov     [rdi + GUEST_RAX], rax
        pop     rax
        mov     [rdi + GUEST_RDI], rax
        mov     rbx, [rsp + 8]
        VECTORS(STORE_VECTOR)
        mov     rax, cr2
        mov     [rbx + VMX_GUEST_CR2], rax
        READ_FIELD VMCS_GUEST_RIP, rdi, GUEST_RIP
        READ_FIELD VMCS_GUEST_RSP, rdi, GUEST_RSP
        READ_FIELD VMCS_GUEST_RFLAGS, rdi, GUEST_RFLAGS
        READ_FIELD VMCS32_EXIT_REASON, rbx, VMX_EXIT_REASON
        READ_FIELD VMCS_EXIT_QUALIFICATION, rbx, VMX_QUALIFICATION
        READ_FIELD VMCS32_EXIT_INSTRUCTION_LENGTH, rbx, VMX_INSTRUCTION_LENGTH
        READ_FIELD VMCS32_GUEST_INTERRUPTIBILITY, rbx, VMX_INTERRUPTIBILITY
        mov     dword ptr [rbx + VMX_IS_LAUNCHED], 1
.Lafter_switch:
        cmp     dword ptr [rbx + VMX_WORK], 0
        jne     .Lafter_exit
.Lleave:
        cmp     dword ptr [rbx + VMX_EXIT_REASON], EXTERNAL_INTERRUPT
        jbe     .Levent
.Lenable:
        sti
        RETURN_TO_CALLER

// An exception, an NMI or an interrupt. An NMI's exit has blocked the next one, until the IRET of the handler that is
// called here; an interrupt must not be taken before, because its IRET would end the blocking too. An interrupt is in
// the field where exits acknowledge it: then its handler is called here, else it comes when interrupts are on.
.Levent:
        mov     eax, VMCS32_EXIT_EVENT
        vmread  rax, rax
        test    eax, eax                # the valid bit
        jns     .Lenable
        movzx   ecx, al
        and     eax, EVENT_TYPE_MASK
        jz      .Linterrupt
        cmp     eax, EVENT_TYPE_NMI
        jne     .Lenable
        int     2
        jmp     .Lenable
.Linterrupt:
        lea     rax, [rip + Interrupts]
        lea     rax, [rax + 4 * rcx]
        call    rax
        jmp     .Lenable

        .p2align 2
Interrupts:                             # one for each vector, 4 bytes apart
        .set    vector, 0
        .rept   256
        .byte   0xCD, vector            # INT; never INT3, which is another instruction
        ret
        .p2align 2
        .set    vector, vector + 1
        .endr

# rbx = context, rdi = registers stay; rax, rcx, rdx are free.
.Lafter_exit:
        test    dword ptr [rbx + VMX_WORK], WORK_FILL_RETURN_STACK
        jz      3f
        FILL_RETURN_STACK
3:      test    dword ptr [rbx + VMX_WORK], WORK_SPECULATION_CONTROL
        jz      .Lleave
        WRITE_SPECULATION VMX_HOST_SPECULATION
        jmp     .Lleave

        .text
.Lload_cr2:
        mov     cr2, rax
        jmp     .Lcr2_loaded

# The rare work. rbx = context, rdi = registers stay; rax, rcx, rdx are free.
.Lbefore_entry:
        test    dword ptr [rbx + VMX_WORK], WORK_SPECULATION_CONTROL
        jz      2f
        WRITE_SPECULATION VMX_GUEST_SPECULATION
2:      test    dword ptr [rbx + VMX_WORK], WORK_CLEAR_BUFFERS
        jz      .Lenter
        CLEAR_BUFFERS
        jmp     .Lenter

        .macro FUNCTION name
        .global \name
        .type \name, @function
\name:
        .endm

FUNCTION HvVmxExitAddress
        lea     rax, [rip + HvVmxExit]
        ret

FUNCTION HvVmxOn                        # rdi = host-physical address of the region
        push    rdi
        vmxon   [rsp]
        pop     rdi
        seta    al                      # neither CF nor ZF (SDM volume 3, 31.2)
        movzx   eax, al
        ret

FUNCTION HvVmxClear                     # rdi = host-physical address of a VMCS
        push    rdi
        vmclear [rsp]
        pop     rdi
        jbe     .Lfailed
        ret

FUNCTION HvVmxLoad                      # rdi = host-physical address of a VMCS
        push    rdi
        vmptrld [rsp]
        pop     rdi
        jbe     .Lfailed
        ret

FUNCTION HvVmxCurrent
        push    rax
        vmptrst [rsp]
        pop     rax
        ret

FUNCTION HvVmxRead                      # edi = field
        mov     eax, edi
        vmread  rax, rax
        jbe     .Lfailed
        ret

FUNCTION HvVmxWrite                     # edi = field, rsi = value
        mov     eax, edi
        vmwrite rax, rsi
        jbe     .Lfailed
        ret

FUNCTION HvVmxInvalidateEpt             # rdi = type, rsi = EPT pointer
        push    0
        push    rsi
        invept  rdi, [rsp]
        lea     rsp, [rsp + 16]
        jbe     .Lfailed
        ret

FUNCTION HvVmxInvalidateVpid            # rdi = type, rsi = identifier; the address is for types that are not used
        push    0
        push    rsi
        invvpid rdi, [rsp]
        lea     rsp, [rsp + 16]
        jbe     .Lfailed
        ret

# A bug of ours: contained like any other.
.Lfailed:
        ud2

        .section .note.GNU-stack,"",@progbits
