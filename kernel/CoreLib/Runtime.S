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

        .macro PUSH_CFI register
        push    \register
        .cfi_adjust_cfa_offset 8
        .endm

        .macro POP_CFI register
        pop     \register
        .cfi_adjust_cfa_offset -8
        .endm

# void* name(): where something lies that C# has no name for.
        .macro ADDRESS name, symbol
        FUNCTION \name
        lea     rax, [rip + \symbol]
        ret
        END     \name
        .endm

        .text

        ADDRESS HvDispatchCache, DispatchCache
        ADDRESS HvUnwindAddress, HvUnwind
        ADDRESS HvModulesStart, modules_start
        ADDRESS HvModulesEnd, modules_end
        ADDRESS HvClassConstructorsStart, class_constructors_start
        ADDRESS HvClassConstructorsEnd, class_constructors_end

# ProcessorContext* HvRuntimeContext()
FUNCTION HvRuntimeContext
        mov     rax, gs:[CONTEXT_SELF]
        ret
END HvRuntimeContext

# ---- Allocation ------------------------------------------------------------------------------------------------------
# The memory between next and limit is zero. Whoever interrupts this and may allocate saves and restores both.
# RDI = the method table, RAX = the size: takes the object at RDX, or goes on at slowly with all arguments as they were.
        .macro BUMP slowly
        mov     rdx, gs:[CONTEXT_ALLOCATION_NEXT]
        add     rax, rdx
        cmp     rax, gs:[CONTEXT_ALLOCATION_LIMIT]
        ja      \slowly
        mov     gs:[CONTEXT_ALLOCATION_NEXT], rax
        mov     [rdx], rdi
        mov     rax, rdx
        .endm

# object RhpNewFast(MethodTable*): 1. the size is at +4; 2. bump; 3. the method table is the object's first word.
FUNCTION RhpNewFast
        mov     eax, [rdi + 4]
        BUMP    HvNewObjectSlowly
        ret
END RhpNewFast

        .global RhpNewFinalizable
        .set RhpNewFinalizable, RhpNewFast

# object RhpNewArrayFast(MethodTable*, int length): also strings. 1. a negative length is refused the slow way; 2. size
# = base + length * element size (the low 16 bits of the flags), rounded up to 8; it cannot overflow 64 bits; 3. bump;
# 4. store the length.
FUNCTION RhpNewArrayFast
        test    esi, esi
        js      HvNewArraySlowly
        movzx   eax, word ptr [rdi]
        mov     ecx, esi
        imul    rax, rcx
        mov     edx, [rdi + 4]
        lea     rax, [rax + rdx + 7]
        and     rax, -8
        BUMP    HvNewArraySlowly
        mov     [rdx + 8], esi
        ret
END RhpNewArrayFast

        .global RhpNewPtrArrayFast
        .set RhpNewPtrArrayFast, RhpNewArrayFast

# ---- Write barriers --------------------------------------------------------------------------------------------------
# ilc calls these for every store of a reference into something that may be an object: RDI = where, RSI = what.
# Checked builds ask HvCheckStore(where, what) first; the compiler assumes that only few registers change, so all that
# compiled code uses are kept. The other vector registers are not: they may be a vCPU's, and another moment's when a
# preempted task goes on here.
#ifdef CHECKED
        .macro CHECK_STORE
        PUSH_CFI rbp
        mov     rbp, rsp
        .irp    register, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11
        push    \register
        .endr
        sub     rsp, 256
        and     rsp, -16
        .irp    number, 0, 1, 8
        movaps  [rsp + 16 * \number], xmm\number
        .endr
        call    HvCheckStore
        .irp    number, 0, 1, 8
        movaps  xmm\number, [rsp + 16 * \number]
        .endr
        lea     rsp, [rbp - 72]
        .irp    register, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax
        pop     \register
        .endr
        POP_CFI rbp
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

        .global RhpCheckedAssignRef
        .set RhpCheckedAssignRef, RhpAssignRef

