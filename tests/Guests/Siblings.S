# SPDX-License-Identifier: MIT
#
# What the other processors of a machine do, started by INIT and SIPI: from real mode to 32 bits without paging, and
# then for ever through the devices and instructions that leave a guest. They have no stack and take no interrupt.

        .intel_syntax noprefix

#define DATA            0x10
#define CODE32          0x18
#define SIBLING_CODE    0x9000          // below 1 MiB, in a page that nobody else uses
#define GDT_LIMIT       0x2f

        .text

# uint GuestPlaceSibling(): copies the code to SIBLING_CODE and returns that.
        .global GuestPlaceSibling
GuestPlaceSibling:
        mov     esi, offset SiblingStart
        mov     edi, SIBLING_CODE
        mov     ecx, offset SiblingEnd - SiblingStart
        rep movsb
        mov     eax, SIBLING_CODE
        ret

        .code16
SiblingStart:
        cli
        mov     ax, cs
        mov     ds, ax
        lgdt    [SiblingTable - SiblingStart]
        mov     eax, cr0
        or      eax, 1
        mov     cr0, eax
        ljmp    CODE32, SIBLING_CODE + Sibling32 - SiblingStart

        .code32
Sibling32:
        mov     eax, DATA
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
1:      mov     edx, 0x3fd              # the serial port's line status, and its scratch register
        in      al, dx
        mov     edx, 0x3ff
        out     dx, al
        in      al, 0x40                # a timer
        out     0x80, al                # a port without a device
        mov     eax, [0xfec00010]       # the IOAPIC's data register, whatever is chosen
        mov     eax, [0xfee00030]       # the own local APIC
        mov     eax, [0xd0000000]       # memory without a device
        xor     eax, eax
        cpuid
        mov     ecx, 0x1b
        rdmsr
        mov     eax, cr4
        mov     cr4, eax
        pause
        jmp     1b
        .balign 4
SiblingTable:
        .word   GDT_LIMIT
        .long   Gdt
SiblingEnd:

        .code64
        .section .note.GNU-stack, "", @progbits
