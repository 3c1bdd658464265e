# SPDX-License-Identifier: MIT
# A stand-in for the hypervisor that boots in an instant: says that it is up, and its command line and modules, on the
# serial port, then sends back what is typed. Some keys make it end as the hypervisor would: q powers off, p panics,
# t triple-faults, r restarts, c reports a guest's crash, n that it cannot start one.
        .set    PORT, 0x3f8
        .set    STATUS, 0x3fd

        .text
        .balign 8
header: .long   0xe85250d6, 0, header_end - header, -(0xe85250d6 + (header_end - header))
        .short  0, 0
        .long   8
header_end:

        .code32
        .globl  _start
_start: mov     $stack_top, %esp
        mov     $up, %esi
        call    print
        lea     8(%ebx), %edi
tag:    mov     (%edi), %eax
        test    %eax, %eax
        jz      keys
        lea     8(%edi), %esi           # type 1 is the command line, 3 a module with its own
        cmp     $1, %eax
        je      say
        cmp     $3, %eax
        jne     next
        lea     16(%edi), %esi
say:    call    print
        mov     $'\n', %al
        call    put
next:   mov     4(%edi), %eax
        add     $7, %eax
        and     $~7, %eax
        add     %eax, %edi
        jmp     tag

keys:   mov     $STATUS, %dx
        in      %dx, %al
        test    $1, %al
        jz      keys
        mov     $PORT, %dx
        in      %dx, %al
        cmp     $'q', %al
        je      power_off
        cmp     $'p', %al
        je      panic
        cmp     $'t', %al
        je      triple_fault
        cmp     $'r', %al
        je      restart
        cmp     $'c', %al
        je      crash
        cmp     $'n', %al
        je      refuse
        call    put
        jmp     keys

power_off:                              # PM1a_CNT of QEMU's board, then of Bochs'
        mov     $0x604, %dx
        mov     $0x2000, %ax
        out     %ax, %dx
        mov     $0xb004, %dx
        out     %ax, %dx
        hlt
panic:  mov     $0xf4, %dx
        mov     $0x10, %eax
        out     %eax, %dx
        mov     $exit_word, %esi
        mov     $0x8900, %dx
        mov     $8, %ecx
        rep outsb
        hlt
triple_fault:
        lidt    nothing
        int3
restart:
        mov     $0xcf9, %dx
        mov     $6, %al
        out     %al, %dx
        hlt
crash:  mov     $crashed, %esi
        call    print
        jmp     keys
refuse: mov     $refused, %esi
        call    print
        jmp     keys

print:  lodsb
        test    %al, %al
        jz      1f
        call    put
        jmp     print
1:      ret

put:    push    %eax
1:      mov     $STATUS, %dx
        in      %dx, %al
        test    $0x20, %al
        jz      1b
        pop     %eax
        mov     $PORT, %dx
        out     %al, %dx
        ret

        .data
nothing: .quad  0
exit_word: .ascii "Shutdown"
up:     .asciz  "stand-in is up\r\n"
crashed: .asciz "\nvm web crashed: as it was told\n"
refused: .asciz "\n[host] web: cannot start: as it was told\n"

        .bss
        .skip   4096
stack_top:
