// SPDX-License-Identifier: MIT
//
// From the start-up IPI to the first line of C# of a processor that is not the boot processor. It begins in real mode
// at the page that the IPI names, to which the code from HvTrampoline on was copied; the loader's tables of the boot
// processor (Entry.S) serve once more, because they show that page and the image.

#include "Offsets.inc"
#include "ProcessorStart.inc"

#define IN_PAGE(symbol)         (symbol - HvTrampoline)

        .intel_syntax noprefix

// What happens:
//  1. EBX = the page's address, from CS; DS = CS
//  2. the descriptor table and the far pointer of 4 get their addresses
//  3. PAE, SSE, the tables, long mode and no-execute, paging and protection, all at once (SDM volume 3, 9.8.5; APM
//     volume 2, 14.6)
//  4. a far jump to 64-bit code, still at the page's address
//  5. on at the image's fixed address: segments while their table is still in sight, then the final tables, a stack
//     and a context from the block below
//  6. HvProcessorMain(), which never returns
        .section .text.entry, "ax", @progbits
        .code16
        .p2align 4
        .global HvTrampoline
HvTrampoline:
        cli
        cld
        mov     ax, cs
        mov     ds, ax
        xor     ebx, ebx
        mov     bx, ax
        shl     ebx, 4

        lea     eax, [ebx + IN_PAGE(TrampolineGdt)]
        mov     [IN_PAGE(GdtPointer) + 2], eax
        lea     eax, [ebx + IN_PAGE(LongMode)]
        mov     [IN_PAGE(LongModePointer)], eax
        lgdtd   [IN_PAGE(GdtPointer)]

        mov     eax, CR4_START
        mov     cr4, eax
        mov     eax, [IN_PAGE(HvTrampolineTables)]
        mov     cr3, eax
        mov     ecx, EFER
        rdmsr
        or      eax, EFER_START
        wrmsr
        mov     eax, CR0_START
        mov     cr0, eax
        jmp     fword ptr [IN_PAGE(LongModePointer)]

        .code64
LongMode:
        movabs  rax, offset HighHalf
        jmp     rax

        .p2align 3
TrampolineGdt:
        .quad   0, 0x00af9a000000ffff, 0x00cf92000000ffff
TrampolineGdtEnd:
GdtPointer:
        .short  TrampolineGdtEnd - TrampolineGdt - 1
        .long   0
LongModePointer:
        .long   0
        .short  CODE_SELECTOR
        .p2align 2
        .global HvTrampolineTables
HvTrampolineTables:                     // physical address of the first tables, below 4 GiB
        .long   0
        .global HvTrampolineEnd
HvTrampolineEnd:

HighHalf:
        LOAD_SEGMENTS
        mov     rax, [rip + ProcessorStart + START_TABLES]
        mov     cr3, rax
        mov     rsp, [rip + ProcessorStart + START_STACK]
        fninit
        mov     rax, [rip + ProcessorStart + START_CONTEXT]
        LOAD_CONTEXT
        xor     ebp, ebp
        push    rbp
        push    rbp
        call    HvProcessorMain
        ud2

// HvTrampolineLayout() -> RAX = where the parts above are; ProcessorStart.cs reads it.
        .text
        .global HvTrampolineLayout
        .type HvTrampolineLayout, @function
HvTrampolineLayout:
        lea     rax, [rip + TrampolineLayout]
        ret

        .section .rodata
        .p2align 3
TrampolineLayout:
        .quad   HvTrampoline, HvTrampolineEnd, IN_PAGE(HvTrampolineTables)
        .quad   BootTables, ProcessorStart

        .bss
        .p2align 3
ProcessorStart:
        .skip   START_SIZE

        .section .note.GNU-stack, "", @progbits
