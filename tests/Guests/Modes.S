# SPDX-License-Identifier: MIT
#
# Walks out of long mode and back. Interrupts are off all the while, so no table of the other modes is needed.

#include "Offsets.inc"

        .intel_syntax noprefix

#define CODE64          0x08
#define DATA            0x10
#define CODE32          0x18
#define CODE16          0x20
#define DATA16          0x28
#define EFER            0xc0000080
#define REAL_CODE       0x8000          // where the 16-bit part runs: below 1 MiB, in the identity map

        .text

# uint GuestEnterMode(int mode): 1. what callees keep on the stack, the stack pointer and CR3 in memory; 2. 32-bit code;
# 3. one of the visits, which leaves its finding in EBX; 4. back, with the finding in EAX.
        .global GuestEnterMode
GuestEnterMode:
        .irp    register, rbx, rbp, r12, r13, r14, r15
        push    \register
        .endr
        mov     [SavedStack], rsp
        mov     rax, cr3
        mov     [SavedCr3], rax
        mov     rax, cr4
        mov     [SavedCr4], rax
        mov     ebp, edi
        mov     esi, offset RealStart   # the 16-bit part goes to where 16 bits reach it
        mov     edi, REAL_CODE
        mov     ecx, offset RealEnd - RealStart
        rep movsb
        push    CODE32
        push    offset Legacy
        rex64 retf

        .code32
Legacy:
        mov     eax, DATA
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     ebx, 0x11
        cmp     ebp, MODE_COMPATIBILITY
        je      Back
        call    LeaveLongMode
        mov     ebx, 0x22
        cmp     ebp, MODE_FLAT
        je      Return
        cmp     ebp, MODE_TWO_LEVELS
        je      TwoLevels
        cmp     ebp, MODE_THREE_LEVELS
        je      ThreeLevels
        jmp     Real

# Paging off ends long mode; then LME off, so that paging can be turned on in an older form.
LeaveLongMode:
        mov     eax, cr0
        and     eax, 0x7fffffff
        mov     cr0, eax
        mov     ecx, EFER
        rdmsr
        and     eax, ~0x100
        wrmsr
        ret

# 4 MiB pages, identity, but for the fifth: it shows the first again, so that a word of the first is seen twice.
TwoLevels:
        mov     edi, offset LegacyTables
        mov     eax, 0x83
1:      mov     [edi], eax
        add     edi, 4
        add     eax, 0x400000
        cmp     edi, offset LegacyTables + 4096
        jb      1b
        mov     dword ptr [LegacyTables + 4 * 4], 0x83
        mov     eax, cr4
        and     eax, ~0x20              # PAE off
        or      eax, 0x10               # PSE on
        mov     cr4, eax
        mov     eax, offset LegacyTables
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 0x80000000
        mov     cr0, eax
        mov     dword ptr [Witness], 0x33
        mov     ebx, [Witness + 4 * 0x400000]
        xor     eax, eax                # an exit under this paging
        push    ebx
        cpuid
        pop     ebx
        jmp     PagingOff

# PAE: four pointers, one directory that all of them share, so that each GiB shows the first.
ThreeLevels:
        mov     edi, offset LegacyTables
        mov     ecx, 512
        mov     eax, 0x83
1:      mov     [edi], eax
        mov     dword ptr [edi + 4], 0
        add     edi, 8
        add     eax, 0x200000
        loop    1b
        mov     edi, offset LegacyPointers
        mov     ecx, 4
1:      mov     dword ptr [edi], offset LegacyTables + 1
        mov     dword ptr [edi + 4], 0
        add     edi, 8
        loop    1b
        mov     eax, cr4
        or      eax, 0x20
        mov     cr4, eax
        mov     eax, offset LegacyPointers
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 0x80000000
        mov     cr0, eax
        mov     dword ptr [Witness], 0x44
        mov     ebx, [Witness + 0x40000000]
        xor     eax, eax
        push    ebx
        cpuid
        pop     ebx
PagingOff:
        mov     eax, cr0
        and     eax, 0x7fffffff
        mov     cr0, eax
        jmp     Return

Real:
        jmp     CODE16:REAL_CODE

# Back from flat 32-bit protected mode.
        .global GuestReturn
GuestReturn:
Return:
        mov     eax, [SavedCr4]
        mov     cr4, eax
        mov     eax, [SavedCr3]
        mov     cr3, eax
        mov     ecx, EFER
        rdmsr
        or      eax, 0x100
        wrmsr
        mov     eax, cr0
        or      eax, 0x80000000
        mov     cr0, eax
Back:   jmp     CODE64:LongAgain

        .code64
LongAgain:
        mov     eax, DATA
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     rsp, [SavedStack]
        mov     eax, ebx
        .irp    register, r15, r14, r13, r12, rbp, rbx
        pop     \register
        .endr
        ret

# Copied to REAL_CODE and run there: 16-bit protected mode, real mode, a little work, and back to 32 bits.
        .code16
RealStart:
        mov     ax, DATA16
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     eax, cr0
        and     eax, ~1
        mov     cr0, eax
        ljmp    REAL_CODE >> 4, RealMode - RealStart
RealMode:
        mov     ax, REAL_CODE >> 4
        mov     ds, ax
        mov     ss, ax
        mov     esp, 0x1000
        mov     dword ptr [RealWord - RealStart], 0x51
        push    4                       # the stack works
        pop     cx
        add     cx, word ptr [RealWord - RealStart]
        push    ecx
        xor     eax, eax                # an exit in real mode
        cpuid
        mov     dx, 0x3ff               # and another
        mov     al, 0x5a
        out     dx, al
        in      al, dx
        pop     ecx
        cmp     al, 0x5a
        je      1f
        mov     cl, 0xee
1:      movzx   ebx, cx
        mov     eax, cr0
        or      eax, 1
        mov     cr0, eax
        ljmp    CODE32, REAL_CODE + RealOut - RealStart
        .code32
RealOut:
        mov     eax, DATA
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     eax, offset GuestReturn
        jmp     eax
        .balign 4
RealWord:
        .long   0
RealEnd:

        .code64
# void GuestKeepSse(pattern, result) and GuestKeepAvx: 1. load all vector registers; 2. exit by CPUID, a port and device
# memory; 3. store them.
        .macro EXIT_EVERY_WAY
        push    rbx
        xor     eax, eax
        cpuid
        pop     rbx
        mov     edx, 0x3ff
        mov     eax, 0x12
        out     dx, al
        in      al, dx
        mov     eax, 0xfee00030
        mov     ecx, [rax]
        .endm

        .global GuestKeepSse
GuestKeepSse:
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movups  xmm\number, [rdi + 16 * \number]
        .endr
        EXIT_EVERY_WAY
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movups  [rsi + 16 * \number], xmm\number
        .endr
        ret

        .global GuestKeepAvx
GuestKeepAvx:
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        vmovups ymm\number, [rdi + 32 * \number]
        .endr
        EXIT_EVERY_WAY
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        vmovups [rsi + 32 * \number], ymm\number
        .endr
        vzeroupper
        ret

        .bss
        .balign 4096
LegacyTables:
        .skip   4096
LegacyPointers:
        .skip   32
SavedStack:
        .skip   8
SavedCr3:
        .skip   8
SavedCr4:
        .skip   8
Witness:
        .skip   4

        .section .note.GNU-stack, "", @progbits
