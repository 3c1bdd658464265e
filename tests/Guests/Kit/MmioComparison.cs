// SPDX-License-Identifier: MIT
using System.Threading;

namespace Hypervisor.Guests.Kit;

/// <summary>
/// Runs the same instruction on device memory and on RAM that holds the same, and compares every register, the flags
/// and what the memory holds afterwards.
/// </summary>
internal static unsafe class MmioComparison
{
    internal const ulong Ram = 0xf10000;

    /// <summary>What the string instructions read from or write to on the other side.</summary>
    internal const ulong Other = 0xf11000;

    private const ulong Start = 0x8877_6655_9ABC_DEF0;

    /// <summary>On a device that only reads: RAM takes over the 32 bytes from <paramref name="device"/> on.</summary>
    internal static void Reads(MmioForm form, ulong device)
    {
        for (uint i = 0; i < 32; i += 4)
        {
            Mmio.Write(Ram + i, Mmio.Read(device + i));
        }
        RegisterFile onRam = Run(form, Ram);
        RegisterFile onDevice = Run(form, device);
        Compare(form, ref onRam, ref onDevice, device);
    }

    /// <summary>On a 32-bit register that keeps what is written.</summary>
    internal static void Writes(MmioForm form, ulong device, uint before)
    {
        Mmio.Write(Ram, before);
        Mmio.Write(device, before);
        Volatile.Write(ref *(ulong*)Other, 0x1122334455667788);
        RegisterFile onRam = Run(form, Ram);
        Volatile.Write(ref *(ulong*)Other, 0x1122334455667788);
        RegisterFile onDevice = Run(form, device);
        Compare(form, ref onRam, ref onDevice, device);
        if (Mmio.Read(Ram) != Mmio.Read(device))
        {
            Check.Fail($"{form.Name}: RAM holds {Mmio.Read(Ram):x}, the device {Mmio.Read(device):x}");
        }
    }

    /// <summary>On an 8- or 16-bit register, reached through a doubleword of which the rest reads as it did.</summary>
    internal static void NarrowWrites(MmioForm form, ulong device, ulong doubleword, byte before)
    {
        *(byte*)device = before;
        Mmio.Write(Ram, Mmio.Read(doubleword));
        RegisterFile onRam = Run(form, Ram + (device & 3));
        RegisterFile onDevice = Run(form, device);
        onRam.Rdi -= device & 3;
        Compare(form, ref onRam, ref onDevice, device);
        if (Mmio.Read(Ram) != Mmio.Read(doubleword))
        {
            Check.Fail($"{form.Name}: RAM holds {Mmio.Read(Ram):x}, the device {Mmio.Read(doubleword):x}");
        }
    }

    private static RegisterFile Run(MmioForm form, ulong target)
    {
        RegisterFile registers = new()
        {
            Rax = Start,
            Rcx = 1,
            Rdx = 0x0f0f0f0f_12345678,
            Rbx = 0xfedcba98_76543210,
            Rsi = Other,
            Rdi = target,
            R8 = 0x00ff00ff_00ff00ff,
            R9 = 5,
            Flags = 1,
        };
        int vector = MachineCode.Run(form.Code, ref registers);
        if (vector != MachineCode.NoException)
        {
            Check.Fail(
                $"{form.Name}: exception {vector}, error {Interrupts.LastErrorCode:x}, cr2 {Interrupts.LastCr2:x}");
        }
        return registers;
    }

    private static void Compare(MmioForm form, ref RegisterFile onRam, ref RegisterFile onDevice, ulong device)
    {
        Same(form, "RAX", onRam.Rax, onDevice.Rax);
        Same(form, "RCX", onRam.Rcx, onDevice.Rcx);
        Same(form, "RDX", onRam.Rdx, onDevice.Rdx);
        Same(form, "RBX", onRam.Rbx, onDevice.Rbx);
        Same(form, "R8", onRam.R8, onDevice.R8);
        Same(form, "R9", onRam.R9, onDevice.R9);
        Same(form, "RSI", onRam.Rsi, onDevice.Rsi);
        Same(form, "RDI", onRam.Rdi - Ram, onDevice.Rdi - device);
        Same(form, "flags", onRam.Flags & form.Flags, onDevice.Flags & form.Flags);
    }

    private static void Same(MmioForm form, string what, ulong onRam, ulong onDevice)
    {
        if (onRam != onDevice)
        {
            Check.Fail($"{form.Name}: {what} is {onRam:x} on RAM, {onDevice:x} on the device");
        }
    }
}
