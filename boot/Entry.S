// SPDX-License-Identifier: MIT
//
// From the loader to the first line of C#. A multiboot2 loader starts HvEntry in 32-bit protected mode without paging,
// with the image at any 2 MiB boundary below 4 GiB; HvMain runs in long mode at the image's fixed address.

#include "Offsets.inc"
#include "ProcessorStart.inc"

#define KERNEL_BASE             0xffffffff80000000
#define OFFSET_OF(symbol)       (symbol - KERNEL_BASE)

#define MULTIBOOT_HEADER_MAGIC  0xe85250d6
#define MULTIBOOT_LOADER_MAGIC  0x36d76289

#define PAGE_SIZE               4096
#define BLOCK_SIZE              0x200000
#define BOOT_STACK_SIZE         0x8000
#define INTERRUPT_STACK_SIZE    0x4000
#define EARLY_HEAP_SIZE         0x40000
#define IMAGE_BLOCKS            8       // 16 MiB of the image's address space are mapped at first

#define PRESENT_WRITABLE        0x003
#define LARGE                   0x080

#define NEEDED_EXTENDED_EDX     0x20100000      // long mode, no-execute
#define NEEDED_EDX              0x07000260      // SSE2, SSE, FXSR, APIC, PAE, MSR

#define COM1                    0x3f8

        .intel_syntax noprefix

        .section .multiboot, "a", @progbits
        .p2align 3
HeaderStart:
        .long   MULTIBOOT_HEADER_MAGIC, 0, HeaderEnd - HeaderStart
        .long   -(MULTIBOOT_HEADER_MAGIC + (HeaderEnd - HeaderStart))
        // 1. information: command line, modules, memory map, framebuffer, RSDP old and new, load address
        .p2align 3
        .short  1, 1
        .long   36, 1, 3, 6, 8, 14, 15, 21
        // 2. console: text mode will do
        .p2align 3
        .short  4, 1
        .long   12, 2
        // 3. framebuffer: any, where there is no text mode (UEFI)
        .p2align 3
        .short  5, 1
        .long   20, 0, 0, 0
        // 4. modules on page boundaries
        .p2align 3
        .short  6, 0
        .long   8
        // 5. relocatable: from 2 MiB up, below 4 GiB, on a 2 MiB boundary, as low as can be
        .p2align 3
        .short  10, 0
        .long   24, BLOCK_SIZE, 0xffffffff, BLOCK_SIZE, 1
        .p2align 3
        .short  0, 0
        .long   8
HeaderEnd:

        .section .rodata
        .p2align 3
BootGdt:
        .quad   0, 0x00af9a000000ffff, 0x00cf92000000ffff
BootGdtEnd:
NoMultiboot:
        .asciz  "hypervisor: the loader does not speak multiboot2\r\n"
NoLongMode:
        .asciz  "hypervisor: this processor has no 64-bit mode with no-execute pages\r\n"
NoBasics:
        .asciz  "hypervisor: this processor lacks SSE2, FXSR, PAE or an APIC\r\n"

// All bits of a mask, or the sentence at ESI.
        .macro NEED register, bits
        and     \register, \bits
        cmp     \register, \bits
        jne     Refuse
        .endm

// Fills a part of the tables at EBX: the first entry is in EAX, the next ones each go a step further.
        .macro FILL offset, step, count
        xor     ecx, ecx
2:      mov     [ebx + \offset + ecx * 8], eax
        add     eax, \step
        inc     ecx
        cmp     ecx, \count
        jb      2b
        .endm

// What happens:
//  1. EAX is the loader's magic, EBX the physical address of its information; there is no stack. The reserved word of
//     the information serves as one for the single call that tells where the image lies: EBP = its physical address.
//  2. the processor is asked for what the image was compiled for; a sentence goes to COM1 where it lacks something
//  3. page tables: the first 4 GiB at 0 and in the direct map, the image at its fixed address
//  4. long mode, no-execute and SSE on; a far return to 64-bit code
        .section .text.entry, "ax", @progbits
        .code32
        .global HvEntry
        .type HvEntry, @function
HvEntry:
        cli
        cld
        lea     esp, [ebx + 8]
        call    1f
1:      pop     ebp
        sub     ebp, offset OFFSET_OF(1b)
        lea     esp, [ebp + OFFSET_OF(BootStackEnd)]
        lea     esi, [ebp + OFFSET_OF(NoMultiboot)]
        cmp     eax, MULTIBOOT_LOADER_MAGIC
        jne     Refuse
        mov     edi, ebx

        lea     esi, [ebp + OFFSET_OF(NoLongMode)]
        mov     eax, 0x80000000
        cpuid
        cmp     eax, 0x80000001
        jb      Refuse
        mov     eax, 0x80000001
        cpuid
        NEED    edx, NEEDED_EXTENDED_EDX
        lea     esi, [ebp + OFFSET_OF(NoBasics)]
        mov     eax, 1
        cpuid
        NEED    edx, NEEDED_EDX

        lea     ebx, [ebp + OFFSET_OF(BootTables)]      // root, low table, high table, 4 block tables, image blocks
        lea     eax, [ebx + 1 * PAGE_SIZE + PRESENT_WRITABLE]
        mov     [ebx], eax
        mov     [ebx + 256 * 8], eax
        lea     eax, [ebx + 2 * PAGE_SIZE + PRESENT_WRITABLE]
        mov     [ebx + 511 * 8], eax
        lea     eax, [ebx + 7 * PAGE_SIZE + PRESENT_WRITABLE]
        mov     [ebx + 2 * PAGE_SIZE + 510 * 8], eax

        lea     eax, [ebx + 3 * PAGE_SIZE + PRESENT_WRITABLE]
        FILL    PAGE_SIZE, PAGE_SIZE, 4

        mov     eax, PRESENT_WRITABLE | LARGE
        FILL    3*PAGE_SIZE, BLOCK_SIZE, 4*512

        lea     eax, [ebp + PRESENT_WRITABLE + LARGE]
        FILL    7*PAGE_SIZE, BLOCK_SIZE, IMAGE_BLOCKS

        mov     eax, CR4_START
        mov     cr4, eax
        mov     cr3, ebx
        mov     ecx, EFER
        rdmsr
        or      eax, EFER_START
        wrmsr
        mov     eax, CR0_START
        mov     cr0, eax

        lea     eax, [ebp + OFFSET_OF(BootGdt)]
        push    eax
        pushw   BootGdtEnd - BootGdt - 1
        lgdt    [esp]
        push    CODE_SELECTOR
        lea     eax, [ebp + OFFSET_OF(LongMode)]
        push    eax
        retf

// ESI = a sentence's physical address: COM1 to 115200 baud, 8N1; send it; halt for good.
Refuse:
        lea     ebx, [ebp + OFFSET_OF(PortSetup)]
        mov     ecx, (PortSetupEnd - PortSetup) / 2
3:      movzx   edx, byte ptr [ebx]
        add     edx, COM1
        mov     al, [ebx + 1]
        out     dx, al
        add     ebx, 2
        loop    3b
4:      mov     edx, COM1 + 5
        in      al, dx
        test    al, 0x20
        jz      4b
        lodsb
        test    al, al
        jz      5f
        mov     edx, COM1
        out     dx, al
        jmp     4b
5:      hlt
        jmp     5b

        .section .rodata
PortSetup:                              // register, value: divisor latch, divisor 1, 8N1, FIFO
        .byte   3, 0x80, 0, 1, 1, 0, 3, 0x03, 2, 0x07
PortSetupEnd:

// What happens:
//  5. on from the image's fixed address, on the boot stack, with flat segments
//  6. GS points at the boot processor's context, whose allocations come from a small heap in the image
//  7. HvMain(information, image), both physical, which never returns
        .section .text.entry, "ax", @progbits
        .code64
LongMode:
        movabs  rax, offset HighHalf
        jmp     rax
HighHalf:
        LOAD_SEGMENTS
        lea     rsp, [rip + BootStackEnd]
        fninit

        lea     rax, [rip + HvBootContext]
        mov     [rax + CONTEXT_SELF], rax
        lea     rcx, [rip + EarlyHeap]
        mov     [rax + CONTEXT_ALLOCATION_NEXT], rcx
        add     rcx, EARLY_HEAP_SIZE
        mov     [rax + CONTEXT_ALLOCATION_LIMIT], rcx
        LOAD_CONTEXT

        mov     edi, edi
        mov     esi, ebp
        xor     ebp, ebp
        push    rbp
        push    rbp
        call    HvMain
        ud2

// HvBootLayout() -> RAX = where the parts of the image are; BootLayout.cs reads it.
        .text
        .global HvBootLayout
        .type HvBootLayout, @function
HvBootLayout:
        lea     rax, [rip + BootLayout]
        ret

        .section .rodata
        .p2align 3
BootLayout:
        .quad   image_start, text_start, text_end, rodata_end, image_end
        .quad   critical_start, critical_end
        .quad   BootStacks, BootStackEnd, DoubleFaultStackEnd, NmiStackEnd, MachineCheckStackEnd
        .quad   FaultStackEnd, InterruptStackEnd

// Each stack has a page below it that the final page tables leave out.
        .bss
        .p2align 12
        .global BootTables
BootTables:
        .skip   8 * PAGE_SIZE
BootStacks:
        .skip   PAGE_SIZE + BOOT_STACK_SIZE
BootStackEnd:
        .skip   PAGE_SIZE + PAGE_SIZE
DoubleFaultStackEnd:
        .skip   PAGE_SIZE + PAGE_SIZE
NmiStackEnd:
        .skip   PAGE_SIZE + PAGE_SIZE
MachineCheckStackEnd:
        .skip   PAGE_SIZE + PAGE_SIZE
FaultStackEnd:
        .skip   PAGE_SIZE + INTERRUPT_STACK_SIZE
InterruptStackEnd:
EarlyHeap:
        .skip   EARLY_HEAP_SIZE
        .global HvBootContext
HvBootContext:
        .skip   PAGE_SIZE

        .section .note.GNU-stack, "", @progbits
