#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: constructors.sh OBJECT OUTPUT
# ilc puts the address of a class constructor that it could not run at compile time before the class's statics, for the
# first use to find. This writes the table of those places, so that start-up can run them all (Startup.cs), and gives
# the object's .data a global name that the table refers to. $3 of a relocation section's heading is its name.
set -e
objcopy --add-symbol ilc_data=.data:0,global "$1"
{
    echo '        .section .constructors, "a", @progbits'
    readelf -rW "$1" | awk '
        /^Relocation section/ { inData = $3 == "'"'"'.rela.data'"'"'" }
        inData && /R_X86_64_64/ && (/___cctor \+ 0$/ || /__fatpointer_.*___cctor \+ 2$/) {
            print "        .long   ilc_data + 0x" $1 " - ."
        }'
    echo '        .section .note.GNU-stack, "", @progbits'
} > "$2"
