# SPDX-License-Identifier: MIT
#
# From the entry to C#. PVH, multiboot 1 and multiboot 2 alike start a kernel in 32-bit protected mode with paging off
# and EBX = what the loader tells; EAX says which multiboot it was. 1. remember how it started; 2. identity page tables
# for the first 4 GiB in 2 MiB pages, the first 2 MiB in 4 KiB pages so that page 0 can go (GuestDropPageZero); 3. long
# mode with SSE; 4. the GS base at the boot context; 5. GuestMain(entry state), which does not return.
#
# A loader may like any of the three headers best. Runs that want a certain one blank the others in a copy of the file
# (tests/Emulator/KernelProtocols.cs).

#include "Offsets.inc"

        .intel_syntax noprefix

        .section .note.pvh, "a", @note
        .balign 4
        .long   4, 4, 18                # XEN_ELFNOTE_PHYS32_ENTRY
        .asciz  "Xen"
        .long   GuestStart

        .section .multiboot, "a", @progbits
        .set    MULTIBOOT1_FLAGS, 3             # modules on pages, and the sizes of memory
        .balign 8
        .long   0x1badb002, MULTIBOOT1_FLAGS, -(0x1badb002 + MULTIBOOT1_FLAGS)
        .balign 8
Multiboot2:
        .long   0xe85250d6, 0, Multiboot2End - Multiboot2, -(0xe85250d6 + (Multiboot2End - Multiboot2))
        .short  1, 0                            # insists on command line, modules, sizes of memory, map, root pointer
        .long   28, 1, 3, 4, 6, 15
        .balign 8
        .short  6, 0                            # modules on pages
        .long   8
        .short  0, 0
        .long   8
Multiboot2End:

        .text
        .code32
        .global GuestStart
GuestStart:
        mov     esp, offset BootStackEnd
        mov     [EntryState + ENTRY_MAGIC], eax
        mov     [EntryState + ENTRY_INFORMATION], ebx
        pushfd
        pop     dword ptr [EntryState + ENTRY_FLAGS]
        mov     eax, cr0
        mov     [EntryState + ENTRY_CR0], eax
        cli
        cld

        mov     edi, offset LowTable
        mov     eax, 0x3
        xor     ecx, ecx
1:      mov     [edi + ecx * 8], eax
        add     eax, 0x1000
        inc     ecx
        cmp     ecx, 512
        jb      1b

        mov     edi, offset Directories # 2048 entries of 2 MiB, of which the first is the table above
        mov     eax, 0x83
        xor     ecx, ecx
2:      mov     [edi + ecx * 8], eax
        add     eax, 0x200000
        inc     ecx
        cmp     ecx, 2048
        jb      2b
        mov     dword ptr [edi], offset LowTable + 3

        mov     edi, offset Pointers
        lea     eax, [Directories + 3]
        xor     ecx, ecx
3:      mov     [edi + ecx * 8], eax
        add     eax, 0x1000
        inc     ecx
        cmp     ecx, 4
        jb      3b
        mov     dword ptr [RootTable], offset Pointers + 3

        mov     eax, offset RootTable
        mov     cr3, eax
        mov     eax, cr4
        or      eax, 0x620              # PAE, OSFXSR, OSXMMEXCPT
        mov     cr4, eax
        mov     ecx, 0xc0000080         # EFER: LME and NXE
        rdmsr
        or      eax, 0x900
        wrmsr
        mov     eax, cr0
        and     eax, ~4                 # EM off
        or      eax, 0x80010022         # PG, WP, NE, MP
        mov     cr0, eax
        lgdt    [GdtDescriptor]
        jmp     0x08:LongMode

        .code64
LongMode:
        mov     eax, 0x10
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        xor     eax, eax
        mov     fs, eax
        mov     gs, eax
        mov     rsp, offset BootStackEnd
        mov     rax, offset BootContext
        mov     [rax + CONTEXT_SELF], rax
        mov     rdx, rax
        shr     rdx, 32
        mov     ecx, 0xc0000101         # GS base
        wrmsr
        mov     rdi, offset EntryState
        call    GuestMain
4:      cli
        hlt
        jmp     4b

# void GuestDropPageZero(): from now on null faults. The loader may have left what it tells in that page.
        .global GuestDropPageZero
GuestDropPageZero:
        mov     qword ptr [LowTable], 0
        invlpg  [0]
        ret

        .section .rodata
        .balign 8
        .global Gdt
Gdt:
        .quad   0
        .quad   0x00af9b000000ffff      # 08: code, 64 bits
        .quad   0x00cf93000000ffff      # 10: data
        .quad   0x00cf9b000000ffff      # 18: code, 32 bits
        .quad   0x008f9b000000ffff      # 20: code, 16 bits
        .quad   0x008f93000000ffff      # 28: data, 16 bits
GdtEnd:
GdtDescriptor:
        .word   GdtEnd - Gdt - 1
        .quad   Gdt

        .bss
        .balign 4096
RootTable:
        .skip   4096
Pointers:
        .skip   4096
Directories:
        .skip   4 * 4096
LowTable:
        .skip   4096
        .skip   4096                    # what grows past the stack's end is seen, not silently kept
BootStack:
        .skip   64 * 1024
BootStackEnd:
EntryState:
        .skip   ENTRY_SIZE
        .balign 64
BootContext:
        .skip   CONTEXT_SIZE

        .section .note.GNU-stack, "", @progbits
