// SPDX-License-Identifier: MIT
//
// One stub per instruction that C# cannot say; Instructions.cs declares them and nothing else may.
// What happens in each: 1. arguments arrive in RDI, RSI, RDX (System V); 2. the instruction; 3. the result goes to RAX.
// The stubs keep no state, so a fault in one is contained like one in C#.

        .intel_syntax noprefix
        .text

        .macro FUNCTION name
        .global \name
        .type \name, @function
\name:
        .endm

        .macro READ name, register
        FUNCTION \name
        mov     rax, \register
        ret
        .endm

        .macro WRITE name, register
        FUNCTION \name
        mov     \register, rdi
        ret
        .endm

        READ    HvReadCr0, cr0
        READ    HvReadCr2, cr2
        READ    HvReadCr3, cr3
        READ    HvReadCr4, cr4
        READ    HvReadCr8, cr8
        WRITE   HvWriteCr0, cr0
        WRITE   HvWriteCr2, cr2
        WRITE   HvWriteCr3, cr3
        WRITE   HvWriteCr4, cr4
        WRITE   HvWriteCr8, cr8
        READ    HvReadDr0, dr0
        READ    HvReadDr1, dr1
        READ    HvReadDr2, dr2
        READ    HvReadDr3, dr3
        READ    HvReadDr6, dr6
        READ    HvReadDr7, dr7
        WRITE   HvWriteDr0, dr0
        WRITE   HvWriteDr1, dr1
        WRITE   HvWriteDr2, dr2
        WRITE   HvWriteDr3, dr3
        WRITE   HvWriteDr6, dr6
        WRITE   HvWriteDr7, dr7

FUNCTION HvReadMsr                      // edi = index
        mov     ecx, edi
        rdmsr
        shl     rdx, 32
        or      rax, rdx
        ret

FUNCTION HvWriteMsr                     // edi = index, rsi = value
        mov     ecx, edi
        mov     eax, esi
        mov     rdx, rsi
        shr     rdx, 32
        wrmsr
        ret

FUNCTION HvXgetbv                       // edi = index
        mov     ecx, edi
        xgetbv
        shl     rdx, 32
        or      rax, rdx
        ret

FUNCTION HvXsetbv                       // edi = index, rsi = value
        mov     ecx, edi
        mov     eax, esi
        mov     rdx, rsi
        shr     rdx, 32
        xsetbv
        ret

FUNCTION HvXsave                        // rdi = area (64-byte aligned), rsi = component mask
        mov     eax, esi
        mov     rdx, rsi
        shr     rdx, 32
        xsave64 [rdi]
        ret

FUNCTION HvXrstor                       // rdi = area (64-byte aligned), rsi = component mask
        mov     eax, esi
        mov     rdx, rsi
        shr     rdx, 32
        xrstor64 [rdi]
        ret

FUNCTION HvCpuid                        // edi = leaf, esi = subleaf, rdx = result {eax, ebx, ecx, edx}
        push    rbx
        mov     r8, rdx
        mov     eax, edi
        mov     ecx, esi
        cpuid
        mov     [r8], eax
        mov     [r8 + 4], ebx
        mov     [r8 + 8], ecx
        mov     [r8 + 12], edx
        pop     rbx
        ret

FUNCTION HvReadTimestamp                // LFENCE: earlier loads and instructions are done when the counter is read
        lfence
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        ret

FUNCTION HvTryReadRandom                // rdi = result; the result is 1 where the source delivered
        xor     eax, eax
        rdrand  rcx
        setc    al
        mov     [rdi], rcx
        ret

FUNCTION HvIn8                          // edi = port
        mov     edx, edi
        xor     eax, eax
        in      al, dx
        ret

FUNCTION HvIn16
        mov     edx, edi
        xor     eax, eax
        in      ax, dx
        ret

FUNCTION HvIn32
        mov     edx, edi
        in      eax, dx
        ret

FUNCTION HvOut8                         // edi = port, esi = value
        mov     edx, edi
        mov     eax, esi
        out     dx, al
        ret

FUNCTION HvOut16
        mov     edx, edi
        mov     eax, esi
        out     dx, ax
        ret

FUNCTION HvOut32
        mov     edx, edi
        mov     eax, esi
        out     dx, eax
        ret

FUNCTION HvInvalidatePage               // rdi = linear address
        invlpg  [rdi]
        ret

FUNCTION HvWriteBackInvalidate
        wbinvd
        ret

FUNCTION HvHalt
        hlt
        ret

FUNCTION HvEnableInterrupts
        sti
        ret

FUNCTION HvDisableInterrupts
        cli
        ret

// STI's shadow covers HLT: a wake-up that comes between them is not slept through.
FUNCTION HvEnableInterruptsAndHalt
        sti
        hlt
        ret

FUNCTION HvReadFlags
        pushfq
        pop     rax
        ret

FUNCTION HvSaveAndDisableInterrupts     // the result is 1 where they were enabled
        pushfq
        cli
        pop     rax
        shr     eax, 9
        and     eax, 1
        ret

FUNCTION HvPause
        pause
        ret

FUNCTION HvBreakpoint
        int3
        ret

FUNCTION HvUndefined
        ud2

FUNCTION HvLoadIdt                      // rdi = descriptor {limit 16, base 64}
        lidt    [rdi]
        ret

// 1. load the table; 2. flat data in DS, ES and SS; 3. reload CS by a far return; FS and GS stay.
// rdi = descriptor {limit 16, base 64}, esi = code selector, edx = data selector.
FUNCTION HvLoadGdt
        lgdt    [rdi]
        mov     ds, edx
        mov     es, edx
        mov     ss, edx
        pop     rax
        push    rsi
        push    rax
        retfq

FUNCTION HvLoadTaskRegister             // edi = selector
        ltr     di
        ret

FUNCTION HvReadFramePointer             // the caller's: a stub has no frame of its own
        mov     rax, rbp
        ret

        .section .note.GNU-stack, "", @progbits
