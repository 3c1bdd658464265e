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

    /// <summary>
    /// A sentence for each guest that cannot be started, with the line of its section. What the config has an error in
    /// is left out.
    /// </summary>
    public static IEnumerable<(int Line, string Text)> Complaints(ConfigDocument config) =>
        from vm in config.Draft.VirtualMachines
        where vm.Kernel.Length != 0
        let error = Load(vm, config)
        where error is not null
        select (vm.Line, $"{config.Name}:{vm.Line}: vm {vm.Name} cannot be started from {vm.Kernel}: {error}");

    private static string? Load(VmConfig vm, ConfigDocument config)
    {
        try
        {
            using FileStream kernel = File.OpenRead(config.Find(vm.Kernel));
            using FileStream? initrd = vm.Initrd is null ? null : File.OpenRead(config.Find(vm.Initrd));
            return kernel.Length == 0 ? null : Load(vm, kernel, initrd);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"a file cannot be read: {error.Message}";
        }
    }

    private static string? Load(VmConfig vm, FileStream kernel, FileStream? initrd)
    {
        // A size that is wrong or too small for the files is said already: then nothing depends on it.
        bool isTooSmall = vm.Memory <= (ulong)(kernel.Length + (initrd?.Length ?? 0));
        GuestRange[] ranges = MemoryMap.RangesOf(isTooSmall ? MostMemory : Math.Min(vm.Memory, MostMemory));
        var request = new BootRequest(new FileSource(kernel), HostGuestMemory.Create(ranges), MemoryMap.Build(ranges))
        {
            CommandLine = vm.CommandLine,
            Initrd = initrd is null ? null : new FileSource(initrd),
            InitrdName = vm.Initrd ?? "",
        };
        return GuestImageLoader.Load(request).Error;
    }
}
