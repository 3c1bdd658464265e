// SPDX-License-Identifier: MIT
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Hypervisor.Virtualization;

namespace Hypervisor.Machine;

/// <summary>
/// Why a VM crashed: what, where in the hypervisor, and which guest instruction. One per slot, made at boot and filled
/// where the fault is caught, because nothing can be allocated then; it stays readable until the VM crashes again.
/// </summary>
public sealed class FaultReport
{
    /// <summary>How many return addresses are kept.</summary>
    public const int Depth = 16;

    private readonly ulong[] _stack = new ulong[Depth];

    /// <summary>
    /// None where the VM was stopped with a reason (see <see cref="Reason"/>) or nothing has happened.
    /// </summary>
    public FaultKind Kind { get; private set; }

    /// <summary>A sentence of the handler that gave up; null for a fault of ours.</summary>
    public string? Reason { get; private set; }

    /// <summary>The name of what the sentence is about (an instruction's form, say); empty otherwise.</summary>
    public string Subject { get; private set; } = string.Empty;

    public ulong Detail { get; private set; }

    public int Cpu { get; private set; }

    /// <summary>Why the vCPU had left the guest.</summary>
    public ExitKind Exit { get; private set; }

    /// <summary>The guest's instruction pointer.</summary>
    public ulong GuestRip { get; private set; }

    /// <summary>The guest instruction's bytes as far as they are known.</summary>
    public int ByteCount { get; private set; }

    public ulong BytesLow { get; private set; }

    public ulong BytesHigh { get; private set; }

    /// <summary>Our own code's address at the fault, and its callers.</summary>
    public ulong HostRip { get; private set; }

    public int StackDepth { get; private set; }

    /// <summary>Return address <paramref name="index"/> of the hypervisor's stack, the innermost first.</summary>
    public ulong StackAt(int index) => _stack[index];

    /// <summary>Fills the report of a fault of ours from what the trap left with the processor.</summary>
    public void Record(FaultKind kind, VirtualCpu? cpu, FaultTrace trace)
    {
        Begin(cpu);
        Kind = kind;
        HostRip = trace.Rip;
        StackDepth = trace.CopyTo(_stack);
    }

    /// <summary>Fills the report of a VM that a handler stopped with a reason.</summary>
    public void Record(VirtualCpu cpu)
    {
        Begin(cpu);
        StopReport stop = cpu.Stop;
        Reason = stop.Reason;
        Subject = stop.Subject;
        Detail = stop.Detail;
        GuestRip = stop.Rip;
        ByteCount = stop.ByteCount;
        BytesLow = stop.BytesLow;
        BytesHigh = stop.BytesHigh;
    }

    /// <summary>Forgets what was recorded.</summary>
    internal void Clear() => Begin(null);

    private void Begin(VirtualCpu? cpu)
    {
        Kind = FaultKind.None;
        Reason = null;
        Subject = string.Empty;
        Detail = 0;
        ByteCount = 0;
        HostRip = 0;
        StackDepth = 0;
        Cpu = cpu?.Index ?? 0;
        Exit = cpu?.Exit.Kind ?? ExitKind.None;
        GuestRip = cpu?.Registers.Rip ?? 0;
    }
}
