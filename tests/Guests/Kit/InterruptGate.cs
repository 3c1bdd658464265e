// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>A 64-bit interrupt gate (AMD APM volume 2, 4.8.4).</summary>
[ExpectedSize(16)]
[StructLayout(LayoutKind.Sequential)]
internal readonly struct InterruptGate
{
    private const ushort CodeSelector = 8;
    private const byte PresentInterruptGate = 0x8e;

    private readonly ushort _low;
    private readonly ushort _selector;
    private readonly byte _stack;
    private readonly byte _kind;
    private readonly ushort _middle;
    private readonly uint _high;
    private readonly uint _reserved;

    internal InterruptGate(nint handler)
    {
        _low = (ushort)handler;
        _selector = CodeSelector;
        _stack = 0;
        _kind = PresentInterruptGate;
        _middle = (ushort)(handler >> 16);
        _high = (uint)(handler >> 32);
        _reserved = 0;
    }
}
