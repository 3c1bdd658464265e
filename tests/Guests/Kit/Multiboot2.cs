// SPDX-License-Identifier: MIT
namespace Hypervisor.Guests.Kit;

/// <summary>Reads what a loader of multiboot 2 tells (Multiboot2 Specification 2.0, 3.6).</summary>
internal static unsafe class Multiboot2
{
    internal const uint Magic = 0x36d76289;

    private const int HeaderLength = 8;

    internal static void Read(uint information, BootInformation boot)
    {
        boot.Protocol = BootProtocol.Multiboot2;
        byte* end = (byte*)information + *(uint*)information;
        byte* tag = (byte*)information + HeaderLength;
        while (tag < end && *(uint*)tag != 0)
        {
            uint length = *(uint*)(tag + 4);
            ReadTag(*(uint*)tag, (ulong)tag + HeaderLength, (int)length - HeaderLength, boot);
            tag += (length + 7) & ~7u;
        }
    }

    private static void ReadTag(uint type, ulong content, int length, BootInformation boot)
    {
        var words = (uint*)content;
        switch (type)
        {
            case 1:
                boot.CommandLine = BootInformation.TextAt(content);
                break;
            case 2:
                boot.LoaderName = BootInformation.TextAt(content);
                break;
            case 3:
                boot.ModuleCount++;
                boot.SetModule(words[0], words[1] - words[0]);
                boot.ModuleName = BootInformation.TextAt(content + 8);
                break;
            case 4:
                boot.LowerMemory = words[0];
                boot.UpperMemory = words[1];
                break;
            case 6:
                boot.SetMap(content + 8, (length - 8) / (int)words[0], (int)words[0]);
                break;
            case 15:
                // A copy of the root pointer, not its address.
                boot.Rsdp = content;
                break;
        }
    }
}
