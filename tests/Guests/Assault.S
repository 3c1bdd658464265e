# SPDX-License-Identifier: MIT
#
# Processors that attack the hypervisor beneath them, in C# (Kit/Assault.cs). Whatever happens to one, an exception or
# an INIT, it begins anew here: nothing that it did has to be undone.

#include "Offsets.inc"

        .intel_syntax noprefix

#define CODE64          0x08
#define DATA            0x10
#define ASSAULT_CODE    0xa000          // below 1 MiB, in a page that nobody else uses
#define REAL_STACK      0xa000          // for an NMI, in whatever mode it comes
#define GDT_LIMIT       0x2f
#define EFER            0xc0000080
#define GS_BASE         0xc0000101
#define STACK_SHIFT     14
#define MOST_PROCESSORS 8
#define INTERRUPT_FLAG  0x200

        .text

# uint GuestPlaceAssault(): copies the start of the other processors to ASSAULT_CODE and returns that.
        .global GuestPlaceAssault
GuestPlaceAssault:
        mov     rax, cr3
        mov     [AssaultRoot], eax
        mov     esi, offset AssaultStart
        mov     edi, ASSAULT_CODE
        mov     ecx, offset AssaultEnd - AssaultStart
        rep movsb
        mov     eax, ASSAULT_CODE
        ret

        .data
        .code16
AssaultStart:
        jmp     1f
        iret                            # an NMI
1:      cli
        mov     esp, REAL_STACK
        mov     ax, cs
        mov     ds, ax
        lgdt    [AssaultTable - AssaultStart]
        mov     eax, [AssaultRoot - AssaultStart]
        mov     cr3, eax
        mov     eax, 0x620              # PAE, OSFXSR, OSXMMEXCPT
        mov     cr4, eax
        mov     ecx, EFER
        mov     eax, 0x900              # LME, NXE
        xor     edx, edx
        wrmsr
        lidtd   [AssaultGates - AssaultStart]
        mov     eax, 0x80010033         # PG, WP, NE, ET, MP, PE
        mov     cr0, eax
        ljmp    CODE64, ASSAULT_CODE + Assault64 - AssaultStart
        .code64
Assault64:
        mov     eax, DATA
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        xor     eax, eax
        mov     fs, eax
        mov     gs, eax
        mov     rax, offset AssaultRestart
        jmp     rax
        .balign 4
AssaultRoot:
        .long   0
AssaultTable:
        .word   GDT_LIMIT
        .long   Gdt
AssaultGates:
        .word   256 * 16 - 1
        .long   Gates
AssaultEnd:

        .text
# An exception: 1. counted by its vector; 2. anew.
        .balign 16
ExceptionStubs:
        .set    vector, 0
        .rept   32
        .balign 16
        lock inc dword ptr [AssaultExceptions + vector * 4]
        jmp     AssaultRestart
        .set    vector, vector + 1
        .endr

# An interrupt or an NMI: who was interrupted ends it some time or other, or does not. Of 64, one leaves interrupts off:
# a line that stands in a controller that ends by itself would let nobody go on.
Interrupted:
        lock inc dword ptr [AssaultExceptions + 2 * 4]
        test    byte ptr [AssaultExceptions + 2 * 4], 63
        jnz     1f
        and     dword ptr [rsp + 16], ~INTERRUPT_FLAG
1:      iretq

# Does not return: 1. the number that the processor has from power-on; 2. its own stack and context; 3. the table of
# exceptions; 4. GuestAssault(number).
        .global AssaultRestart
AssaultRestart:
        cli
        clts
        mov     eax, 1
        cpuid
        shr     ebx, 24
        and     ebx, MOST_PROCESSORS - 1
        lea     eax, [ebx + 1]
        shl     eax, STACK_SHIFT
        lea     rsp, [rax + Stacks]
        mov     eax, ebx
        imul    eax, eax, CONTEXT_SIZE
        add     rax, offset Contexts
        mov     [rax + CONTEXT_SELF], rax
        mov     rdx, rax
        shr     rdx, 32
        mov     ecx, GS_BASE
        wrmsr
        lidt    [TableDescriptor]
        cld
        fninit
        mov     edi, ebx
        call    GuestAssault
        jmp     AssaultRestart

        .global GuestRestartAssault
GuestRestartAssault:
        jmp     AssaultRestart

# Where the handlers, the table for their gates, and the counts of exceptions are.
        .global GuestAssaultStubs
GuestAssaultStubs:
        lea     rax, [rip + ExceptionStubs]
        ret

        .global GuestAssaultInterrupted
GuestAssaultInterrupted:
        lea     rax, [rip + Interrupted]
        ret

        .global GuestAssaultGates
GuestAssaultGates:
        lea     rax, [rip + Gates]
        ret

        .global GuestAssaultExceptions
GuestAssaultExceptions:
        lea     rax, [rip + AssaultExceptions]
        ret

        .section .rodata
TableDescriptor:
        .word   256 * 16 - 1
        .quad   Gates

        .bss
        .balign 4096
Stacks: .skip   MOST_PROCESSORS << STACK_SHIFT
Gates:  .skip   256 * 16
        .balign 64
Contexts:
        .skip   MOST_PROCESSORS * CONTEXT_SIZE
AssaultExceptions:
        .skip   32 * 4

        .section .note.GNU-stack, "", @progbits
