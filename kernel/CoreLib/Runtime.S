# SPDX-License-Identifier: MIT
#
# What ilc's code calls and C# cannot say: allocation, write barriers, interface dispatch, the fault boundary, block
# moves. The processor's context is at GS:0 (ProcessorContext.cs); offsets come from the C# structs.

#include "Offsets.inc"

        .intel_syntax noprefix

        .macro FUNCTION name
        .global \name
        .type \name, @function
\name:
        .cfi_startproc
        .endm

        .macro END name
        .cfi_endproc
        .size \name, . - \name
        .endm

        .text

# ProcessorContext* HvRuntimeContext()
FUNCTION HvRuntimeContext
        mov     rax, gs:[CONTEXT_SELF]
        ret
END HvRuntimeContext

# ---- Allocation ------------------------------------------------------------------------------------------------------
# The memory between next and limit is zero. Whoever interrupts this and may allocate saves and restores both.
# object RhpNewFast(MethodTable*): 1. the size is at +4; 2. bump; 3. the method table is the object's first word.
FUNCTION RhpNewFast
        mov     eax, [rdi + 4]
NewOfSize:
        mov     rdx, gs:[CONTEXT_ALLOCATION_NEXT]
        add     rax, rdx
        cmp     rax, gs:[CONTEXT_ALLOCATION_LIMIT]
        ja      NewSlowly
        mov     gs:[CONTEXT_ALLOCATION_NEXT], rax
        mov     [rdx], rdi
        mov     rax, rdx
        ret
NewSlowly:
        push    rdi
        .cfi_adjust_cfa_offset 8
        sub     rax, rdx
        mov     rdi, rax
        call    HvAllocate
        pop     rdi
        .cfi_adjust_cfa_offset -8
        mov     [rax], rdi
        ret
END RhpNewFast

        .global RhpNewFinalizable
        .set RhpNewFinalizable, RhpNewFast

# object RhpNewArrayFast(MethodTable*, int length): also strings. 1. refuse a negative length; 2. size = base + length *
# element size (the low 16 bits of the flags), rounded up to 8; it cannot overflow 64 bits; 3. bump; 4. store the
# length.
FUNCTION RhpNewArrayFast
        test    esi, esi
        js      NegativeLength
        movzx   eax, word ptr [rdi]
        mov     ecx, esi
        imul    rax, rcx
        mov     edx, [rdi + 4]
        lea     rax, [rax + rdx + 7]
        and     rax, -8
        mov     rdx, gs:[CONTEXT_ALLOCATION_NEXT]
        add     rax, rdx
        cmp     rax, gs:[CONTEXT_ALLOCATION_LIMIT]
        ja      ArraySlowly
        mov     gs:[CONTEXT_ALLOCATION_NEXT], rax
        mov     [rdx], rdi
        mov     [rdx + 8], esi
        mov     rax, rdx
        ret
ArraySlowly:
        push    rdi
        .cfi_adjust_cfa_offset 8
        push    rsi
        .cfi_adjust_cfa_offset 8
        sub     rsp, 8
        .cfi_adjust_cfa_offset 8
        sub     rax, rdx
        mov     rdi, rax
        call    HvAllocate
        add     rsp, 8
        .cfi_adjust_cfa_offset -8
        pop     rsi
        .cfi_adjust_cfa_offset -8
        pop     rdi
        .cfi_adjust_cfa_offset -8
        mov     [rax], rdi
        mov     [rax + 8], esi
        ret
NegativeLength:
        sub     rsp, 8
        .cfi_adjust_cfa_offset 8
        mov     edi, FAULT_OVERFLOW
        xor     esi, esi
        call    HvFault
        ud2
END RhpNewArrayFast

        .global RhpNewPtrArrayFast
        .set RhpNewPtrArrayFast, RhpNewArrayFast

