// SPDX-License-Identifier: MIT
using Hypervisor.Platform;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Platform;

public sealed class CoreTopologyTests
{
    private readonly FakeProcessor _processor = FakeProcessor.Reset();

    [Fact]
    public void WithoutLeaves_EachProcessorIsACore()
    {
        Assert.Equal([true, true, true], FirstThreads(0, 1, 2));
    }

    [Fact]
    public void Leaf0B_SaysHowManyBitsCountThreads()
    {
        _processor.CpuidLeaves[(0, 0)] = new CpuidResult(0xb, 0, 0, 0);
        _processor.CpuidLeaves[(0xb, 0)] = new CpuidResult(1, 2, 0, 0);
        Assert.Equal([true, false, true, true], FirstThreads(0, 1, 2, 5));
        Assert.Equal([true, false, true], FirstThreads(7, 6, 300));
    }

    [Fact]
    public void Leaf8000001E_CountsThreads()
    {
        _processor.CpuidLeaves[(0x8000_0000, 0)] = new CpuidResult(0x8000_001e, 0, 0, 0);
        _processor.CpuidLeaves[(0x8000_0001, 0)] = new CpuidResult(0, 0, 1 << 22, 0);
        _processor.CpuidLeaves[(0x8000_001e, 0)] = new CpuidResult(0, 2 << 8, 0, 0);
        Assert.Equal([true, false, false, true], FirstThreads(0, 1, 2, 4));
    }

    private static bool[] FirstThreads(params uint[] apicIds)
    {
        var list = new ProcessorList(apicIds.Length, new Processor(0, apicIds[0], null!));
        for (int index = 1; index < apicIds.Length; index++)
        {
            list.Add(new Processor(index, apicIds[index], null!));
        }

        return CoreTopology.FindFirstThreads(list);
    }
}
