// SPDX-License-Identifier: MIT
using System.Text;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.X64;

public sealed class ProcessorFeaturesTests
{
    [Fact]
    public void ReadsVendorModelAndBrand()
    {
        FakeProcessor processor = FakeProcessor.Reset();
        processor.CpuidLeaves[(0, 0)] = new CpuidResult(1, 0x68747541, 0x444d4163, 0x69746e65);
        processor.CpuidLeaves[(1, 0)] = new CpuidResult(0x00a2_0f12, 0x0500_0000, 1u << 21, 0);
        processor.CpuidLeaves[(0x8000_0000, 0)] = new CpuidResult(0x8000_0008, 0, 0, 0);
        processor.CpuidLeaves[(0x8000_0001, 0)] = new CpuidResult(0, 0, 1u << 2, 1u << 26);
        processor.CpuidLeaves[(0x8000_0002, 0)] = new CpuidResult(0x6556_2020, 0x7972, 0, 0);
        processor.CpuidLeaves[(0x8000_0008, 0)] = new CpuidResult(48, 0, 0, 0);

        var features = new ProcessorFeatures();

        Assert.Equal(ProcessorVendor.Amd, features.Vendor);
        Assert.Equal(0x19, features.Family);
        Assert.Equal(0x21, features.Model);
        Assert.Equal(2, features.Stepping);
        Assert.Equal(5, features.InitialApicId);
        Assert.Equal("Very", Encoding.ASCII.GetString(features.Brand));
        Assert.True(features.HasX2Apic && features.HasSvm && features.HasGigabytePages);
        Assert.False(features.HasVmx || features.HasTimestampDeadline);
        Assert.Equal(48, features.PhysicalAddressBits);
    }

    [Fact]
    public void LeavesBeyondTheHighestReadAsZero()
    {
        FakeProcessor processor = FakeProcessor.Reset();
        processor.CpuidLeaves[(7, 0)] = new CpuidResult(0, uint.MaxValue, 0, 0);

        var features = new ProcessorFeatures();

        Assert.Equal(ProcessorVendor.Other, features.Vendor);
        Assert.False(features.HasSupervisorExecutionPrevention);
        Assert.Equal(36, features.PhysicalAddressBits);
    }
}