# ---- Write barriers --------------------------------------------------------------------------------------------------
# ilc calls these for every store of a reference into something that may be an object: RDI = where, RSI = what.
# Checked builds ask HvCheckStore(where, what) first; the compiler assumes that only few
# registers change, so all are kept.
#ifdef CHECKED
        .macro CHECK_STORE
        push    rbp
        .cfi_adjust_cfa_offset 8
        mov     rbp, rsp
        .irp    register, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11
        push    \register
        .endr
        sub     rsp, 256
        and     rsp, -16
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movaps  [rsp + 16 * \number], xmm\number
        .endr
        call    HvCheckStore
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        movaps  xmm\number, [rsp + 16 * \number]
        .endr
        lea     rsp, [rbp - 72]
        .irp    register, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax
        pop     \register
        .endr
        pop     rbp
        .cfi_adjust_cfa_offset -8
        .endm
#else
        .macro CHECK_STORE
        .endm
#endif

FUNCTION RhpAssignRef
        CHECK_STORE
        mov     [rdi], rsi
        ret
END RhpAssignRef

FUNCTION RhpCheckedAssignRef
        CHECK_STORE
        mov     [rdi], rsi
        ret
END RhpCheckedAssignRef

# RDI = where, RSI = where from; both move on. RCX is the caller's to lose.
FUNCTION RhpByRefAssignRef
#ifdef CHECKED
        push    rsi
        .cfi_adjust_cfa_offset 8
        mov     rsi, [rsi]
        CHECK_STORE
        pop     rsi
        .cfi_adjust_cfa_offset -8
#endif
        mov     rcx, [rsi]
        mov     [rdi], rcx
        add     rdi, 8
        add     rsi, 8
        ret
END RhpByRefAssignRef

# void HvCheckedMove(nint* target, nint* source, nuint bytes): a block with references, word by word in the right order.
FUNCTION HvCheckedMove
        shr     rdx, 3
        jz      3f
        mov     r8, rdi
        sub     r8, rsi
        lea     r9, [rdx * 8]
        cmp     r8, r9
        jb      2f
        mov     r8, rdx
1:      call    RhpByRefAssignRef
        dec     r8
        jnz     1b
        ret
2:      lea     rdi, [rdi + rdx * 8 - 8]
        lea     rsi, [rsi + rdx * 8 - 8]
        mov     r8, rdx
4:      call    RhpByRefAssignRef
        sub     rdi, 16
        sub     rsi, 16
        dec     r8
        jnz     4b
3:      ret
END HvCheckedMove

# object HvCompareExchangeReference(ref object where, object value, object comparand)
FUNCTION HvCompareExchangeReference
        CHECK_STORE
        mov     rax, rdx
        lock cmpxchg [rdi], rsi
        ret
END HvCompareExchangeReference

# object HvExchangeReference(ref object where, object value)
FUNCTION HvExchangeReference
        CHECK_STORE
        mov     rax, rsi
        xchg    [rdi], rax
        ret
END HvExchangeReference

# ---- Interface dispatch ----------------------------------------------------------------------------------------------
# RDI = the object, R11 = the call's cell; all argument registers belong to the call. 1. key = type:cell, both low
# halves; 2. up to four entries of the cache, then the slow way; 3. on to the method. Null faults at the first load.
FUNCTION RhpInitialDynamicInterfaceDispatch
        mov     rax, [rdi]
        push    rdx
        .cfi_adjust_cfa_offset 8
        push    rcx
        .cfi_adjust_cfa_offset 8
        shl     rax, 32
        mov     edx, r11d
        or      rdx, rax
        movabs  rax, 0x9e3779b97f4a7c15
        imul    rax, rdx
        shr     rax, 64 - 9
        mov     ecx, eax
        lea     r10, [rip + DispatchCache]
        .rept   4
        shl     eax, 4
        cmp     [r10 + rax], rdx
        je      1f
        inc     ecx
        and     ecx, 511
        mov     eax, ecx
        .endr
        pop     rcx
        .cfi_adjust_cfa_offset -8
        pop     rdx
        .cfi_adjust_cfa_offset -8
        jmp     ResolveSlowly