# RDI = where, RSI = where from; both move on. RCX is the caller's to lose.
FUNCTION RhpByRefAssignRef
#ifdef CHECKED
        PUSH_CFI rsi
        mov     rsi, [rsi]
        CHECK_STORE
        POP_CFI rsi
#endif
        mov     rcx, [rsi]
        mov     [rdi], rcx
        add     rdi, 8
        add     rsi, 8
        ret
END RhpByRefAssignRef

# ---- Interface dispatch ----------------------------------------------------------------------------------------------
# RDI = the object, R11 = the call's cell; all argument registers belong to the call. 1. key = type:cell, both low
# halves; 2. up to four entries of the cache, then the slow way; 3. on to the method. Null faults at the first load.
FUNCTION RhpInitialDynamicInterfaceDispatch
        mov     rax, [rdi]
        PUSH_CFI rdx
        PUSH_CFI rcx
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
        POP_CFI rcx
        POP_CFI rdx
        jmp     ResolveSlowly
1:      .cfi_adjust_cfa_offset 16
        mov     rax, [r10 + rax + 8]
        POP_CFI rcx
        POP_CFI rdx
        jmp     rax
ResolveSlowly:
        .irp    register, rdi, rsi, rdx, rcx, r8, r9
        PUSH_CFI \register
        .endr
        sub     rsp, 8 + 128
        .cfi_adjust_cfa_offset 136
        .irp    number, 0, 1
        movups  [rsp + 16 * \number], xmm\number
        .endr
        mov     rsi, r11
        call    HvResolveInterface
        .irp    number, 0, 1
        movups  xmm\number, [rsp + 16 * \number]
        .endr
        add     rsp, 8 + 128
        .cfi_adjust_cfa_offset -136
        .irp    register, r9, r8, rcx, rdx, rsi, rdi
        POP_CFI \register
        .endr
        jmp     rax
END RhpInitialDynamicInterfaceDispatch

# ---- Fault boundary --------------------------------------------------------------------------------------------------
#define KEEP(name)              mov rcx, gs:[CONTEXT_##name]; mov [rsp + RECOVERY_##name], rcx
#define RESTORE(name)           mov rcx, [rsp + RECOVERY_##name]; mov gs:[CONTEXT_##name], rcx
#define SAVE(register, NAME)    mov [rsp + RECOVERY_##NAME], register;
#define LOAD(register, NAME)    mov register, [rsp + RECOVERY_##NAME];
#define CALLEE_SAVED(move) \
        move(rbx, RBX) move(rbp, RBP) move(r12, R12) move(r13, R13) move(r14, R14) move(r15, R15)

# int HvContain(ContainedCall): 1. a recovery point on the stack, linked to the outer one; 2. the call; 3. unlink,
# return 0.
FUNCTION HvContain
        sub     rsp, RECOVERY_SIZE + 8
        .cfi_adjust_cfa_offset RECOVERY_SIZE + 8
        mov     rax, gs:[CONTEXT_RECOVERY]
        mov     [rsp + RECOVERY_OUTER], rax
        mov     [rsp + RECOVERY_STACK_POINTER], rsp
        CALLEE_SAVED(SAVE)
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
        CALLEE_SAVED(LOAD)
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

# ---- Blocks of bytes -------------------------------------------------------------------------------------------------
# void HvMoveBytes(byte* target, byte* source, nuint length): from the first byte up.
FUNCTION HvMoveBytes
        mov     rcx, rdx
        shr     rcx, 3
        rep movsq
        mov     ecx, edx
        and     ecx, 7
        rep movsb
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
        PUSH_CFI rax
        mov     rax, rsp
1:      sub     rax, 4096
        cmp     rax, r11
        jb      2f
        test    [rax], al
        jmp     1b
2:      test    [r11], al
        POP_CFI rax
        ret
END RhpStackProbe

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
