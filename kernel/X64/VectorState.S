# SPDX-License-Identifier: MIT
#
# The vector registers that compiled code of ours never touches, to and from a record: all but XMM0, XMM1 and XMM8.

        .intel_syntax noprefix
        .text
        .altmacro

        .macro STORE number
        movups  [rdi + 16 * \number], xmm\number
        .endm

        .macro LOAD number
        movups  xmm\number, [rdi + 16 * \number]
        .endm

        .macro OTHERS operation
        .irp    number, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15
        \operation \number
        .endr
        .endm

        .global HvStoreVectors
        .type HvStoreVectors, @function
HvStoreVectors:                         # rdi = VectorRegisters
        OTHERS STORE
        ret

        .global HvLoadVectors
        .type HvLoadVectors, @function
HvLoadVectors:                          # rdi = VectorRegisters
        OTHERS LOAD
        ret

        .section .note.GNU-stack,"",@progbits