1:      .cfi_adjust_cfa_offset 16
        mov     rax, [r10 + rax + 8]
        pop     rcx
        .cfi_adjust_cfa_offset -8
        pop     rdx
        .cfi_adjust_cfa_offset -8
        jmp     rax
ResolveSlowly:
        .irp    register, rdi, rsi, rdx, rcx, r8, r9
        push    \register
        .cfi_adjust_cfa_offset 8
        .endr
        sub     rsp, 8 + 128
        .cfi_adjust_cfa_offset 136
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7
        movups  [rsp + 16 * \number], xmm\number
        .endr
        mov     rsi, r11
        call    HvResolveInterface
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7
        movups  xmm\number, [rsp + 16 * \number]
        .endr
        add     rsp, 8 + 128
        .cfi_adjust_cfa_offset -136
        .irp    register, r9, r8, rcx, rdx, rsi, rdi
        pop     \register
        .cfi_adjust_cfa_offset -8
        .endr
        jmp     rax
END RhpInitialDynamicInterfaceDispatch

FUNCTION HvDispatchCache
        lea     rax, [rip + DispatchCache]
        ret
END HvDispatchCache

# ---- Fault boundary --------------------------------------------------------------------------------------------------
#define KEEP(name)      mov rcx, gs:[CONTEXT_##name]; mov [rsp + RECOVERY_##name], rcx
#define RESTORE(name)   mov rcx, [rsp + RECOVERY_##name]; mov gs:[CONTEXT_##name], rcx

# int HvContain(ContainedCall): 1. a recovery point on the stack, linked to the outer one; 2. the call; 3. unlink,
# return 0.
FUNCTION HvContain
        sub     rsp, RECOVERY_SIZE + 8
        .cfi_adjust_cfa_offset RECOVERY_SIZE + 8
        mov     rax, gs:[CONTEXT_RECOVERY]
        mov     [rsp + RECOVERY_OUTER], rax
        mov     [rsp + RECOVERY_STACK_POINTER], rsp
        mov     [rsp + RECOVERY_RBX], rbx
        mov     [rsp + RECOVERY_RBP], rbp
        mov     [rsp + RECOVERY_R12], r12
        mov     [rsp + RECOVERY_R13], r13
        mov     [rsp + RECOVERY_R14], r14
        mov     [rsp + RECOVERY_R15], r15
        pushfq
        pop     qword ptr [rsp + RECOVERY_FLAGS]
        KEEP(ALLOCATION_NEXT)
        KEEP(ALLOCATION_LIMIT)
        KEEP(CURRENT_REGION)
        KEEP(VM_LOCKS)
        KEEP(SHARED_LOCKS_HELD)         # and the interrupt depth beside it
        mov     gs:[CONTEXT_RECOVERY], rsp
        call    HvInvokeContained
        xor     eax, eax
Leave:  mov     rcx, [rsp + RECOVERY_OUTER]
        mov     gs:[CONTEXT_RECOVERY], rcx
        add     rsp, RECOVERY_SIZE + 8
        .cfi_adjust_cfa_offset -(RECOVERY_SIZE + 8)
        ret
END HvContain

# void HvUnwind(int kind): back into the innermost HvContain, which returns the kind. Any stack, any flags.
# 1. interrupts stay off until everything is restored; 2. the stack, the registers that callees keep; 3. what the
# context held: the allocation position only where the region changed, for in the same region objects may have been
# made since; 4. the interrupt flag.
FUNCTION HvUnwind
        cli
        cld
        mov     eax, edi
        mov     rdx, gs:[CONTEXT_RECOVERY]
        mov     rsp, [rdx + RECOVERY_STACK_POINTER]
        mov     rbx, [rsp + RECOVERY_RBX]
        mov     rbp, [rsp + RECOVERY_RBP]
        mov     r12, [rsp + RECOVERY_R12]
        mov     r13, [rsp + RECOVERY_R13]
        mov     r14, [rsp + RECOVERY_R14]
        mov     r15, [rsp + RECOVERY_R15]
        mov     rcx, [rsp + RECOVERY_CURRENT_REGION]
        cmp     rcx, gs:[CONTEXT_CURRENT_REGION]
        je      1f
        RESTORE(CURRENT_REGION)
        RESTORE(ALLOCATION_NEXT)
        RESTORE(ALLOCATION_LIMIT)
