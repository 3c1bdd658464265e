// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Hypervisor.Tool.Emulation;

/// <summary>The arguments of qemu-system-x86_64 for a board.</summary>
internal static class QemuCommandLine
{
    public const string Program = "qemu-system-x86_64";

    /// <summary>From here on QEMU may not reserve the memory in advance: it fails on a smaller computer.</summary>
    private const int UnreservedMemoryMiB = 8192;

    /// <summary>The arguments; sockets, logs and the firmware's variables lie in <paramref name="scratch"/>.</summary>
    public static List<string> Build(EmulatorOptions options, EmulatorFiles scratch)
    {
        List<string> line =
        [
            "-name", "hypervisor",
            "-M", options.MemoryMiB >= UnreservedMemoryMiB ? "q35,memory-backend=ram" : "q35",
            "-m", Number(options.MemoryMiB),
            "-smp", Number(options.Cpus),
            "-display", "none", "-vga", "std", "-monitor", "none", "-parallel", "none", "-nic", "none",
            "-chardev", "stdio,id=console,signal=off",
            "-chardev", $"socket,id=control,path={scratch.ControlSocket},server=on,wait=on",
            "-mon", "chardev=control,mode=control",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
            "-d", "cpu_reset", "-D", scratch.ResetLog,
        ];
        AddMemory(line, options);
        AddProcessor(line, options);
        AddConsole(line, options);
        AddFirmware(line, options, scratch);
        AddMedium(line, options);
        if (options.Gdb)
        {
            line.AddRange(["-S", "-chardev", $"socket,id=gdb,path={scratch.GdbSocket},server=on,wait=off", "-gdb",
                "chardev:gdb"]);
        }

        return line;
    }

    private static void AddMemory(List<string> line, EmulatorOptions options)
    {
        if (options.MemoryMiB >= UnreservedMemoryMiB)
        {
            line.AddRange(["-object", $"memory-backend-ram,id=ram,size={Number(options.MemoryMiB)}M,reserve=off"]);
        }
    }

    private static void AddProcessor(List<string> line, EmulatorOptions options)
    {
        line.AddRange(options.Machine == EmulatedMachine.QemuKvm
            ? ["-accel", "kvm", "-cpu", "host"]
            : ["-accel", options.Parallel ? "tcg,thread=multi" : "tcg,thread=single", "-cpu", "EPYC,+svm,+npt"]);
        if (options.Icount)
        {
            string shift = Number(options.IcountShift);
            line.AddRange(["-icount", $"shift={shift},sleep=off", "-rtc", "base=2024-01-01,clock=vm", "-seed", "1"]);
        }
    }

    private static void AddConsole(List<string> line, EmulatorOptions options)
    {
        for (int port = 1; port < options.ConsolePort; port++)
        {
            line.AddRange(["-serial", "null"]);
        }

        line.AddRange(["-serial", "chardev:console"]);
    }

    private static void AddFirmware(List<string> line, EmulatorOptions options, EmulatorFiles scratch)
    {
        if (!options.Uefi)
        {
            return;
        }

        UefiFirmware firmware = UefiFirmware.Find();
        File.Copy(firmware.Variables, scratch.FirmwareVariables, overwrite: true);
        line.AddRange(
        [
            "-drive", $"if=pflash,format=raw,unit=0,readonly=on,file={firmware.Code}",
            "-drive", $"if=pflash,format=raw,unit=1,file={scratch.FirmwareVariables}",
        ]);
    }

    private static void AddMedium(List<string> line, EmulatorOptions options)
    {
        if (options.Kernel is not null)
        {
            line.AddRange(["-kernel", options.Kernel, "-append", options.KernelCommandLine]);
            return;
        }

        string file = options.Medium.Replace(",", ",,", StringComparison.Ordinal);
        line.AddRange(options.Disk
            ? ["-drive", $"if=none,id=medium,format=raw,file={file}", "-device", "ide-hd,drive=medium,bootindex=0"]
            : ["-drive", $"if=none,id=medium,media=cdrom,format=raw,readonly=on,file={file}",
                "-device", "ide-cd,drive=medium,bootindex=0"]);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
