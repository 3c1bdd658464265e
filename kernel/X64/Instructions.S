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

// A function that is one instruction.
        .macro SIMPLE name, instruction:vararg
        FUNCTION \name
        \instruction
        ret
        .endm

// The 64 bits of the second argument as the instruction takes them.
        .macro RSI_TO_EDX_EAX
        mov     eax, esi
        mov     rdx, rsi
        shr     rdx, 32
        .endm

        .macro RETURN_EDX_EAX
        shl     rdx, 32
        or      rax, rdx
        ret
        .endm

        .irp    number, 0, 2, 3, 4, 8
        SIMPLE  HvReadCr\number, mov rax, cr\number
        SIMPLE  HvWriteCr\number, mov cr\number, rdi
        .endr

        .irp    number, 0, 1, 2, 3, 6, 7
        SIMPLE  HvReadDr\number, mov rax, dr\number
        SIMPLE  HvWriteDr\number, mov dr\number, rdi
        .endr

        SIMPLE  HvInvalidatePage, invlpg [rdi]          // rdi = linear address
        SIMPLE  HvWriteBackInvalidate, wbinvd
        SIMPLE  HvHalt, hlt
        SIMPLE  HvEnableInterrupts, sti
        SIMPLE  HvDisableInterrupts, cli
        SIMPLE  HvPause, pause

FUNCTION HvFenceBeforeMsr
        mfence
        lfence
        ret

        SIMPLE  HvBreakpoint, int3
        SIMPLE  HvUndefined, ud2
        SIMPLE  HvRaiseMachineCheck, int 18
        SIMPLE  HvLoadIdt, lidt [rdi]                   // rdi = descriptor {limit 16, base 64}
        SIMPLE  HvLoadTaskRegister, ltr di              // edi = selector
        SIMPLE  HvReadFramePointer, mov rax, rbp        // the caller's: a stub has no frame of its own

FUNCTION HvReadMsr                      // edi = index
        mov     ecx, edi
        rdmsr
        RETURN_EDX_EAX

FUNCTION HvWriteMsr                     // edi = index, rsi = value
        mov     ecx, edi
        RSI_TO_EDX_EAX
        wrmsr
        ret

FUNCTION HvXgetbv                       // edi = index
        mov     ecx, edi
        xgetbv
        RETURN_EDX_EAX

FUNCTION HvXsetbv                       // edi = index, rsi = value
        mov     ecx, edi
        RSI_TO_EDX_EAX
        xsetbv
        ret

FUNCTION HvXsave                        // rdi = area (64-byte aligned), rsi = component mask
        RSI_TO_EDX_EAX
        xsave64 [rdi]
        ret

FUNCTION HvXrstor                       // rdi = area (64-byte aligned), rsi = component mask
        RSI_TO_EDX_EAX
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
        RETURN_EDX_EAX

FUNCTION HvTryReadRandom                // rdi = result; the result is 1 where the source delivered
        xor     eax, eax
        rdrand  rcx
        setc    al
        mov     [rdi], rcx
        ret

// edi = port; the result fills EAX.
        .macro PORT_READ name, register
        FUNCTION \name
        mov     edx, edi
        xor     eax, eax
        in      \register, dx
        ret
        .endm

// edi = port, esi = value
        .macro PORT_WRITE name, register
        FUNCTION \name
        mov     edx, edi
        mov     eax, esi
        out     dx, \register
        ret
        .endm

        PORT_READ HvIn8, al
        PORT_READ HvIn16, ax
        PORT_READ HvIn32, eax
        PORT_WRITE HvOut8, al
        PORT_WRITE HvOut16, ax
        PORT_WRITE HvOut32, eax

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

FUNCTION HvReadInterruptTable
        sub     rsp, 16
        sidt    [rsp + 6]
        mov     rax, [rsp + 8]
        add     rsp, 16
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

        .section .note.GNU-stack, "", @progbits
