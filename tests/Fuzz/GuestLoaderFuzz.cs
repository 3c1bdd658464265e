// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Machine.GuestLoader;
using Hypervisor.Machine.GuestTables;
using Hypervisor.Memory;
using Hypervisor.Unit.Machine.GuestLoader;
using Xunit;

namespace Hypervisor.Fuzz;

/// <summary>Kernels come from a user: any file is loaded or refused with a sentence, never a fault.</summary>
public sealed class GuestLoaderFuzz
{
    private const int Rounds = 3000;
    private const ulong MemorySize = 64UL << 20;

    private static readonly byte[][] s_kernels =
    [
        SampleImages.Linux(),
        SampleImages.Linux(entry64: false),
        SampleImages.Linux(relocatable: false),
        SampleImages.Elf(is64: true, pvh: true),
        SampleImages.Elf(is64: false, pvh: true),
        SampleImages.Elf(is64: true, pvh: false),
    ];

    [Fact]
    public void DamagedKernels_AreLoadedOrRefused()
    {
        GuestRange[] ranges = MemoryMap.RangesOf(MemorySize);
        GuestMemory memory = HostGuestMemory.Create(ranges);
        MemoryMap map = MemoryMap.Build(ranges);
        FuzzRun.Rounds(Rounds, random =>
        {
            byte[] kernel = s_kernels[random.Next(s_kernels.Length)];

            // Headers are at the front, and there the mistakes are.
            int front = Math.Min(kernel.Length, 0x400);
            byte[] damaged = [.. Mutation.Damage(kernel.AsSpan(0, front), random), .. kernel.AsSpan(front)];
            Load(damaged, memory, map, random);
        });
    }

    private static void Load(byte[] kernel, GuestMemory memory, MemoryMap map, Random random)
    {
        var request = new BootRequest(new ArraySource(kernel), memory, map)
        {
            CommandLine = new string('x', random.Next(2048)),
            Initrd = random.Next(2) == 0 ? null : new ArraySource(new byte[random.Next(1 << 16)]),
        };
        LoadResult result = GuestImageLoader.Load(request);
        if (result.Error != null)
        {
            Assert.NotEmpty(result.Error);
            return;
        }

        Assert.True(memory.Contains(new GuestPhysical(result.State.Rip), 1), $"starts at {result.State.Rip:x}");
    }
}
