// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Unit.Memory;

/// <summary>A machine with RAM (2 GiB unless told) and an image, in the host flavour's physical memory.</summary>
internal sealed class TestMachine
{
    public const ulong TextPhysical = 0x20_0000;
    public const ulong DataPhysical = 0x24_0000;

    /// <summary>So much RAM from 1 MiB on, and so much from 4 GiB on, in bytes.</summary>
    public TestMachine(ulong low = 0x5000_0000, ulong high = 0x2ff0_0000)
    {
        DirectMap.Erase();
        MemoryArea[] map =
        [
            new(new HostPhysical(0), 0x9f000, FrameKind.Free),
            new(new HostPhysical(0xf0000), 0x10000, FrameKind.Reserved),
            new(new HostPhysical(0x10_0000), low, FrameKind.Free),
            new(new HostPhysical(0xfec0_0000), 0x140_0000, FrameKind.Reserved),
            new(new HostPhysical(0x1_0000_0000), high, FrameKind.Free),
        ];
        Frames = new FrameAllocator(
            map, [new MemoryArea(new HostPhysical(TextPhysical), 0x8_0000, FrameKind.Kernel)]);
        Space = new AddressSpace(
            Frames,
            map,
            [
                new ImageSection(
                    new HostVirtual(KernelLayout.Image), new HostPhysical(TextPhysical), 0x4_0000, PageAccess.Execute),
                new ImageSection(
                    new HostVirtual(KernelLayout.Image + 0x4_0000), new HostPhysical(DataPhysical), 0x4_0000,
                    PageAccess.Write),
            ]);
        Windows = new VmWindows(Space, Frames);
    }

    public FrameAllocator Frames { get; }

    public AddressSpace Space { get; }

    public VmWindows Windows { get; }
}
