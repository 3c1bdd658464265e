// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hypervisor.X64;

/// <summary>Memory for XSAVE and XRSTOR in the standard format, allocated once (APM volume 2, 11.5).</summary>
public sealed unsafe class ExtendedStateArea
{
    private const int Alignment = 64;
    private const int HeaderEnd = 576;
    private const ushort InitialFcw = 0x37F;
    private const uint InitialMxcsr = 0x1F80;
    private const int MxcsrOffset = 24;

    private readonly byte[] _memory;

    /// <param name="size">Bytes that CPUID.0DH reports for all components that are ever used.</param>
    public ExtendedStateArea(int size)
    {
        _memory = new byte[Math.Max(size, HeaderEnd) + Alignment];
        Reset();
    }

    /// <summary>Makes the area one from which <see cref="Load"/> gives every component its initial state.</summary>
    public void Reset()
    {
        Array.Clear(_memory, 0, _memory.Length);
        byte* area = Area;
        *(ushort*)area = InitialFcw;
        *(uint*)(area + MxcsrOffset) = InitialMxcsr;
    }

    /// <summary>XSAVE of the given components; XCR0 must have them enabled.</summary>
    public void Save(ulong components) => Instructions.Xsave(Area, components);

    /// <summary>XRSTOR of the given components; XCR0 must have them enabled.</summary>
    public void Load(ulong components) => Instructions.Xrstor(Area, components);

    /// <summary>The array lies still: objects of the hypervisor are never moved.</summary>
    private byte* Area
    {
        get
        {
            byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
            return (byte*)(((ulong)start + Alignment - 1) & ~(ulong)(Alignment - 1));
        }
    }
}
