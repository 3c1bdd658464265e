// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Hypervisor.X64;

/// <summary>
/// The processor that the host flavour's <see cref="Instructions"/> work on: one per thread, made on first use. A test
/// fills in what its subject will read and looks at what it has written.
/// </summary>
public sealed class FakeProcessor
{
    [ThreadStatic]
    private static FakeProcessor? s_current;

    public static FakeProcessor Current => s_current ??= new FakeProcessor();

    public Dictionary<uint, ulong> Msrs { get; } = new();

    public Dictionary<(uint Leaf, uint Subleaf), CpuidResult> CpuidLeaves { get; } = new();

    public ulong[] ControlRegisters { get; } = new ulong[9];

    public ulong[] DebugRegisters { get; } = new ulong[8];

    public ulong InterruptTable { get; set; }

    /// <summary>Machine checks that were handed to the host's handler.</summary>
    public int MachineChecks { get; set; }

    public ulong Xcr0 { get; set; } = 1;

    public bool InterruptsEnabled { get; set; }

    /// <summary>The next value of the time-stamp counter; every read moves it on by one.</summary>
    public ulong Timestamp { get; set; }

    public int Halts { get; set; }

    /// <summary>Answers a port read of 1, 2 or 4 bytes; all ones where no test has put something else here.</summary>
    public Func<ushort, int, uint> PortRead { get; set; } = static (_, _) => uint.MaxValue;

    /// <summary>Takes a port write of 1, 2 or 4 bytes.</summary>
    public Action<ushort, int, uint> PortWrite { get; set; } = static (_, _, _) => { };

    /// <summary>Starts the calling thread afresh.</summary>
    public static FakeProcessor Reset() => s_current = new FakeProcessor();
}
