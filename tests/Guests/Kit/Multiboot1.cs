// SPDX-License-Identifier: MIT
namespace Hypervisor.Guests.Kit;

/// <summary>Reads what a loader of multiboot 1 tells (Multiboot Specification 0.6.96, 3.3).</summary>
internal static unsafe class Multiboot1
{
    internal const uint Magic = 0x2badb002;

    private const uint HasMemory = 1 << 0;
    private const uint HasCommandLine = 1 << 2;
    private const uint HasModules = 1 << 3;
    private const uint HasMap = 1 << 6;
    private const uint HasName = 1 << 9;

    internal static void Read(uint information, BootInformation boot)
    {
        var words = (uint*)information;
        uint flags = words[0];
        boot.Protocol = BootProtocol.Multiboot1;
        if ((flags & HasMemory) != 0)
        {
            boot.LowerMemory = words[1];
            boot.UpperMemory = words[2];
        }
        if ((flags & HasCommandLine) != 0)
        {
            boot.CommandLine = BootInformation.TextAt(words[4]);
        }
        if ((flags & HasModules) != 0 && words[5] != 0)
        {
            var module = (uint*)words[6];
            boot.ModuleCount = (int)words[5];
            boot.SetModule(module[0], module[1] - module[0]);
            boot.ModuleName = BootInformation.TextAt(module[2]);
        }
        if ((flags & HasMap) != 0 && words[11] != 0)
        {
            // The size before each entry counts what follows it; all are alike.
            int stride = (int)*(uint*)words[12] + sizeof(uint);
            boot.SetMap(words[12] + sizeof(uint), (int)words[11] / stride, stride);
        }
        if ((flags & HasName) != 0)
        {
            boot.LoaderName = BootInformation.TextAt(words[16]);
        }
    }
}
