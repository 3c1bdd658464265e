// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>The IDT, one for all processors: every vector has a gate to its stub in Traps.S.</summary>
public sealed unsafe class InterruptTable
{
    public const int VectorCount = 256;

    private readonly ulong[] _gates = new ulong[VectorCount * 2];

    /// <summary>Gates to <paramref name="stubs"/>, which lie <paramref name="stubSize"/> bytes apart.</summary>
    public InterruptTable(ulong stubs, int stubSize)
    {
        for (int vector = 0; vector < VectorCount; vector++)
        {
            ulong target = stubs + (ulong)(vector * stubSize);
            _gates[vector * 2] = InterruptGate.To(target, (int)StackOf(vector)).Value;
            _gates[(vector * 2) + 1] = target >> 32;
        }
    }

    /// <summary>The table's linear address.</summary>
    public ulong Address
    {
        get
        {
            fixed (ulong* gates = _gates)
            {
                return (ulong)gates;
            }
        }
    }

    /// <summary>The raw gate of a vector: low and high half.</summary>
    public (ulong Low, ulong High) this[int vector] => (_gates[vector * 2], _gates[(vector * 2) + 1]);

    /// <summary>Makes the calling processor use it.</summary>
    public void Load()
    {
        var descriptor = new TableDescriptor(Address, _gates.Length * sizeof(ulong));
        Instructions.LoadIdt(&descriptor);
    }

    private static InterruptStack StackOf(int vector) => (TrapVector)vector switch
    {
        TrapVector.DoubleFault => InterruptStack.DoubleFault,
        TrapVector.Nmi => InterruptStack.Nmi,
        TrapVector.MachineCheck => InterruptStack.MachineCheck,
        _ => vector < TrapStubs.FirstInterrupt ? InterruptStack.Fault : InterruptStack.Interrupt,
    };
}
