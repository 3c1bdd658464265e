// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Hypervisor.Tool.Tests;

/// <summary>The stand-in for the hypervisor (StandIn.S), assembled once.</summary>
internal static class StandIn
{
    private static readonly Lazy<string> s_path = new(Build);

    public static string Path => s_path.Value;

    private static string Build()
    {
        string folder = AppContext.BaseDirectory;
        string output = System.IO.Path.Combine(folder, "stand-in.elf");
        ExternalTool.Run("gcc",
        [
            "-m32", "-nostdlib", "-static", "-no-pie", "-fuse-ld=lld", "-Wl,--image-base=0x100000,--build-id=none",
            "-o", output, System.IO.Path.Combine(folder, "StandIn.S"),
        ]);
        return File.Exists(output) ? output : throw new InvalidOperationException("gcc made nothing");
    }
}
