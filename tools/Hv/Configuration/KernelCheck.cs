// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Hypervisor.Machine.Config;
using Hypervisor.Machine.GuestLoader;
using Hypervisor.Machine.GuestTables;
using Hypervisor.Memory;

namespace Hypervisor.Tool.Configuration;

/// <summary>
/// Whether the kernels that a config names can be started, by the very loader that the booted hypervisor uses: a user
/// hears of a wrong file before anything boots.
/// </summary>
internal static class KernelCheck
{
    /// <summary>Everything that is loaded lies far below; guests may have more.</summary>
    private const ulong MostMemory = 8UL << 30;

    /// <summary>A sentence for each guest that cannot be started; the config itself has no errors.</summary>
    public static IReadOnlyList<string> Complaints(ConfigDocument config)
    {
        IReadOnlyDictionary<string, string> files = config.GuestFiles();
        return
        [
            .. config.Config.VirtualMachines
                .Select(vm => (vm.Name, vm.Kernel, Error: Load(vm, files)))
                .Where(static found => found.Error is not null)
                .Select(it => $"{config.Name}: vm {it.Name} cannot be started from {it.Kernel}: {it.Error}"),
        ];
    }

    private static string? Load(VmConfig vm, IReadOnlyDictionary<string, string> files)
    {
        GuestRange[] ranges = MemoryMap.RangesOf(Math.Min(vm.Memory, MostMemory));
        using FileStream kernel = Open(files[vm.Kernel]);
        using FileStream? initrd = vm.Initrd is null ? null : Open(files[vm.Initrd]);
        var request = new BootRequest(new FileSource(kernel), HostGuestMemory.Create(ranges), MemoryMap.Build(ranges))
        {
            CommandLine = vm.CommandLine,
            Initrd = initrd is null ? null : new FileSource(initrd),
            InitrdName = vm.Initrd ?? "",
        };
        return GuestImageLoader.Load(request).Error;
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"A guest's file cannot be read: {error.Message}", ExitCode.Usage);
        }
    }
}
