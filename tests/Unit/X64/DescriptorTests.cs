// SPDX-License-Identifier: MIT
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.X64;

public sealed class DescriptorTests
{
    [Fact]
    public void CodeAndDataAreFlat()
    {
        Assert.Equal(0x00a0_9b00_0000_0000ul, SegmentDescriptor.KernelCode.Value);
        Assert.Equal(0x00cf_9300_0000_ffffuL, SegmentDescriptor.KernelData.Value);
    }

    [Fact]
    public void TaskStateDescriptorSplitsItsBase()
    {
        var descriptor = SegmentDescriptor.TaskState(0xffff_e000_1234_5678, 104);

        Assert.Equal(0x1200_8934_5678_0067ul, descriptor.Value);
    }

    [Fact]
    public void GateSplitsItsTarget()
    {
        Assert.Equal(0x8012_8e04_0008_3456ul, InterruptGate.To(0xffff_ffff_8012_3456, 4).Value);
    }

    [Fact]
    public void TaskStateKeepsStacksWhereTheProcessorLooks()
    {
        var tables = new DescriptorTables();
        tables.SetStack(InterruptStack.DoubleFault, 0xffff_e100_0000_1000);
        tables.SetStack(InterruptStack.Fault, 0xffff_e100_0000_4000);

        Assert.Equal(0xffff_e100_0000_1000ul, tables.GetStack(InterruptStack.DoubleFault));
        Assert.Equal(0ul, tables.GetStack(InterruptStack.Nmi));
        Assert.Equal(0xffff_e100_0000_4000ul, tables.GetStack(InterruptStack.Fault));
    }

    [Fact]
    public void EveryVectorHasAGate()
    {
        var table = new InterruptTable(0xffff_ffff_8001_0000, 16);

        for (int vector = 0; vector < InterruptTable.VectorCount; vector++)
        {
            (ulong low, ulong high) = table[vector];
            var gate = new InterruptGate(low);
            Assert.Equal(0xffff_fffful, high);
            Assert.Equal(0x8001_0000ul + ((ulong)vector * 16), gate.TargetLow | ((ulong)gate.TargetMiddle << 16));
            Assert.True(gate.Present);
            InterruptStack stack = vector switch
            {
                2 => InterruptStack.Nmi,
                8 => InterruptStack.DoubleFault,
                18 => InterruptStack.MachineCheck,
                < 32 => InterruptStack.Fault,
                _ => InterruptStack.Interrupt,
            };
            Assert.Equal((int)stack, gate.Stack);
        }
    }
}
