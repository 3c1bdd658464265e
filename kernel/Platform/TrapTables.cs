// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// What a processor needs before it may fault: descriptors with stacks of its own, and the interrupt table that all
/// share. From <see cref="Load"/> on a fault of ours is a panic with registers and a stack, not a reset of the machine.
/// </summary>
public sealed class TrapTables
{
    private const ulong SmallStack = 4096;

    private readonly InterruptTable _interrupts;

    private TrapTables(InterruptTable interrupts)
    {
        _interrupts = interrupts;
    }

    /// <summary>The processor's GDT and task-state segment.</summary>
    public DescriptorTables Descriptors { get; } = new();

    /// <summary>The boot processor's, with the stacks that are in the image.</summary>
    public static TrapTables CreateFirst()
    {
        var tables = new TrapTables(new InterruptTable(TrapStubs.GetAddress(), TrapStubs.Size));
        ref readonly BootLayout layout = ref BootLayout.Current;
        tables.Descriptors.SetStack(InterruptStack.DoubleFault, layout.DoubleFaultStackEnd);
        tables.Descriptors.SetStack(InterruptStack.Nmi, layout.NmiStackEnd);
        tables.Descriptors.SetStack(InterruptStack.MachineCheck, layout.MachineCheckStackEnd);
        tables.Descriptors.SetStack(InterruptStack.Fault, layout.FaultStackEnd);
        tables.Descriptors.SetStack(InterruptStack.Interrupt, layout.InterruptStackEnd);
        return tables;
    }

    /// <summary>Those of another processor; null where memory has run out.</summary>
    public TrapTables? TryCreateAnother(StackArea stacks)
    {
        var tables = new TrapTables(_interrupts);
        bool hasStacks = tables.TryAddStack(stacks, InterruptStack.DoubleFault, SmallStack)
            && tables.TryAddStack(stacks, InterruptStack.Nmi, SmallStack)
            && tables.TryAddStack(stacks, InterruptStack.MachineCheck, SmallStack)
            && tables.TryAddStack(stacks, InterruptStack.Fault, SmallStack)
            && tables.TryAddStack(stacks, InterruptStack.Interrupt, BootLayout.Current.InterruptStackSize);
        return hasStacks ? tables : null;
    }

    /// <summary>Makes the calling processor use them.</summary>
    public void Load()
    {
        Descriptors.Load();
        _interrupts.Load();
        if (new ProcessorFeatures().HasMachineCheck)
        {
            // Without it a machine check shuts the machine down without a word (SDM volume 3, 16.10).
            var control = new Cr4(Instructions.ReadCr4());
            Instructions.WriteCr4((control with { MachineCheckEnable = true }).Value);
        }
    }

    private bool TryAddStack(StackArea stacks, InterruptStack stack, ulong size)
    {
        bool found = stacks.TryCreate(size, out HostVirtual top);
        Descriptors.SetStack(stack, top.Value);
        return found;
    }
}
