// SPDX-License-Identifier: MIT
namespace Hypervisor.Guests.Kit;

/// <summary>Reads what a loader of PVH tells (Xen: public/arch-x86/hvm/start_info.h).</summary>
internal static unsafe class Pvh
{
    private const int MapEntryLength = 24;

    internal static void Read(StartInfo* info, BootInformation boot)
    {
        boot.Protocol = BootProtocol.Pvh;
        boot.Rsdp = info->Rsdp;
        if (info->CommandLine != 0)
        {
            boot.CommandLine = BootInformation.TextAt(info->CommandLine);
        }
        if (info->ModuleCount != 0)
        {
            var module = (ulong*)info->Modules;
            boot.ModuleCount = (int)info->ModuleCount;
            boot.SetModule(module[0], module[1]);
        }
        if (info->Version >= 1 && info->MemoryMap != 0)
        {
            boot.SetMap(info->MemoryMap, (int)info->MemoryMapEntries, MapEntryLength);
        }
    }
}