1:      RESTORE(VM_LOCKS)
        RESTORE(SHARED_LOCKS_HELD)
        test    dword ptr [rsp + RECOVERY_FLAGS], 0x200
        jz      Leave
        mov     rcx, [rsp + RECOVERY_OUTER]
        mov     gs:[CONTEXT_RECOVERY], rcx
        sti
        jmp     Leave
END HvUnwind

FUNCTION HvUnwindAddress
        lea     rax, [rip + HvUnwind]
        ret
END HvUnwindAddress

# ---- Blocks of bytes -------------------------------------------------------------------------------------------------
# void HvMoveBytes(byte* target, byte* source, nuint length): overlap allowed, the direction is chosen so that it works.
FUNCTION HvMoveBytes
        mov     rax, rdi
        sub     rax, rsi
        cmp     rax, rdx
        jb      1f
        mov     rcx, rdx
        shr     rcx, 3
        rep movsq
        mov     ecx, edx
        and     ecx, 7
        rep movsb
        ret
1:      lea     rdi, [rdi + rdx - 1]
        lea     rsi, [rsi + rdx - 1]
        std
        mov     ecx, edx
        and     ecx, 7
        rep movsb
        sub     rdi, 7
        sub     rsi, 7
        mov     rcx, rdx
        shr     rcx, 3
        rep movsq
        cld
        ret
END HvMoveBytes

# void HvFillBytes(byte* target, byte value, nuint length)
FUNCTION HvFillBytes
        movzx   eax, sil
        movabs  rcx, 0x0101010101010101
        imul    rax, rcx
        mov     rcx, rdx
        shr     rcx, 3
        rep stosq
        mov     ecx, edx
        and     ecx, 7
        rep stosb
        ret
END HvFillBytes

# ---- Odds and ends ---------------------------------------------------------------------------------------------------
# R11 = the stack pointer that a large frame is about to set; every register is kept. Every page on the way is touched
# in order, so that the guard page below the stack is not stepped over.
FUNCTION RhpStackProbe
        push    rax
        .cfi_adjust_cfa_offset 8
        mov     rax, rsp
1:      sub     rax, 4096
        cmp     rax, r11
        jb      2f
        test    [rax], al
        jmp     1b
2:      test    [r11], al
        pop     rax
        .cfi_adjust_cfa_offset -8
        ret
END RhpStackProbe

# ilc roots start-up code of its own that calls these two; nothing calls that code.
FUNCTION RhpReversePInvoke
        ret
END RhpReversePInvoke

FUNCTION RhpReversePInvokeReturn
        ret
END RhpReversePInvokeReturn

# void HvSeedCookie(): a number that nobody can know behind the buffers of all frames that are entered from now on.
FUNCTION HvSeedCookie
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        movabs  rcx, 0x9e3779b97f4a7c15
        imul    rax, rcx
        xor     [rip + __security_cookie], rax
        ret
END HvSeedCookie

FUNCTION HvModulesStart
        lea     rax, [rip + modules_start]
        ret
END HvModulesStart

FUNCTION HvModulesEnd
        lea     rax, [rip + modules_end]
        ret
END HvModulesEnd

FUNCTION HvClassConstructorsStart
        lea     rax, [rip + class_constructors_start]
        ret
END HvClassConstructorsStart

FUNCTION HvClassConstructorsEnd
        lea     rax, [rip + class_constructors_end]
        ret
END HvClassConstructorsEnd

        .data
        .balign 8
        .global __security_cookie
# A changed copy of this behind a buffer on the stack is a fault.
__security_cookie:
        .quad   0x2b992ddfa23249d6

        .bss
        .balign 64
DispatchCache:
        .skip   512 * 16

        .section .note.GNU-stack, "", @progbits
