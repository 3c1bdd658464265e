// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Xunit;

namespace Hypervisor.Unit.Machine.GuestLoader;

/// <summary>A test that needs a real kernel of the cache that ./build.sh fills; skipped, by name, without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelFactAttribute : FactAttribute
{
    public KernelFactAttribute(string kernel)
    {
        if (!File.Exists(PathOf(kernel)))
        {
            Skip = "no kernel at " + PathOf(kernel);
        }
    }

    public static string PathOf(string kernel)
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache))
        {
            cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        }

        return Path.Combine(cache, "hypervisor", kernel, "vmlinuz");
    }
}
